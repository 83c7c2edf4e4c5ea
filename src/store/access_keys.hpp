// Access keys of users and of root. Ids are unique across accounts; secrets are sealed with the keyring and bound to
// the id, so that a row's secret cannot be moved to another key. Wherever a user is named by his id, the empty id is
// root.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/keyring.hpp"
#include "store/page.hpp"

namespace iamlocal::store {

/// When, where and for what a key was last used.
struct KeyUse {
    Seconds at{};
    std::string region;
    std::string service;  ///< as in a credential scope, for example "iam"

    friend bool operator==(const KeyUse&, const KeyUse&) = default;
};

struct AccessKey {
    AccountId account;
    std::string user_id;  ///< AIDA…; empty: the account's root
    AccessKeyId id;
    Secret secret;  ///< empty where a function does not say that it opens it
    bool active = true;
    Seconds created{};
    std::optional<KeyUse> last_used;  ///< insert() ignores it
};

namespace access_keys {

/// Throws db::ConstraintViolation for an id that is taken or a user that does not exist.
void insert(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, const AccessKey& key);
/// The key with its secret, whatever account it belongs to. Throws std::runtime_error when the secret cannot be opened
/// (another master key).
std::optional<AccessKey> find(db::Transaction& tx, const Keyring& keyring, const AccessKeyId& id);
/// Without the secret.
std::optional<AccessKey> find_public(db::Transaction& tx, const AccessKeyId& id);
/// The owner's keys, oldest first, without secrets.
Page<AccessKey> page(db::Transaction& tx, const AccountId& account, std::string_view user_id, PageRequest request);
std::int64_t count(db::Transaction& tx, const AccountId& account, std::string_view user_id);
/// Whether the owner has such a key.
bool set_active(db::Transaction& tx, const AccountId& account, std::string_view user_id, const AccessKeyId& id,
                bool active);
/// Whether the owner had such a key.
bool remove(db::Transaction& tx, const AccountId& account, std::string_view user_id, const AccessKeyId& id);
/// Does not bump the account's revision. An earlier instant than the recorded one changes nothing.
void record_last_used(db::Transaction& tx, const AccessKeyId& id, const KeyUse& use);

}  // namespace access_keys
}  // namespace iamlocal::store
