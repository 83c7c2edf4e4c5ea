// What belongs to an account as a whole: when it was first seen, its alias, and how much is in it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/snapshots.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store::account {

struct Summary {
    std::int64_t users = 0;
    std::int64_t groups = 0;
    std::int64_t roles = 0;
    std::int64_t policies = 0;                ///< customer managed
    std::int64_t policy_versions_in_use = 0;  ///< policies that something uses, AWS's and boundaries too
    std::int64_t instance_profiles = 0;
    std::int64_t providers = 0;    ///< OpenID Connect and SAML
    std::int64_t mfa_devices = 0;  ///< virtual ones, and others that somebody has
    std::int64_t mfa_devices_in_use = 0;
    bool root_has_mfa = false;
    std::int64_t root_access_keys = 0;
    std::int64_t root_passwords = 0;  ///< 0 or 1
    std::int64_t server_certificates = 0;
    bool root_has_signing_certificates = false;
};

Summary summary(db::Transaction& tx, const AccountId& account);

/// Deletes everything that is in the account, and that it was seen. What organization it is declared to be in stays.
void erase(db::Transaction& tx, const AccountId& account);
/// Which rows that is, in the order in which they can be deleted.
std::span<const db::RowsOfAccount> rows();

/// Notes when the account was first seen, unless that is known. Needs a writing transaction only if it is not
/// known: ask created() first.
void note(db::Transaction& tx, const AccountId& account, Seconds now);
/// An account that was seen.
struct Seen {
    AccountId account;
    Seconds created{};
    std::optional<std::string> alias;
    std::int64_t entities = 0;  ///< users, groups, roles, policies and the like
};
/// All of them, in the order of their ids.
std::vector<Seen> all(db::Transaction& tx);
/// Whether anything is in the account, or it was seen.
bool exists(db::Transaction& tx, const AccountId& account);
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
