#include "federation/jwt_writer.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "federation/algorithms.hpp"

namespace iamlocal::federation {
namespace {

/// Members keep their order, as issuers write them.
using OrderedJson = nlohmann::ordered_json;

const char* curve_of_kind(KeyKind kind) {
    if (kind == KeyKind::p256) return "P-256";
    return kind == KeyKind::p384 ? "P-384" : "P-521";
}

}  // namespace

std::string write_jwt(const SigningKey& key, const JwtHeader& header, std::string_view claims) {
    const SignatureAlgorithm* const algorithm = find_algorithm(header.algorithm);
    if (algorithm == nullptr || algorithm->kind != key.kind())
        throw std::logic_error("a token is to be signed with a key of another kind");
    OrderedJson head;
    if (header.key_id) head["kid"] = *header.key_id;
    if (header.type) head["typ"] = *header.type;
    head["alg"] = header.algorithm;
    std::string token = base64url_encode(json_text(head));
    token.append(".").append(base64url_encode(claims));
    const std::string signature = key.kind() == KeyKind::rsa ? key.sign_rsa(algorithm->padding, algorithm->hash, token)
                                                             : key.sign_ecdsa(algorithm->hash, token);
    return token.append(".").append(base64url_encode(signature));
}

std::string write_jwk(const SigningKey& key, std::string_view key_id, std::string_view algorithm) {
    OrderedJson object;
    object["kty"] = key.kind() == KeyKind::rsa ? "RSA" : "EC";
    object["use"] = "sig";
    object["kid"] = key_id;
    object["alg"] = algorithm;
    if (key.kind() == KeyKind::rsa) {
        const RsaNumbers numbers = key.rsa_numbers();
        object["n"] = base64url_encode(numbers.modulus);
        object["e"] = base64url_encode(numbers.exponent);
    } else {
        const PointNumbers point = key.point();
        object["crv"] = curve_of_kind(key.kind());
        object["x"] = base64url_encode(point.x);
        object["y"] = base64url_encode(point.y);
    }
    return json_text(object);
}

std::string write_jwks(std::span<const std::string> keys) {
    std::string set = R"({"keys":[)";
    for (const std::string& key : keys) set.append(&key == &keys.front() ? "" : ",").append(key);
    return set.append("]}");
}

}  // namespace iamlocal::federation
