// Built-in SAML identity providers, which the test bench declares: their keys are sealed and outlive a restart.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/keyring.hpp"

namespace iamlocal::store {

struct SamlIdentityProvider {
    std::string name;  ///< in its paths
    Seconds created{};
    std::string certificate;  ///< in PEM

    friend bool operator==(const SamlIdentityProvider&, const SamlIdentityProvider&) = default;
};

namespace saml_identity_providers {

std::optional<SamlIdentityProvider> find(db::Transaction& tx, std::string_view name);
/// In order of their names.
std::vector<SamlIdentityProvider> all(db::Transaction& tx);
std::int64_t count(db::Transaction& tx);
/// The private key in PEM. Throws std::runtime_error when it cannot be opened (another master key).
std::optional<Secret> find_private_key(db::Transaction& tx, const Keyring& keyring, std::string_view name);
/// Throws db::ConstraintViolation for a name that is taken.
void insert(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, const SamlIdentityProvider& provider,
            const Secret& private_key);
/// Whether there was one.
bool remove(db::Transaction& tx, std::string_view name);

}  // namespace saml_identity_providers
}  // namespace iamlocal::store
