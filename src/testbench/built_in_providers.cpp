#include "testbench/built_in_providers.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/self_signed.hpp"
#include "base/signing_key.hpp"
#include "federation/algorithms.hpp"
#include "federation/jwt_writer.hpp"

namespace iamlocal::testbench {
namespace {

constexpr std::size_t made_key_id_bytes = 20;
constexpr std::chrono::hours certified_for{24 * 3660};

std::string random_key_id(Entropy& entropy) {
    std::array<unsigned char, made_key_id_bytes> bytes{};
    entropy.fill(bytes);
    return hex_encode(bytes);
}

}  // namespace

MadeKey make_issuer_key(const std::string& algorithm, const std::optional<std::string>& id, Entropy& entropy) {
    std::string key_id = id ? *id : random_key_id(entropy);
    const SigningKey key = SigningKey::generate(federation::find_algorithm(algorithm)->kind);
    std::string jwk = federation::write_jwk(key, key_id, algorithm);
    return {{std::move(key_id), algorithm, std::move(jwk)}, key.pem()};
}

MadeSamlProvider make_saml_provider(const std::string& name, Seconds now, Entropy& entropy) {
    const SigningKey key = SigningKey::generate(KeyKind::rsa);
    std::string certificate = self_signed_certificate(
        key, {.common_name = name, .not_before = now - std::chrono::hours(24), .not_after = now + certified_for},
        entropy);
    return {{name, now, std::move(certificate)}, key.pem()};
}

}  // namespace iamlocal::testbench
