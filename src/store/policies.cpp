#include "store/policies.hpp"

#include <algorithm>
#include <map>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "catalogue/managed_policies.hpp"
#include "store/entities.hpp"
#include "store/policy_versions.hpp"

namespace iamlocal::store::policies {
namespace {

namespace managed_policies = catalogue::managed_policies;

constexpr int policy_kind = static_cast<int>(EntityKind::policy);

ManagedPolicy read_policy(const db::Row& row) {
    ManagedPolicy policy{.account = AccountId(row.view(0)),
                         .id = row.text(1),
                         .name = row.text(2),
                         .path = row.text(3),
                         .arn = {},
                         .default_version = version_id(row.integer(4)),
                         .description = row.optional_text(5),
                         .created = row.seconds(6),
                         .updated = row.seconds(7),
                         .attachment_count = row.integer(8),
                         .boundary_usage_count = row.integer(9),
                         .tags = {}};
    policy.arn = arn::iam(policy.account, "policy", policy.path, policy.name);
    return policy;
}

/// How often the account uses each of AWS's policies.
struct AwsUsage {
    using Counts = std::map<std::string, std::int64_t, std::less<>>;
    Counts attached;
    Counts boundary;
};

std::int64_t count_of(const AwsUsage::Counts& counts, std::string_view arn) {
    const auto found = counts.find(arn);
    return found == counts.end() ? 0 : found->second;
}

AwsUsage load_aws_usage(db::Transaction& tx, const AccountId& account) {
    AwsUsage usage;
    tx.each(
        "SELECT policy_arn, count(*) FROM attachments WHERE account = ?1 AND policy_id IS NULL GROUP BY policy_arn",
        [&](const db::Row& row) { usage.attached[row.text(0)] = row.integer(1); }, account);
    tx.each(
        "SELECT boundary_arn, count(*) FROM entities WHERE account = ?1 AND boundary_arn IS NOT NULL "
        "GROUP BY boundary_arn",
        [&](const db::Row& row) { usage.boundary[row.text(0)] = row.integer(1); }, account);
    return usage;
}

ManagedPolicy to_policy(const managed_policies::Entry& entry) {
    return {.account = {},
            .id = managed_policies::id_of(entry),
            .name = std::string(entry.name),
            .path = std::string(entry.path),
            .arn = std::string(entry.arn),
            .default_version = version_id(entry.default_version),
            .description = {},
            .created = entry.created,
            .updated = entry.updated,
            .tags = {}};
}

bool counts_attachments(const Filter& filter) { return filter.usage != Usage::boundary; }
bool counts_boundaries(const Filter& filter) { return filter.usage != Usage::attached; }

std::vector<ManagedPolicy> local_rows(db::Transaction& tx, const AccountId& account, const Filter& filter,
                                      PageRequest request) {
    return tx.list(
        "SELECT account, id, name, path, default_version, description, created, updated, attached, bounding FROM ("
        " SELECT e.account, e.id, e.name, e.name_key, e.path, p.default_version, p.description, e.created, p.updated,"
        "  (SELECT count(*) FROM attachments a WHERE a.account = e.account AND a.policy_id = e.id) AS attached,"
        "  (SELECT count(*) FROM entities b WHERE b.account = e.account"
        "    AND b.boundary_arn = 'arn:aws:iam::' || e.account || ':policy' || e.path || e.name) AS bounding"
        " FROM entities e JOIN policies p ON p.account = e.account AND p.id = e.id"
        " WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key > ?3 AND substr(e.path, 1, length(?4)) = ?4) counted "
        "WHERE ?5 = 0 OR (?6 = 1 AND attached > 0) OR (?7 = 1 AND bounding > 0) ORDER BY name_key LIMIT ?8",
        read_policy, account, policy_kind, request.after, filter.path_prefix, filter.usage.has_value(),
        counts_attachments(filter), counts_boundaries(filter), request.limit);
}

/// Appends at most `limit` policies that come after the one called `after`.
void append_aws_rows(db::Transaction& tx, const AccountId& account, const Filter& filter, PageRequest request,
                     std::vector<ManagedPolicy>& out) {
    const AwsUsage usage = load_aws_usage(tx, account);
    const std::span<const managed_policies::Entry> all = managed_policies::all();
    auto entry = std::upper_bound(all.begin(), all.end(), request.after,
                                  [](std::string_view name, const auto& other) { return name < other.name; });
    for (std::size_t added = 0; entry != all.end() && added < request.limit; ++entry) {
        if (!entry->path.starts_with(filter.path_prefix)) continue;
        const std::int64_t attached = count_of(usage.attached, entry->arn);
        const std::int64_t boundary = count_of(usage.boundary, entry->arn);
        const bool is_used =
            (counts_attachments(filter) && attached > 0) || (counts_boundaries(filter) && boundary > 0);
        if (filter.usage && !is_used) continue;
        ManagedPolicy& policy = out.emplace_back(to_policy(*entry));
        policy.attachment_count = attached;
        policy.boundary_usage_count = boundary;
        ++added;
    }
}

/// A place in the combined list: "local/NAME_KEY" or "aws/NAME".
constexpr std::string_view local_place = "local/";
constexpr std::string_view aws_place = "aws/";

}  // namespace

std::optional<ManagedPolicy> find(db::Transaction& tx, const AccountId& account, std::string_view arn) {
    if (const managed_policies::Entry* const entry = managed_policies::find(arn)) {
        ManagedPolicy policy = to_policy(*entry);
        if (!entry->description.empty()) policy.description = entry->description;
        policy.attachment_count =
            tx.number("SELECT count(*) FROM attachments WHERE account = ?1 AND policy_arn = ?2", account, arn);
        policy.boundary_usage_count =
            tx.number("SELECT count(*) FROM entities WHERE account = ?1 AND boundary_arn = ?2", account, arn);
        return policy;
    }
    const std::optional<std::string_view> name = customer_policy_name(account, arn);
    if (!name) return std::nullopt;
    std::optional<ManagedPolicy> policy = tx.one(
        "SELECT e.account, e.id, e.name, e.path, p.default_version, p.description, e.created, p.updated,"
        " (SELECT count(*) FROM attachments a WHERE a.account = e.account AND a.policy_id = e.id),"
        " (SELECT count(*) FROM entities b WHERE b.account = e.account AND b.boundary_arn = ?4) "
        "FROM entities e JOIN policies p ON p.account = e.account AND p.id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key = ?3",
        read_policy, account, policy_kind, fold_case(*name), arn);
    if (policy && policy->arn != arn) return std::nullopt;
    return policy;
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view arn) {
    return managed_policies::find(arn) != nullptr || find_id(tx, account, arn).has_value();
}

bool name_taken(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return entities::exists(tx, account, EntityKind::policy, name);
}

Page<ManagedPolicy> page(db::Transaction& tx, const AccountId& account, const Filter& filter, PageRequest request) {
    std::vector<ManagedPolicy> rows;
    const bool in_aws_part = request.after.starts_with(aws_place);
    if (filter.scope != Scope::aws && !in_aws_part) {
        std::string after =
            request.after.starts_with(local_place) ? request.after.substr(local_place.size()) : std::string();
        rows = local_rows(tx, account, filter, {std::move(after), request.limit + 1});
    }
    if (filter.scope != Scope::local && rows.size() <= request.limit) {
        std::string after = in_aws_part ? request.after.substr(aws_place.size()) : std::string();
        append_aws_rows(tx, account, filter, {std::move(after), request.limit + 1 - rows.size()}, rows);
    }
    return make_page(std::move(rows), request.limit, [](const ManagedPolicy& policy) {
        return policy.is_aws() ? std::string(aws_place) + policy.name
                               : std::string(local_place) + fold_case(policy.name);
    });
}

std::int64_t count(db::Transaction& tx, const AccountId& account) {
    return entities::count(tx, account, EntityKind::policy);
}

void insert(db::Transaction& tx, const ManagedPolicy& policy, std::string_view document) {
    entities::insert(tx, EntityKind::policy,
                     {policy.account, policy.id, policy.name, policy.path, policy.created, std::nullopt});
    tx.run(policy.account,
           "INSERT INTO policies (account, id, description, updated, default_version, newest_version) "
           "VALUES (?1, ?2, ?3, ?4, 1, 1)",
           policy.account, policy.id, policy.description, policy.created);
    insert_version(tx, policy.account, policy.id, 1, document, policy.created);
    tags::set(tx, policy.account, policy.id, policy.tags);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) { entities::remove(tx, account, id); }

}  // namespace iamlocal::store::policies
