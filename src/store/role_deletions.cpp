#include "store/role_deletions.hpp"

#include "base/encoding.hpp"

namespace iamlocal::store {
namespace {

std::string text_of(const std::vector<RoleUsage>& usage) {
    std::string text;
    for (const RoleUsage& use : usage)
        for (const std::string& resource : use.resources)
            text.append(use.region).append(" ").append(resource).append("\n");
    return text;
}

std::vector<RoleUsage> read_usage(std::string_view text) {
    std::vector<RoleUsage> usage;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() + 1);
        const std::string_view region = line.substr(0, line.find(' '));
        if (usage.empty() || usage.back().region != region) usage.push_back({std::string(region), {}});
        usage.back().resources.emplace_back(line.substr(region.size() + 1));
    }
    return usage;
}

RoleDeletion read_deletion(const db::Row& row) {
    RoleDeletion deletion{.id = row.text(0), .submitted = row.seconds(1), .usage = {}};
    if (!row.is_null(2)) deletion.usage = read_usage(row.view(2));
    return deletion;
}

}  // namespace

namespace role_deletions {

std::optional<RoleDeletion> find(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.one("SELECT id, submitted, usage FROM role_deletions WHERE account = ?1 AND id = ?2", read_deletion,
                  account, id);
}

std::optional<RoleDeletion> find_by_role(db::Transaction& tx, const AccountId& account, std::string_view role_name,
                                         RoleDeletion::Result result) {
    return tx.one(
        "SELECT id, submitted, usage FROM role_deletions "
        "WHERE account = ?1 AND name_key = ?2 AND CASE WHEN usage IS NULL THEN 0 ELSE 1 END = ?3 "
        "ORDER BY submitted DESC, id LIMIT 1",
        read_deletion, account, fold_case(role_name), result == RoleDeletion::Result::failure ? 1 : 0);
}

void insert(db::Transaction& tx, const AccountId& account, std::string_view role_name, const RoleDeletion& deletion) {
    std::optional<std::string> usage;
    if (deletion.usage) usage = text_of(*deletion.usage);
    tx.run(account, "INSERT INTO role_deletions (account, id, name_key, submitted, usage) VALUES (?1, ?2, ?3, ?4, ?5)",
           account, deletion.id, fold_case(role_name), deletion.submitted, usage);
}

}  // namespace role_deletions

namespace undeletable_roles {

std::optional<std::vector<RoleUsage>> find(db::Transaction& tx, const AccountId& account, std::string_view role_name) {
    return tx.one(
        "SELECT usage FROM undeletable_roles WHERE account = ?1 AND name_key = ?2",
        [](const db::Row& row) { return read_usage(row.view(0)); }, account, fold_case(role_name));
}

std::vector<std::pair<std::string, std::vector<RoleUsage>>> all(db::Transaction& tx, const AccountId& account) {
    return tx.list(
        "SELECT name_key, usage FROM undeletable_roles WHERE account = ?1 ORDER BY name_key",
        [](const db::Row& row) { return std::pair(row.text(0), read_usage(row.view(1))); }, account);
}

void set(db::Transaction& tx, const AccountId& account, std::string_view role_name,
         const std::vector<RoleUsage>& usage) {
    remove(tx, account, role_name);
    tx.run(account, "INSERT INTO undeletable_roles (account, name_key, usage) VALUES (?1, ?2, ?3)", account,
           fold_case(role_name), text_of(usage));
}

bool remove(db::Transaction& tx, const AccountId& account, std::string_view role_name) {
    return tx.run(account, "DELETE FROM undeletable_roles WHERE account = ?1 AND name_key = ?2", account,
                  fold_case(role_name)) > 0;
}

}  // namespace undeletable_roles
}  // namespace iamlocal::store
