#include "store/account.hpp"

#include <vector>

#include "store/entities.hpp"
#include "store/mfa_devices.hpp"
#include "store/signing_certificates.hpp"

namespace iamlocal::store::account {
namespace {

/// What refers to others goes first. One that has no account in it stays when an account goes.
constexpr db::Sql deletions[] = {
    "DELETE FROM service_uses WHERE account = ?1",
    "DELETE FROM access_reports WHERE account = ?1",
    "DELETE FROM credential_reports WHERE account = ?1",
    "DELETE FROM access_keys WHERE account = ?1",
    "DELETE FROM oidc_client_ids WHERE account = ?1",
    "DELETE FROM oidc_thumbprints WHERE account = ?1",
    "DELETE FROM oidc_providers WHERE account = ?1",
    "DELETE FROM used_saml_assertions WHERE account = ?1",
    "DELETE FROM saml_private_keys WHERE account = ?1",
    "DELETE FROM saml_providers WHERE account = ?1",
    "DELETE FROM mfa_attempts WHERE account = ?1",
    "DELETE FROM mfa_used_codes WHERE account = ?1",
    "DELETE FROM mfa_devices WHERE account = ?1",
    "DELETE FROM root_access_keys WHERE account = ?1",
    "DELETE FROM passwords WHERE account = ?1",
    "DELETE FROM login_profiles WHERE account = ?1",
    "DELETE FROM password_policies WHERE account = ?1",
    "DELETE FROM role_deletions WHERE account = ?1",
    "DELETE FROM undeletable_roles WHERE account = ?1",
    "DELETE FROM signing_certificates WHERE account = ?1",
    "DELETE FROM ssh_public_keys WHERE account = ?1",
    "DELETE FROM service_specific_credentials WHERE account = ?1",
    "DELETE FROM server_certificates WHERE account = ?1",
    "DELETE FROM tags WHERE account = ?1",
    "DELETE FROM inline_policies WHERE account = ?1",
    "DELETE FROM attachments WHERE account = ?1",
    "DELETE FROM memberships WHERE account = ?1",
    "DELETE FROM instance_profiles WHERE account = ?1",
    "DELETE FROM policy_versions WHERE account = ?1",
    "DELETE FROM policies WHERE account = ?1",
    "DELETE FROM role_sources WHERE account = ?1",
    "DELETE FROM roles WHERE account = ?1",
    "DELETE FROM entities WHERE account = ?1",
    "DELETE FROM entity_counts WHERE account = ?1",
    "DELETE FROM delegation_parameters WHERE request IN "
    "(SELECT id FROM delegation_requests WHERE owner_account = ?1 OR requestor = ?1)",
    "DELETE FROM delegation_requests WHERE owner_account = ?1 OR requestor = ?1",
    "DELETE FROM issuer_keys WHERE owner = ?1",
    "DELETE FROM account_settings WHERE account = ?1",
    "DELETE FROM accounts WHERE account = ?1",
};

}  // namespace

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
                case EntityKind::oidc_provider:
                case EntityKind::saml_provider:
                    summary.providers += row.integer(1);
                    break;
                case EntityKind::mfa_device:
                    break;  // below
                case EntityKind::server_certificate:
                    summary.server_certificates = row.integer(1);
                    break;
            }
        },
        account);
    summary.root_access_keys = tx.number("SELECT count(*) FROM root_access_keys WHERE account = ?1", account);
    summary.root_passwords =
        tx.number("SELECT count(*) FROM login_profiles WHERE account = ?1 AND owner_id = ?1", account);
    summary.policy_versions_in_use = tx.number(
        "SELECT count(*) FROM (SELECT policy_arn FROM attachments WHERE account = ?1"
        " UNION SELECT boundary_arn FROM entities WHERE account = ?1 AND boundary_arn IS NOT NULL) used",
        account);
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
    summary.root_has_signing_certificates = signing_certificates::count(tx, account, std::nullopt) > 0;
    return summary;
}

void erase(db::Transaction& tx, const AccountId& account) {
    for (const db::Sql deletion : deletions) tx.run(account, deletion, account);
}

std::span<const db::RowsOfAccount> rows() {
    static const std::vector<db::RowsOfAccount> all = [] {
        std::vector<db::RowsOfAccount> made;
        for (const db::Sql deletion : deletions) {
            constexpr std::string_view from = "DELETE FROM ";
            constexpr std::string_view where = " WHERE ";
            const std::string_view text = std::string_view(deletion.text()).substr(from.size());
            const std::size_t end = text.find(where);
            made.push_back({text.substr(0, end), text.substr(end + where.size())});
        }
        return made;
    }();
    return all;
}

void note(db::Transaction& tx, const AccountId& account, Seconds now) {
    tx.run(account, "INSERT INTO accounts (account, created) VALUES (?1, ?2) ON CONFLICT DO NOTHING", account, now);
}

std::vector<Seen> all(db::Transaction& tx) {
    return tx.list(
        "SELECT a.account, a.created, a.alias, COALESCE(sum(c.count), 0) FROM accounts a "
        "LEFT JOIN entity_counts c ON c.account = a.account GROUP BY a.account, a.created, a.alias ORDER BY a.account",
        [](const db::Row& row) {
            return Seen{AccountId(row.view(0)), row.seconds(1), row.optional_text(2), row.integer(3)};
        });
}

bool exists(db::Transaction& tx, const AccountId& account) {
    return tx.exists("SELECT 1 FROM accounts WHERE account = ?1", account) ||
           tx.exists("SELECT 1 FROM entities WHERE account = ?1", account);
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
