#include "store/account_details.hpp"

#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/encoding.hpp"
#include "catalogue/managed_policies.hpp"
#include "store/entities.hpp"
#include "store/policy_versions.hpp"

namespace iamlocal::store::account_details {
namespace {

/// The entities of a page. They stand together in the order of names, so what belongs to them is one range.
template <class Details>
class Owners {
  public:
    template <class EntityOf>
    Owners(EntityKind kind, std::vector<Details>& all, EntityOf entity_of) : kind_(static_cast<int>(kind)) {
        if (all.empty()) return;
        first_ = fold_case(entity_of(all.front()).name);
        last_ = fold_case(entity_of(all.back()).name);
        by_id_.reserve(all.size());
        for (Details& details : all) by_id_.emplace(entity_of(details).id, &details);
    }

    bool empty() const { return by_id_.empty(); }
    int kind() const { return kind_; }
    const std::string& first() const { return first_; }
    const std::string& last() const { return last_; }
    /// Of the row's first column, the owner's id. It is there: one transaction sees one state.
    Details& at(const db::Row& row) const { return *by_id_.at(row.view(0)); }

  private:
    int kind_;
    std::string first_;
    std::string last_;
    std::unordered_map<std::string_view, Details*> by_id_;
};

template <class Details>
void load_policies(db::Transaction& tx, const AccountId& account, const Owners<Details>& owners) {
    tx.each(
        "SELECT e.id, i.name, i.document FROM entities e "
        "JOIN inline_policies i ON i.account = e.account AND i.owner_id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key >= ?3 AND e.name_key <= ?4 ORDER BY e.name_key, i.name",
        [&](const db::Row& row) {
            owners.at(row).inlined.push_back({row.text(1), row.text(2)});
        },
        account, owners.kind(), owners.first(), owners.last());
    tx.each(
        "SELECT e.id, a.name, a.policy_arn FROM entities e "
        "JOIN attachments a ON a.account = e.account AND a.owner_id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key >= ?3 AND e.name_key <= ?4 "
        "ORDER BY e.name_key, a.name_key, a.policy_arn",
        [&](const db::Row& row) {
            owners.at(row).attached.push_back({row.text(1), row.text(2)});
        },
        account, owners.kind(), owners.first(), owners.last());
}

/// `tags_of(details)` is where they go.
template <class Details, class TagsOf>
void load_tags(db::Transaction& tx, const AccountId& account, const Owners<Details>& owners, TagsOf tags_of) {
    tx.each(
        "SELECT e.id, t.name, t.value FROM entities e JOIN tags t ON t.account = e.account AND t.owner_id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key >= ?3 AND e.name_key <= ?4 "
        "ORDER BY e.name_key, t.position",
        [&](const db::Row& row) {
            tags_of(owners.at(row)).push_back({row.text(1), row.text(2)});
        },
        account, owners.kind(), owners.first(), owners.last());
}

void load_groups(db::Transaction& tx, const AccountId& account, const Owners<UserDetails>& owners) {
    tx.each(
        "SELECT e.id, g.name FROM entities e JOIN memberships m ON m.account = e.account AND m.user_id = e.id "
        "JOIN entities g ON g.account = m.account AND g.id = m.group_id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key >= ?3 AND e.name_key <= ?4 "
        "ORDER BY e.name_key, g.name_key",
        [&](const db::Row& row) { owners.at(row).groups.push_back(row.text(1)); }, account, owners.kind(),
        owners.first(), owners.last());
}

void load_profiles(db::Transaction& tx, const AccountId& account, const Owners<RoleDetails>& owners) {
    tx.each(
        "SELECT e.id, p.id, p.name, p.path, p.created FROM entities e "
        "JOIN instance_profiles i ON i.account = e.account AND i.role_id = e.id "
        "JOIN entities p ON p.account = i.account AND p.id = i.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key >= ?3 AND e.name_key <= ?4 "
        "ORDER BY e.name_key, p.name_key",
        [&](const db::Row& row) {
            owners.at(row).profiles.push_back({.account = account,
                                               .id = row.text(1),
                                               .name = row.text(2),
                                               .path = row.text(3),
                                               .created = row.seconds(4),
                                               .role_id = row.text(0),
                                               .tags = {}});
        },
        account, owners.kind(), owners.first(), owners.last());
}

void load_versions(db::Transaction& tx, const AccountId& account, const Owners<PolicyDetails>& owners) {
    tx.each(
        "SELECT e.id, v.number, v.document, v.created, p.default_version FROM entities e "
        "JOIN policies p ON p.account = e.account AND p.id = e.id "
        "JOIN policy_versions v ON v.account = e.account AND v.policy_id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key >= ?3 AND e.name_key <= ?4 "
        "ORDER BY e.name_key, v.number DESC",
        [&](const db::Row& row) {
            owners.at(row).versions.push_back(
                {policies::version_id(row.integer(1)), row.text(2), row.seconds(3), row.integer(1) == row.integer(4)});
        },
        account, owners.kind(), owners.first(), owners.last());
}

std::vector<PolicyVersion> aws_versions(std::string_view arn) {
    std::vector<PolicyVersion> out;
    const catalogue::managed_policies::Entry* const entry = catalogue::managed_policies::find(arn);
    if (entry == nullptr) return out;
    for (const catalogue::managed_policies::Version& known : catalogue::managed_policies::versions(*entry)) {
        const bool is_default = known.number == entry->default_version;
        std::string document;
        if (is_default)
            document = catalogue::managed_policies::document(*entry);
        else if (auto version = catalogue::managed_policies::find_version(*entry, known.number))
            document = std::move(version->document);
        out.push_back({policies::version_id(known.number), std::move(document), known.created, is_default});
    }
    return out;
}

PolicyDetails without_versions(ManagedPolicy policy) { return {std::move(policy), {}}; }

}  // namespace

Page<UserDetails> users(db::Transaction& tx, const AccountId& account, PageRequest request) {
    auto page = map_page(store::users::page(tx, account, {}, std::move(request)), [](User user) {
        return UserDetails{std::move(user), {}, {}, {}};
    });
    const Owners<UserDetails> owners(EntityKind::user, page.items,
                                     [](const UserDetails& details) -> const User& { return details.user; });
    if (owners.empty()) return page;
    load_policies(tx, account, owners);
    load_groups(tx, account, owners);
    load_tags(tx, account, owners, [](UserDetails& details) -> std::vector<Tag>& { return details.user.tags; });
    return page;
}

Page<GroupDetails> groups(db::Transaction& tx, const AccountId& account, PageRequest request) {
    auto page = map_page(store::groups::page(tx, account, {}, std::move(request)), [](Group group) {
        return GroupDetails{std::move(group), {}, {}};
    });
    const Owners<GroupDetails> owners(EntityKind::group, page.items,
                                      [](const GroupDetails& details) -> const Group& { return details.group; });
    if (!owners.empty()) load_policies(tx, account, owners);
    return page;
}

Page<RoleDetails> roles(db::Transaction& tx, const AccountId& account, PageRequest request) {
    auto page = map_page(store::roles::page(tx, account, {}, std::move(request)), [](Role role) {
        return RoleDetails{std::move(role), {}, {}, {}};
    });
    const Owners<RoleDetails> owners(EntityKind::role, page.items,
                                     [](const RoleDetails& details) -> const Role& { return details.role; });
    if (owners.empty()) return page;
    load_policies(tx, account, owners);
    load_profiles(tx, account, owners);
    load_tags(tx, account, owners, [](RoleDetails& details) -> std::vector<Tag>& { return details.role.tags; });
    return page;
}

Page<PolicyDetails> local_policies(db::Transaction& tx, const AccountId& account, PageRequest request) {
    auto page =
        map_page(policies::page(tx, account, {.scope = policies::Scope::local, .path_prefix = {}}, std::move(request)),
                 without_versions);
    const Owners<PolicyDetails> owners(
        EntityKind::policy, page.items,
        [](const PolicyDetails& details) -> const ManagedPolicy& { return details.policy; });
    if (!owners.empty()) load_versions(tx, account, owners);
    return page;
}

Page<PolicyDetails> aws_policies(db::Transaction& tx, const AccountId& account, PageRequest request) {
    const policies::Filter used{.scope = policies::Scope::aws, .usage = policies::Usage::any, .path_prefix = {}};
    auto page = map_page(policies::page(tx, account, used, std::move(request)), without_versions);
    for (PolicyDetails& details : page.items) details.versions = aws_versions(details.policy.arn);
    return page;
}

}  // namespace iamlocal::store::account_details
