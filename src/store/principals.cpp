#include "store/principals.hpp"

#include "catalogue/managed_policies.hpp"
#include "store/entities.hpp"
#include "store/policies.hpp"

namespace iamlocal::store {
namespace {

namespace managed_policies = catalogue::managed_policies;

/// Columns: name, document, group.
GrantedPolicy read_inline(const db::Row& row) {
    return {.origin = PolicyOrigin::inlined,
            .name = row.text(0),
            .arn = {},
            .group = row.text(2),
            .stored_text = row.text(1),
            .catalogue_text = {}};
}

/// Columns: name, document (NULL for AWS's), group, ARN. An AWS policy that the catalogue in use does not have
/// comes back with an empty text, which is no valid policy and so allows nothing.
GrantedPolicy read_attached(const db::Row& row) {
    GrantedPolicy policy{.origin = PolicyOrigin::customer_managed,
                         .name = row.text(0),
                         .arn = row.text(3),
                         .group = row.text(2),
                         .stored_text = row.text(1),
                         .catalogue_text = {}};
    if (row.is_null(1)) {
        policy.origin = PolicyOrigin::aws_managed;
        if (const managed_policies::Entry* const entry = managed_policies::find(policy.arn))
            policy.catalogue_text = managed_policies::document(*entry);
    }
    return policy;
}

void load_own(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
              std::vector<GrantedPolicy>& out) {
    tx.each(
        "SELECT name, document, '' FROM inline_policies WHERE account = ?1 AND owner_id = ?2 ORDER BY name",
        [&](const db::Row& row) { out.push_back(read_inline(row)); }, account, owner_id);
    tx.each(
        "SELECT a.name, v.document, '', a.policy_arn FROM attachments a "
        "LEFT JOIN policies p ON p.account = a.account AND p.id = a.policy_id "
        "LEFT JOIN policy_versions v ON v.account = p.account AND v.policy_id = p.id AND v.number = p.default_version "
        "WHERE a.account = ?1 AND a.owner_id = ?2 ORDER BY a.name_key, a.policy_arn",
        [&](const db::Row& row) { out.push_back(read_attached(row)); }, account, owner_id);
}

void load_of_groups(db::Transaction& tx, const AccountId& account, std::string_view user_id,
                    std::vector<GrantedPolicy>& out) {
    if (!tx.exists("SELECT 1 FROM memberships WHERE account = ?1 AND user_id = ?2", account, user_id)) return;
    // CROSS JOIN keeps SQLite from starting with all inline or attached policies of the account.
    tx.each(
        "SELECT i.name, i.document, g.name FROM memberships m CROSS JOIN entities g CROSS JOIN inline_policies i "
        "WHERE m.account = ?1 AND m.user_id = ?2 AND g.account = m.account AND g.id = m.group_id "
        "AND i.account = m.account AND i.owner_id = m.group_id ORDER BY g.name_key, i.name",
        [&](const db::Row& row) { out.push_back(read_inline(row)); }, account, user_id);
    tx.each(
        "SELECT a.name, v.document, g.name, a.policy_arn FROM memberships m CROSS JOIN entities g "
        "CROSS JOIN attachments a "
        "LEFT JOIN policies p ON p.account = a.account AND p.id = a.policy_id "
        "LEFT JOIN policy_versions v ON v.account = p.account AND v.policy_id = p.id AND v.number = p.default_version "
        "WHERE m.account = ?1 AND m.user_id = ?2 AND g.account = m.account AND g.id = m.group_id "
        "AND a.account = m.account AND a.owner_id = m.group_id ORDER BY g.name_key, a.name_key, a.policy_arn",
        [&](const db::Row& row) { out.push_back(read_attached(row)); }, account, user_id);
}

void load_boundary(db::Transaction& tx, const AccountId& account, std::string_view id, PrincipalPolicies& out) {
    const std::optional<std::string> arn = tx.one(
        "SELECT boundary_arn FROM entities WHERE account = ?1 AND id = ?2 AND boundary_arn IS NOT NULL",
        [](const db::Row& row) { return row.text(0); }, account, id);
    if (!arn) return;
    out.boundary.emplace();
    const std::string name = arn->substr(arn->rfind('/') + 1);
    if (const managed_policies::Entry* const entry = managed_policies::find(*arn)) {
        out.boundary->push_back({PolicyOrigin::aws_managed, name, *arn, {}, {}, managed_policies::document(*entry)});
        return;
    }
    std::optional<PolicyVersion> version = policies::find_default_version(tx, account, *arn);
    if (!version) return;
    out.boundary->push_back({PolicyOrigin::customer_managed, name, *arn, {}, std::move(version->document), {}});
}

}  // namespace

PrincipalPolicies load_user_policies(db::Transaction& tx, const AccountId& account, std::string_view user_id) {
    PrincipalPolicies policies;
    load_own(tx, account, user_id, policies.identity);
    load_of_groups(tx, account, user_id, policies.identity);
    load_boundary(tx, account, user_id, policies);
    return policies;
}

PrincipalPolicies load_group_policies(db::Transaction& tx, const AccountId& account, std::string_view group_id) {
    PrincipalPolicies policies;
    load_own(tx, account, group_id, policies.identity);
    return policies;
}

PrincipalPolicies load_role_policies(db::Transaction& tx, const AccountId& account, std::string_view role_id) {
    PrincipalPolicies policies;
    load_own(tx, account, role_id, policies.identity);
    load_boundary(tx, account, role_id, policies);
    return policies;
}

}  // namespace iamlocal::store
