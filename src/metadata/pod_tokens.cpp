#include "metadata/pod_tokens.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "aws/ids.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "federation/jwt.hpp"
#include "federation/jwt_writer.hpp"

namespace iamlocal::metadata {
namespace {

constexpr std::string_view audience = "pods.eks.amazonaws.com";
constexpr std::string_view algorithm = "ES256";
constexpr PodTokenFault invalid_token{"InvalidTokenException", "The token is not valid."};
constexpr PodTokenFault expired_token{"ExpiredTokenException", "The token is expired."};

/// The member of a verified token's `kubernetes.io` at that path; empty where there is no such text.
std::string text_at(const nlohmann::json& claims, const char* pointer) {
    const nlohmann::json::json_pointer path(pointer);
    if (!claims.contains(path) || !claims.at(path).is_string()) return {};
    return claims.at(path).get<std::string>();
}

nlohmann::json claims_of(std::string_view token) {
    const std::size_t begin = token.find('.') + 1;
    const auto text = base64url_decode(token.substr(begin, token.find('.', begin) - begin));
    return nlohmann::json::parse(text.value_or(""), nullptr, false);
}

}  // namespace

PodTokens::Keys PodTokens::make_keys() {
    SigningKey key = SigningKey::generate(KeyKind::p256);
    const PointNumbers point = key.point();
    std::string id = hex_encode(sha1(point.x + point.y));
    const std::string jwk = federation::write_jwk(key, id, algorithm);
    federation::KeySet set = *federation::parse_jwks(federation::write_jwks({&jwk, 1}));
    return {std::move(key), std::move(id), std::move(set)};
}

std::string PodTokens::issue(const Pod& pod, std::string_view cluster, Seconds now, std::chrono::seconds lifetime) {
    const std::lock_guard lock(mutex_);
    if (!keys_) keys_ = make_keys();
    const std::int64_t issued = now.time_since_epoch().count();
    nlohmann::ordered_json claims;
    claims["aud"] = nlohmann::ordered_json::array({audience});
    claims["exp"] = issued + lifetime.count();
    claims["iat"] = issued;
    claims["iss"] = fmt::format("https://oidc.eks.us-east-1.amazonaws.com/id/{}", cluster);
    claims["jti"] = ids::request_id(entropy_);
    claims["kubernetes.io"] = {{"namespace", pod.name_space},
                               {"pod", {{"name", pod.name}, {"uid", pod.uid}}},
                               {"serviceaccount", {{"name", pod.service_account}, {"uid", ids::request_id(entropy_)}}}};
    claims["nbf"] = issued;
    claims["sub"] = fmt::format("system:serviceaccount:{}:{}", pod.name_space, pod.service_account);
    return federation::write_jwt(keys_->key, {.algorithm = algorithm, .key_id = keys_->id, .type = std::nullopt},
                                 claims.dump());
}

std::variant<Pod, PodTokenFault> PodTokens::read(std::string_view token, Seconds now) const {
    const std::optional<federation::Jwt> jwt = federation::parse_jwt(token);
    if (!jwt) return invalid_token;
    {
        const std::lock_guard lock(mutex_);
        if (!keys_ || federation::verify(*jwt, keys_->set) != federation::Verified::yes) return invalid_token;
    }
    const federation::Claims& claims = jwt->claims;
    if (!claims.audience ||
        std::find(claims.audience->begin(), claims.audience->end(), audience) == claims.audience->end())
        return invalid_token;
    if (!claims.expires.seconds) return invalid_token;
    if (now.time_since_epoch().count() >= *claims.expires.seconds) return expired_token;
    const nlohmann::json all = claims_of(token);
    Pod pod{text_at(all, "/kubernetes.io/namespace"), text_at(all, "/kubernetes.io/serviceaccount/name"),
            text_at(all, "/kubernetes.io/pod/name"), text_at(all, "/kubernetes.io/pod/uid")};
    if (pod.name_space.empty() || pod.service_account.empty() || pod.name.empty()) return invalid_token;
    return pod;
}

}  // namespace iamlocal::metadata
