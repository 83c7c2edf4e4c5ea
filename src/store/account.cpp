#include "store/account.hpp"

#include "store/entities.hpp"
#include "store/mfa_devices.hpp"

namespace iamlocal::store::account {

Summary summary(db::Transaction& tx, const AccountId& account) {
    Summary summary;
    tx.each(
        "SELECT kind, count(*) FROM entities WHERE account = ?1 GROUP BY kind",
        [&](const db::Row& row) {
            switch (static_cast<EntityKind>(row.integer(0))) {
                case EntityKind::group:
                    summary.groups = row.integer(1);
                    break;
                case EntityKind::role:
                    summary.roles = row.integer(1);
                    break;
                case EntityKind::user:
                    summary.users = row.integer(1);
                    break;
                case EntityKind::policy:
                    summary.policies = row.integer(1);
                    break;
                case EntityKind::instance_profile:
                    summary.instance_profiles = row.integer(1);
                    break;
                case EntityKind::mfa_device:
                    break;  // below
            }
        },
        account);
    summary.policy_versions_in_use = tx.number("SELECT count(*) FROM policy_versions WHERE account = ?1", account);
    tx.each(
        "SELECT kind, enabled, user_id FROM mfa_devices WHERE account = ?1",
        [&](const db::Row& row) {
            const bool is_virtual = row.integer(0) == static_cast<int>(MfaDeviceKind::virtual_device);
            const bool is_in_use = !row.is_null(1);
            if (is_virtual || is_in_use) ++summary.mfa_devices;
            if (is_in_use) ++summary.mfa_devices_in_use;
            if (is_in_use && row.is_null(2)) summary.root_has_mfa = true;
        },
        account);
    return summary;
}

void erase(db::Transaction& tx, const AccountId& account) {
    // What refers to others goes first.
    tx.run(account, "DELETE FROM access_keys WHERE account = ?1", account);
    tx.run(account, "DELETE FROM mfa_attempts WHERE account = ?1", account);
    tx.run(account, "DELETE FROM mfa_used_codes WHERE account = ?1", account);
    tx.run(account, "DELETE FROM mfa_devices WHERE account = ?1", account);
    tx.run(account, "DELETE FROM tags WHERE account = ?1", account);
    tx.run(account, "DELETE FROM inline_policies WHERE account = ?1", account);
    tx.run(account, "DELETE FROM attachments WHERE account = ?1", account);
    tx.run(account, "DELETE FROM memberships WHERE account = ?1", account);
    tx.run(account, "DELETE FROM instance_profiles WHERE account = ?1", account);
    tx.run(account, "DELETE FROM policy_versions WHERE account = ?1", account);
    tx.run(account, "DELETE FROM policies WHERE account = ?1", account);
    tx.run(account, "DELETE FROM roles WHERE account = ?1", account);
    tx.run(account, "DELETE FROM entities WHERE account = ?1", account);
    tx.run(account, "DELETE FROM entity_counts WHERE account = ?1", account);
    tx.run(account, "DELETE FROM accounts WHERE account = ?1", account);
}

void note(db::Transaction& tx, const AccountId& account, Seconds now) {
    tx.run(account, "INSERT INTO accounts (account, created) VALUES (?1, ?2) ON CONFLICT DO NOTHING", account, now);
}

std::optional<Seconds> created(db::Transaction& tx, const AccountId& account) {
    return tx.one(
        "SELECT created FROM accounts WHERE account = ?1", [](const db::Row& row) { return row.seconds(0); }, account);
}

std::optional<std::string> find_alias(db::Transaction& tx, const AccountId& account) {
    return tx.one(
        "SELECT alias FROM accounts WHERE account = ?1 AND alias IS NOT NULL",
        [](const db::Row& row) { return row.text(0); }, account);
}

std::optional<AccountId> find_by_alias(db::Transaction& tx, std::string_view alias) {
    return tx.one(
        "SELECT account FROM accounts WHERE alias = ?1", [](const db::Row& row) { return AccountId(row.view(0)); },
        alias);
}

void set_alias(db::Transaction& tx, const AccountId& account, std::string_view alias, Seconds now) {
    note(tx, account, now);
    tx.run(account, "UPDATE accounts SET alias = ?2 WHERE account = ?1", account, alias);
}

bool remove_alias(db::Transaction& tx, const AccountId& account, std::string_view alias) {
    return tx.run(account, "UPDATE accounts SET alias = NULL WHERE account = ?1 AND alias = ?2", account, alias) > 0;
}

}  // namespace iamlocal::store::account
