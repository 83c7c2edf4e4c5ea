#include "federation/jwks.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "federation/algorithms.hpp"
#include "federation/published_json.hpp"

namespace iamlocal::federation {
namespace {

using nlohmann::json;

constexpr std::size_t most_bytes = std::size_t{1} << 20;
constexpr int most_keys_of_a_type = 100;
constexpr std::size_t most_keys = 1000;

/// The text of a member; nothing if it is absent or something else.
std::optional<std::string> find_text(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || !found->is_string()) return std::nullopt;
    return found->get<std::string>();
}

std::optional<std::string> find_bytes(const json& object, const char* name) {
    const std::optional<std::string> text = find_text(object, name);
    return text ? base64url_decode(*text) : std::nullopt;
}

/// Larger ones take milliseconds to verify with, and tokens are verified while others wait.
constexpr std::size_t most_modulus_bytes = 1024;
constexpr std::size_t most_exponent_bytes = 4;

std::optional<PublicKey> read_rsa(const json& object) {
    const auto modulus = find_bytes(object, "n");
    const auto exponent = find_bytes(object, "e");
    if (modulus && exponent && (modulus->size() > most_modulus_bytes || exponent->size() > most_exponent_bytes))
        return std::nullopt;
    return modulus && exponent ? PublicKey::from_rsa(*modulus, *exponent) : std::nullopt;
}

KeyKind curve_of(const std::optional<std::string>& name) {
    if (name == "P-256") return KeyKind::p256;
    if (name == "P-384") return KeyKind::p384;
    if (name == "P-521") return KeyKind::p521;
    return KeyKind::other;
}

std::optional<PublicKey> read_point(const json& object) {
    const auto x = find_bytes(object, "x");
    const auto y = find_bytes(object, "y");
    return x && y ? PublicKey::from_point(curve_of(find_text(object, "crv")), *x, *y) : std::nullopt;
}

/// Whether the first certificate of a chain that is given is of this key.
bool fits_certificate(const json& object, const PublicKey& key) {
    const auto chain = object.find("x5c");
    if (chain == object.end()) return true;
    if (!chain->is_array() || chain->empty() || !(*chain)[0].is_string()) return false;
    const auto der = base64_decode((*chain)[0].get<std::string>());
    if (!der) return false;
    const auto certified = PublicKey::from_certificate(*der);
    return certified && certified->is_same(key);
}

std::optional<PublicKey> read_key(const json& object, const std::optional<std::string>& type) {
    if (object.contains("key_ops")) return std::nullopt;
    if (object.contains("use") && find_text(object, "use") != "sig") return std::nullopt;
    std::optional<PublicKey> key;
    if (type == "RSA") key = read_rsa(object);
    if (type == "EC") key = read_point(object);
    if (key && !fits_certificate(object, *key)) return std::nullopt;
    return key;
}

const Jwk* find_key(const Jwt& token, const KeySet& keys) {
    if (!token.key_id) return keys.size() == 1 ? &keys.front() : nullptr;
    const auto found = std::find_if(keys.rbegin(), keys.rend(), [&](const Jwk& key) { return key.id == token.key_id; });
    return found == keys.rend() ? nullptr : &*found;
}

}  // namespace

std::optional<KeySet> parse_jwks(std::string_view text) {
    if (text.size() > most_bytes) return std::nullopt;
    const std::optional<json> set = parse_published_json(text);
    if (!set || !set->is_object()) return std::nullopt;
    const auto list = set->find("keys");
    if (list == set->end() || !list->is_array() || list->size() > most_keys) return std::nullopt;
    KeySet keys;
    int rsa_keys = 0;
    int ec_keys = 0;
    for (const json& object : *list) {
        if (!object.is_object()) return std::nullopt;
        const std::optional<std::string> type = find_text(object, "kty");
        if (type == "RSA" && ++rsa_keys > most_keys_of_a_type) return std::nullopt;
        if (type == "EC" && ++ec_keys > most_keys_of_a_type) return std::nullopt;
        keys.push_back({find_text(object, "kid"), read_key(object, type)});
    }
    return keys;
}

std::size_t memory_of(const KeySet& keys) {
    // OpenSSL does not tell what a key takes.
    constexpr std::size_t of_a_key = 4096;
    std::size_t bytes = keys.size() * sizeof(Jwk);
    for (const Jwk& key : keys) bytes += (key.id ? key.id->size() : 0) + (key.key ? of_a_key : 0);
    return bytes;
}

Verified verify(const Jwt& token, const KeySet& keys) {
    const Jwk* const named = find_key(token, keys);
    if (named == nullptr || !named->key) return Verified::no_key;
    const PublicKey& key = *named->key;
    const SignatureAlgorithm* const algorithm = find_algorithm(token.algorithm);
    if (algorithm == nullptr || algorithm->kind != key.kind()) return Verified::no;
    const bool holds = key.kind() == KeyKind::rsa
                           ? key.verifies_rsa(algorithm->padding, algorithm->hash, token.signed_text, token.signature)
                           : key.verifies_ecdsa(algorithm->hash, token.signed_text, token.signature);
    return holds ? Verified::yes : Verified::no;
}

}  // namespace iamlocal::federation
