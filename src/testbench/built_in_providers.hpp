// What built-in identity providers are made of: their keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/named.hpp"
#include "store/issuer_keys.hpp"
#include "store/saml_identity_providers.hpp"

namespace iamlocal::testbench {

/// Of each kind.
inline constexpr std::int64_t most_built_in_providers = 100;

/// A key that is not stored yet.
struct MadeKey {
    store::IssuerKey described;
    Secret pem;
};

/// A new key for an algorithm that is known, under a random id if there is none. Slow.
[[nodiscard]] MadeKey make_issuer_key(const std::string& algorithm, const std::optional<std::string>& id,
                                      Entropy& entropy);

/// An identity provider that is not stored yet.
struct MadeSamlProvider {
    store::SamlIdentityProvider described;
    Secret pem;
};

/// With a new key, and a certificate for ten years. Slow.
[[nodiscard]] MadeSamlProvider make_saml_provider(const std::string& name, Seconds now, Entropy& entropy);

}  // namespace iamlocal::testbench
