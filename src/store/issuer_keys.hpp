// Keys that this server signs web identity tokens with: of accounts (outbound federation) and of built-in issuers.
// Private halves are sealed with a key of the keyring and bound to their owner and id.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/entropy.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/keyring.hpp"

namespace iamlocal::store {

/// The public half.
struct IssuerKey {
    std::string id;         ///< `kid` of tokens
    std::string algorithm;  ///< "RS256"
    std::string jwk;        ///< an object of JSON

    friend bool operator==(const IssuerKey&, const IssuerKey&) = default;
};

namespace issuer_keys {

/// Who owns the keys of an account's outbound tokens, and those of a built-in issuer.
std::string owner_of(const AccountId& account);
std::string owner_of_issuer(std::string_view name);

/// The ids of an account's keys: of RSA for RS256, and of P-384 for ES384.
inline constexpr std::string_view outbound_rsa_key = "RSA_0";
inline constexpr std::string_view outbound_curve_key = "EC384_0";

/// Oldest first.
std::vector<IssuerKey> all(db::Transaction& tx, std::string_view owner);
/// The private half in PEM. Throws std::runtime_error when it cannot be opened (another master key).
std::optional<Secret> find_private(db::Transaction& tx, const Keyring& keyring, std::string_view owner,
                                   std::string_view id);
/// The newest one. Throws db::ConstraintViolation for an id that the owner has already.
void add(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, std::string_view owner, const IssuerKey& key,
         const Secret& pem);
void remove(db::Transaction& tx, std::string_view owner, std::string_view id);
void remove_all(db::Transaction& tx, std::string_view owner);

/// The set that verifiers read.
std::string jwks(db::Transaction& tx, std::string_view owner);

}  // namespace issuer_keys
}  // namespace iamlocal::store
