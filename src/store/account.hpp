// What belongs to an account as a whole: when it was first seen, its alias, and how much is in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store::account {

struct Summary {
    std::int64_t users = 0;
    std::int64_t groups = 0;
    std::int64_t roles = 0;
    std::int64_t policies = 0;                ///< customer managed
    std::int64_t policy_versions_in_use = 0;  ///< versions of customer managed policies
    std::int64_t instance_profiles = 0;
    std::int64_t mfa_devices = 0;  ///< virtual ones, and others that somebody has
    std::int64_t mfa_devices_in_use = 0;
    bool root_has_mfa = false;
};

Summary summary(db::Transaction& tx, const AccountId& account);

/// Deletes everything that is in the account, and that it was seen. What organization it is declared to be in stays.
void erase(db::Transaction& tx, const AccountId& account);

/// Notes when the account was first seen, unless that is known. Needs a writing transaction only if it is not
/// known: ask created() first.
void note(db::Transaction& tx, const AccountId& account, Seconds now);
/// When the account was first seen.
std::optional<Seconds> created(db::Transaction& tx, const AccountId& account);

std::optional<std::string> find_alias(db::Transaction& tx, const AccountId& account);
/// The account that has the alias.
std::optional<AccountId> find_by_alias(db::Transaction& tx, std::string_view alias);
/// Replaces the account's alias (there is one at most). Throws db::ConstraintViolation when another account has it.
void set_alias(db::Transaction& tx, const AccountId& account, std::string_view alias, Seconds now);
/// Whether the account had that alias.
bool remove_alias(db::Transaction& tx, const AccountId& account, std::string_view alias);

}  // namespace iamlocal::store::account
