#include "signin/dpop.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "federation/jwks.hpp"
#include "federation/jwt.hpp"

namespace iamlocal::signin {
namespace {

constexpr std::size_t most_proof_bytes = 8192;

nlohmann::json part_of(std::string_view token, std::size_t begin) {
    const auto text = base64url_decode(token.substr(begin, token.find('.', begin) - begin));
    return nlohmann::json::parse(text.value_or(""), nullptr, false);
}

bool is_text(const nlohmann::json& object, const char* name, std::string_view text) {
    return object.contains(name) && object[name].is_string() && object[name].get_ref<const std::string&>() == text;
}

bool is_near(std::int64_t seconds, Seconds now) {
    const std::int64_t middle = now.time_since_epoch().count();
    const std::int64_t most = std::chrono::seconds(proof_tolerance).count();
    return seconds >= middle - most && seconds <= middle + most;
}

}  // namespace

std::optional<std::string> verify_proof(std::string_view proof, const ProvenRequest& request, Seconds now,
                                        Seconds real_now) {
    if (proof.size() > most_proof_bytes) return std::nullopt;
    const std::optional<federation::Jwt> jwt = federation::parse_jwt(proof);
    if (!jwt || jwt->algorithm != "ES256") return std::nullopt;
    const nlohmann::json head = part_of(proof, 0);
    if (!is_text(head, "typ", "dpop+jwt") || !head.contains("jwk") || !head["jwk"].is_object()) return std::nullopt;
    const nlohmann::json& key = head["jwk"];
    if (!is_text(key, "kty", "EC") || !is_text(key, "crv", "P-256") || key.contains("d") || !key.contains("x") ||
        !key["x"].is_string() || !key.contains("y") || !key["y"].is_string())
        return std::nullopt;
    // Only what makes the key is taken, so that nothing else in it decides what it is good for.
    const std::string canonical =
        nlohmann::json{{"crv", "P-256"}, {"kty", "EC"}, {"x", key["x"]}, {"y", key["y"]}}.dump();
    const auto keys = federation::parse_jwks(fmt::format(R"({{"keys":[{}]}})", canonical));
    federation::Jwt unnamed = *jwt;
    unnamed.key_id.reset();
    if (!keys || federation::verify(unnamed, *keys) != federation::Verified::yes) return std::nullopt;
    const nlohmann::json claims = part_of(proof, proof.find('.') + 1);
    if (!is_text(claims, "htm", request.method) || !is_text(claims, "htu", request.url)) return std::nullopt;
    if (!claims.contains("jti") || !claims["jti"].is_string()) return std::nullopt;
    if (!claims.contains("iat") || !claims["iat"].is_number()) return std::nullopt;
    const auto issued = claims["iat"].get<double>();
    if (!(issued >= 0 && issued < 1e12)) return std::nullopt;
    const auto seconds = static_cast<std::int64_t>(issued);
    if (!is_near(seconds, now) && !is_near(seconds, real_now)) return std::nullopt;
    const Digest digest = sha256(canonical);
    return base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace iamlocal::signin
