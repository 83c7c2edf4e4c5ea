#include "store/credential_reports.hpp"

#include <unordered_map>

#include "store/entities.hpp"

namespace iamlocal::store::credential_reports {
namespace {

using Owners = std::unordered_map<std::string_view, OwnedCredentials*>;

/// The owner that a row's first column names; null when it is none of the users.
OwnedCredentials* owner_of(const Owners& owners, const db::Row& row) {
    const auto found = owners.find(row.view(0));
    return found == owners.end() ? nullptr : found->second;
}

void load_keys(db::Transaction& tx, const AccountId& account, const Owners& owners) {
    tx.each(
        "SELECT user_id, id, active, created, last_used, last_used_region, last_used_service FROM access_keys "
        "WHERE account = ?1 "
        "UNION ALL SELECT account, id, active, created, last_used, last_used_region, last_used_service "
        "FROM root_access_keys WHERE account = ?1 ORDER BY 3 DESC, 4 DESC, 2",
        [&](const db::Row& row) {
            OwnedCredentials* const owner = owner_of(owners, row);
            if (owner == nullptr) return;
            OwnedCredentials::Key& key = owner->keys.emplace_back();
            key.id = AccessKeyId(row.view(1));
            key.active = row.boolean(2);
            key.created = row.seconds(3);
            if (!row.is_null(4)) key.last_used = KeyUse{row.seconds(4), row.text(5), row.text(6)};
        },
        account);
}

void load_devices(db::Transaction& tx, const AccountId& account, const Owners& owners) {
    tx.each(
        "SELECT user_id FROM mfa_devices WHERE account = ?1 AND enabled IS NOT NULL AND user_id IS NOT NULL",
        [&](const db::Row& row) {
            if (OwnedCredentials* const owner = owner_of(owners, row)) owner->has_mfa = true;
        },
        account);
}

/// Passwords in force: the last ones. Root's are those of the account's own id.
void load_passwords(db::Transaction& tx, const AccountId& account, const Owners& owners) {
    tx.each(
        "SELECT owner_id, max(created) FROM passwords WHERE account = ?1 GROUP BY owner_id",
        [&](const db::Row& row) {
            if (OwnedCredentials* const owner = owner_of(owners, row)) owner->password_changed = row.seconds(1);
        },
        account);
}

void load_certificates(db::Transaction& tx, const AccountId& account, const Owners& owners) {
    tx.each(
        "SELECT COALESCE(user_id, account), active, uploaded FROM signing_certificates WHERE account = ?1 "
        "ORDER BY active, uploaded, id",
        [&](const db::Row& row) {
            if (OwnedCredentials* const owner = owner_of(owners, row))
                owner->certificates.push_back({row.boolean(1), row.seconds(2)});
        },
        account);
}

}  // namespace

std::optional<CredentialReport> find(db::Transaction& tx, const AccountId& account) {
    return tx.one(
        "SELECT requested, content FROM credential_reports WHERE account = ?1",
        [](const db::Row& row) {
            return CredentialReport{Instant(std::chrono::microseconds(row.integer(0))), row.text(1)};
        },
        account);
}

void replace(db::Transaction& tx, const AccountId& account, const CredentialReport& report) {
    tx.execute_without_revision(
        "INSERT INTO credential_reports (account, requested, content) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (account) DO UPDATE SET requested = excluded.requested, content = excluded.content",
        account, report.requested.time_since_epoch().count(), report.content);
}

OwnedCredentials root(db::Transaction& tx, const AccountId& account) {
    OwnedCredentials root;
    root.has_mfa =
        tx.exists("SELECT 1 FROM mfa_devices WHERE account = ?1 AND enabled IS NOT NULL AND user_id IS NULL", account);
    const Owners owner{{account.view(), &root}};
    load_keys(tx, account, owner);
    load_passwords(tx, account, owner);
    load_certificates(tx, account, owner);
    return root;
}

std::vector<OwnedCredentials> users(db::Transaction& tx, const AccountId& account) {
    std::vector<OwnedCredentials> all = tx.list(
        "SELECT id, name, path, created FROM entities WHERE account = ?1 AND kind = ?2 ORDER BY name_key",
        [](const db::Row& row) {
            OwnedCredentials user;
            user.id = row.text(0);
            user.name = row.text(1);
            user.path = row.text(2);
            user.created = row.seconds(3);
            return user;
        },
        account, static_cast<int>(EntityKind::user));
    Owners owners;
    owners.reserve(all.size());
    for (OwnedCredentials& user : all) owners.emplace(user.id, &user);
    load_keys(tx, account, owners);
    load_devices(tx, account, owners);
    load_passwords(tx, account, owners);
    load_certificates(tx, account, owners);
    return all;
}

}  // namespace iamlocal::store::credential_reports
