#include "store/organization.hpp"

#include "store/root_features.hpp"

namespace iamlocal::store::organization {
namespace {

bool remove_declaration(db::Transaction& tx) {
    const AccountId& key = revision_key();
    tx.run(key, "DELETE FROM organization_services");
    tx.run(key, "DELETE FROM organization_delegates");
    tx.run(key, "DELETE FROM organization_exceptions");
    tx.run(key, "DELETE FROM organization_targets");
    tx.run(key, "DELETE FROM organization_policies");
    tx.run(key, "DELETE FROM organization_units");
    tx.run(key, "DELETE FROM organization_accounts");
    return tx.run(key, "DELETE FROM organizations") > 0;
}

}  // namespace

const AccountId& revision_key() {
    static const AccountId key{"organization"};
    return key;
}

std::optional<DeclaredOrganization> find(db::Transaction& tx) {
    std::optional<DeclaredOrganization> found =
        tx.one("SELECT id, management_account, all_features FROM organizations", [](const db::Row& row) {
            DeclaredOrganization organization;
            organization.id = row.text(0);
            if (!row.is_null(1)) organization.management_account = AccountId(row.view(1));
            organization.all_features = row.boolean(2);
            return organization;
        });
    if (!found) return found;
    tx.each("SELECT account, path FROM organization_accounts",
            [&](const db::Row& row) { found->accounts.emplace(AccountId(row.view(0)), row.text(1)); });
    tx.each("SELECT path, id FROM organization_units",
            [&](const db::Row& row) { found->units.emplace(row.text(0), row.text(1)); });
    tx.each("SELECT kind, name, document FROM organization_policies ORDER BY position", [&](const db::Row& row) {
        found->policies.push_back({static_cast<ControlPolicyKind>(row.integer(0)), row.text(1), row.text(2), {}});
    });
    tx.each("SELECT policy, target FROM organization_targets ORDER BY policy, position", [&](const db::Row& row) {
        found->policies.at(static_cast<std::size_t>(row.integer(0))).targets.push_back(row.text(1));
    });
    tx.each("SELECT target FROM organization_exceptions ORDER BY position",
            [&](const db::Row& row) { found->without_full_access.push_back(row.text(0)); });
    tx.each("SELECT service FROM organization_services",
            [&](const db::Row& row) { found->trusted_services.insert(row.text(0)); });
    tx.each("SELECT service, account FROM organization_delegates",
            [&](const db::Row& row) { found->delegated_administrators[row.text(0)].insert(AccountId(row.view(1))); });
    return found;
}

void replace(db::Transaction& tx, const DeclaredOrganization& organization) {
    remove_declaration(tx);
    root_features::keep_only(tx, organization.id);
    const AccountId& key = revision_key();
    tx.run(key, "INSERT INTO organizations (id, management_account, all_features) VALUES (?1, ?2, ?3)", organization.id,
           organization.management_account, organization.all_features);
    for (const std::string& service : organization.trusted_services)
        tx.run(key, "INSERT INTO organization_services (service) VALUES (?1)", service);
    for (const auto& [service, accounts] : organization.delegated_administrators)
        for (const AccountId& account : accounts)
            tx.run(key, "INSERT INTO organization_delegates (service, account) VALUES (?1, ?2)", service, account);
    for (const auto& [account, path] : organization.accounts)
        tx.run(key, "INSERT INTO organization_accounts (account, path) VALUES (?1, ?2)", account, path);
    for (const auto& [path, id] : organization.units)
        tx.run(key, "INSERT INTO organization_units (path, id) VALUES (?1, ?2)", path, id);
    for (std::size_t i = 0; i < organization.policies.size(); ++i) {
        const ControlPolicy& policy = organization.policies[i];
        tx.run(key, "INSERT INTO organization_policies (position, kind, name, document) VALUES (?1, ?2, ?3, ?4)", i,
               static_cast<int>(policy.kind), policy.name, policy.document);
        for (std::size_t at = 0; at < policy.targets.size(); ++at)
            tx.run(key, "INSERT INTO organization_targets (policy, position, target) VALUES (?1, ?2, ?3)", i, at,
                   policy.targets[at]);
    }
    for (std::size_t at = 0; at < organization.without_full_access.size(); ++at)
        tx.run(key, "INSERT INTO organization_exceptions (position, target) VALUES (?1, ?2)", at,
               organization.without_full_access[at]);
}

bool remove(db::Transaction& tx) {
    root_features::keep_only(tx, {});
    return remove_declaration(tx);
}

}  // namespace iamlocal::store::organization
