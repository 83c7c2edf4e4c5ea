#include "store/policy_versions.hpp"

#include <charconv>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "catalogue/managed_policies.hpp"
#include "store/entities.hpp"

namespace iamlocal::store::policies {
namespace {

namespace managed_policies = catalogue::managed_policies;

/// The number in "v3"; 0, which no version has, for anything else ("v03" is no version either).
std::int64_t version_number(std::string_view version) {
    std::int64_t number = 0;
    if (version.size() < 2 || version[0] != 'v' || version[1] == '0') return 0;
    const char* const end = version.data() + version.size();
    const auto [stop, error] = std::from_chars(version.data() + 1, end, number);
    return error == std::errc() && stop == end ? number : 0;
}

PolicyVersion to_version(const managed_policies::Entry& entry, managed_policies::Version version) {
    return {version_id(version.number), std::move(version.document), version.created,
            version.number == entry.default_version};
}

std::optional<PolicyVersion> find_aws_version(const managed_policies::Entry& entry, std::int64_t number) {
    std::optional<managed_policies::Version> version = managed_policies::find_version(entry, number);
    if (!version) return std::nullopt;
    return to_version(entry, *std::move(version));
}

Page<PolicyVersion> aws_versions(const managed_policies::Entry& entry, PageRequest request) {
    const std::int64_t before = request.after.empty() ? INT64_MAX : version_number(request.after);
    std::vector<PolicyVersion> rows;
    for (managed_policies::Version& version : managed_policies::versions(entry)) {
        if (rows.size() > request.limit) break;
        if (version.number < before) rows.push_back(to_version(entry, std::move(version)));
    }
    return make_page(std::move(rows), request.limit, [](const PolicyVersion& version) { return version.id; });
}

/// Columns: number, document, created, the policy's default number.
PolicyVersion read_version(const db::Row& row) {
    return {version_id(row.integer(0)), row.text(1), row.seconds(2), row.integer(0) == row.integer(3)};
}

}  // namespace

std::string version_id(std::int64_t number) { return fmt::format("v{}", number); }

std::optional<std::string_view> customer_policy_name(const AccountId& account, std::string_view arn) {
    constexpr std::string_view type = "policy/";
    const std::optional<Arn> parsed = Arn::parse(arn);
    if (!parsed || parsed->service != "iam" || parsed->account != account.view()) return std::nullopt;
    if (!parsed->resource.starts_with(type)) return std::nullopt;
    return parsed->resource.substr(parsed->resource.rfind('/') + 1);
}

std::optional<std::string> find_id(db::Transaction& tx, const AccountId& account, std::string_view arn) {
    const std::optional<std::string_view> name = customer_policy_name(account, arn);
    if (!name) return std::nullopt;
    std::optional<Entity> entity = entities::find(tx, account, EntityKind::policy, *name);
    if (!entity || arn::iam(account, "policy", entity->path, entity->name) != arn) return std::nullopt;
    return std::move(entity->id);
}

std::optional<std::string> arn_of_name(db::Transaction& tx, const AccountId& account, std::string_view name) {
    const std::optional<Entity> entity = entities::find(tx, account, EntityKind::policy, name);
    if (!entity) return std::nullopt;
    return arn::iam(account, "policy", entity->path, entity->name);
}

void insert_version(db::Transaction& tx, const AccountId& account, std::string_view id, std::int64_t number,
                    std::string_view document, Seconds created) {
    tx.run(account,
           "INSERT INTO policy_versions (account, policy_id, number, document, created) VALUES (?1, ?2, ?3, ?4, ?5)",
           account, id, number, document, created);
}

std::optional<PolicyVersion> find_version(db::Transaction& tx, const AccountId& account, std::string_view arn,
                                          std::string_view version) {
    if (const managed_policies::Entry* const entry = managed_policies::find(arn))
        return find_aws_version(*entry, version_number(version));
    const std::optional<std::string> id = find_id(tx, account, arn);
    if (!id) return std::nullopt;
    return tx.one(
        "SELECT v.number, v.document, v.created, p.default_version FROM policy_versions v "
        "JOIN policies p ON p.account = v.account AND p.id = v.policy_id "
        "WHERE v.account = ?1 AND v.policy_id = ?2 AND v.number = ?3",
        read_version, account, *id, version_number(version));
}

std::optional<PolicyVersion> find_default_version(db::Transaction& tx, const AccountId& account, std::string_view arn) {
    if (const managed_policies::Entry* const entry = managed_policies::find(arn))
        return find_aws_version(*entry, entry->default_version);
    const std::optional<std::string> id = find_id(tx, account, arn);
    if (!id) return std::nullopt;
    return tx.one(
        "SELECT v.number, v.document, v.created, p.default_version FROM policies p "
        "JOIN policy_versions v ON v.account = p.account AND v.policy_id = p.id AND v.number = p.default_version "
        "WHERE p.account = ?1 AND p.id = ?2",
        read_version, account, *id);
}

Page<PolicyVersion> versions(db::Transaction& tx, const AccountId& account, std::string_view arn, PageRequest request) {
    if (const managed_policies::Entry* const entry = managed_policies::find(arn)) return aws_versions(*entry, request);
    const std::optional<std::string> id = find_id(tx, account, arn);
    if (!id) return {};
    const std::int64_t before = request.after.empty() ? INT64_MAX : version_number(request.after);
    return make_page(
        tx.list(
            "SELECT v.number, v.created, p.default_version FROM policy_versions v "
            "JOIN policies p ON p.account = v.account AND p.id = v.policy_id "
            "WHERE v.account = ?1 AND v.policy_id = ?2 AND v.number < ?3 ORDER BY v.number DESC LIMIT ?4",
            [](const db::Row& row) {
                return PolicyVersion{version_id(row.integer(0)), {}, row.seconds(1), row.integer(0) == row.integer(2)};
            },
            account, *id, before, request.limit + 1),
        request.limit, [](const PolicyVersion& version) { return version.id; });
}

std::int64_t version_count(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.number("SELECT count(*) FROM policy_versions WHERE account = ?1 AND policy_id = ?2", account, id);
}

PolicyVersion add_version(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view document,
                          Seconds created, bool set_as_default) {
    tx.run(account,
           "UPDATE policies SET newest_version = newest_version + 1, updated = ?3 WHERE account = ?1 AND id = ?2",
           account, id, created);
    const std::int64_t number =
        tx.number("SELECT newest_version FROM policies WHERE account = ?1 AND id = ?2", account, id);
    insert_version(tx, account, id, number, document, created);
    PolicyVersion version{version_id(number), std::string(document), created, set_as_default};
    if (set_as_default) set_default_version(tx, account, id, version.id);
    return version;
}

std::int64_t newest_version(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.number("SELECT newest_version FROM policies WHERE account = ?1 AND id = ?2", account, id);
}

void skip_versions(db::Transaction& tx, const AccountId& account, std::string_view id, std::int64_t number) {
    tx.run(account, "UPDATE policies SET newest_version = ?3 WHERE account = ?1 AND id = ?2", account, id, number);
}

void set_default_version(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view version) {
    tx.run(account, "UPDATE policies SET default_version = ?3 WHERE account = ?1 AND id = ?2", account, id,
           version_number(version));
}

bool remove_version(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view version) {
    return tx.run(account, "DELETE FROM policy_versions WHERE account = ?1 AND policy_id = ?2 AND number = ?3", account,
                  id, version_number(version)) > 0;
}

}  // namespace iamlocal::store::policies
