// SAML providers: the metadata of an identity provider, and private keys that its encrypted assertions are read with.
// Private keys are sealed with a key of the keyring and bound to their id.
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
#include "store/tags.hpp"

namespace iamlocal::store {

/// What a listing shows of a private key.
struct SamlPrivateKey {
    std::string id;  ///< SAMLPK…
    Seconds added{};

    friend bool operator==(const SamlPrivateKey&, const SamlPrivateKey&) = default;
};

struct SamlProvider {
    AccountId account;
    std::string id;  ///< SAMLSP…
    std::string name;
    Seconds created{};
    Seconds metadata_changed{};
    std::string metadata;  ///< letter for letter
    bool requires_encryption = false;
    std::vector<SamlPrivateKey> private_keys;  ///< oldest first; insert() ignores them
    std::vector<Tag> tags;                     ///< insert() stores them; finding leaves them out (tags::all)
};

namespace saml_providers {

/// Names compare without case.
std::optional<SamlProvider> find(db::Transaction& tx, const AccountId& account, std::string_view name);
bool exists(db::Transaction& tx, const AccountId& account, std::string_view name);
/// All of them in order of their names, without metadata, private keys and tags.
std::vector<SamlProvider> all(db::Transaction& tx, const AccountId& account);
std::int64_t count(db::Transaction& tx, const AccountId& account);

/// Throws db::ConstraintViolation for a name or id that is taken.
void insert(db::Transaction& tx, const SamlProvider& provider);
void set_metadata(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view metadata,
                  Seconds now);
void set_encryption(db::Transaction& tx, const AccountId& account, std::string_view id, bool is_required);

/// Seals the key. Throws db::ConstraintViolation for a key id that is taken.
void add_private_key(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, const AccountId& account,
                     std::string_view id, const SamlPrivateKey& key, const Secret& pem);
void remove_private_key(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view key_id);
/// The provider's private keys in PEM, oldest first. Throws std::runtime_error when one cannot be opened (another
/// master key).
std::vector<Secret> private_keys(db::Transaction& tx, const Keyring& keyring, const AccountId& account,
                                 std::string_view id);

/// Notes that an assertion was used, until it expires; false where it was used already.
bool use_assertion(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view assertion,
                   Seconds now, Seconds expires);

/// Takes everything along that belongs to it.
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace saml_providers
}  // namespace iamlocal::store
