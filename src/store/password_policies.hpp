// What an account asks of its users' passwords.
#pragma once

#include <cstdint>
#include <optional>

#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

struct PasswordPolicy {
    std::int64_t minimum_length = 6;
    bool require_symbols = false;
    bool require_numbers = false;
    bool require_uppercase = false;
    bool require_lowercase = false;
    bool users_may_change = false;                 ///< each his own, without any further permission
    std::optional<std::int64_t> max_age;           ///< in days
    std::optional<std::int64_t> reuse_prevention;  ///< how many passwords cannot be used again
    std::optional<bool> hard_expiry;               ///< whether nobody but an administrator renews one that expired

    friend bool operator==(const PasswordPolicy&, const PasswordPolicy&) = default;
};

namespace password_policies {

std::optional<PasswordPolicy> find(db::Transaction& tx, const AccountId& account);
/// In place of the one that there is.
void set(db::Transaction& tx, const AccountId& account, const PasswordPolicy& policy);
/// Whether there was one.
bool remove(db::Transaction& tx, const AccountId& account);

}  // namespace password_policies
}  // namespace iamlocal::store
