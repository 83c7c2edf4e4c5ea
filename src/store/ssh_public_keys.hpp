// SSH public keys of users. Ids are unique across accounts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"

namespace iamlocal::store {

struct SshPublicKey {
    AccountId account;
    std::string id;  ///< APKA…
    std::string user_id;
    std::string ssh_bytes;  ///< RsaPublicKey::ssh_bytes
    bool active = true;
    Seconds uploaded{};
};

namespace ssh_public_keys {

/// Whoever has it in the account.
std::optional<SshPublicKey> find(db::Transaction& tx, const AccountId& account, std::string_view id);
/// Whether the user has this key already, under whatever id.
bool has(db::Transaction& tx, const AccountId& account, std::string_view user_id, std::string_view ssh_bytes);
/// The user's, oldest first.
Page<SshPublicKey> page(db::Transaction& tx, const AccountId& account, std::string_view user_id,
                        const PageRequest& request);
std::int64_t count(db::Transaction& tx, const AccountId& account, std::string_view user_id);
/// Throws db::ConstraintViolation for an id that is taken or a user that does not exist.
void insert(db::Transaction& tx, const SshPublicKey& key);
void set_active(db::Transaction& tx, const AccountId& account, std::string_view id, bool active);
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace ssh_public_keys
}  // namespace iamlocal::store
