#include "store/roles.hpp"

#include "base/encoding.hpp"
#include "store/entities.hpp"

namespace iamlocal::store::roles {
namespace {

Role read_role(const db::Row& row) {
    Role role{.account = AccountId(row.view(0)),
              .id = row.text(1),
              .name = row.text(2),
              .path = row.text(3),
              .created = row.seconds(4),
              .boundary_arn = row.optional_text(5),
              .trust_policy = row.text(6),
              .description = row.optional_text(7),
              .max_session_duration = row.integer(8),
              .last_used = {},
              .tags = {}};
    if (!row.is_null(9)) role.last_used = RoleUse{row.seconds(9), row.text(10)};
    return role;
}

constexpr int role_kind = static_cast<int>(EntityKind::role);

}  // namespace

std::optional<Role> find(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return tx.one(
        "SELECT e.account, e.id, e.name, e.path, e.created, e.boundary_arn, r.trust_policy, r.description,"
        " r.max_session_duration, r.last_used, r.last_used_region "
        "FROM entities e JOIN roles r ON r.account = e.account AND r.id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key = ?3",
        read_role, account, role_kind, fold_case(name));
}

std::optional<Role> find_by_id(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.one(
        "SELECT e.account, e.id, e.name, e.path, e.created, e.boundary_arn, r.trust_policy, r.description,"
        " r.max_session_duration, r.last_used, r.last_used_region "
        "FROM entities e JOIN roles r ON r.account = e.account AND r.id = e.id "
        "WHERE e.account = ?1 AND e.id = ?2",
        read_role, account, id);
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return entities::exists(tx, account, EntityKind::role, name);
}

Page<Role> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix, PageRequest request) {
    return make_page(
        tx.list("SELECT e.account, e.id, e.name, e.path, e.created, e.boundary_arn, r.trust_policy, r.description,"
                " r.max_session_duration, r.last_used, r.last_used_region "
                "FROM entities e JOIN roles r ON r.account = e.account AND r.id = e.id "
                "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key > ?3 AND substr(e.path, 1, length(?4)) = ?4 "
                "ORDER BY e.name_key LIMIT ?5",
                read_role, account, role_kind, request.after, path_prefix, request.limit + 1),
        request.limit, [](const Role& role) { return fold_case(role.name); });
}

std::int64_t count(db::Transaction& tx, const AccountId& account) {
    return entities::count(tx, account, EntityKind::role);
}

DeleteBlockers delete_blockers(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx
        .one(
            "SELECT (SELECT count(*) FROM inline_policies WHERE account = ?1 AND owner_id = ?2),"
            " (SELECT count(*) FROM attachments WHERE account = ?1 AND owner_id = ?2),"
            " (SELECT count(*) FROM instance_profiles WHERE account = ?1 AND role_id = ?2)",
            [](const db::Row& row) {
                return DeleteBlockers{row.integer(0), row.integer(1), row.integer(2)};
            },
            account, id)
        .value_or(DeleteBlockers{});
}

void insert(db::Transaction& tx, const Role& role) {
    entities::insert(tx, EntityKind::role,
                     {role.account, role.id, role.name, role.path, role.created, role.boundary_arn});
    tx.run(role.account,
           "INSERT INTO roles (account, id, trust_policy, description, max_session_duration) "
           "VALUES (?1, ?2, ?3, ?4, ?5)",
           role.account, role.id, role.trust_policy, role.description, role.max_session_duration);
    tags::set(tx, role.account, role.id, role.tags);
}

void set_trust_policy(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view document) {
    tx.run(account, "UPDATE roles SET trust_policy = ?3 WHERE account = ?1 AND id = ?2", account, id, document);
}

void set_description(db::Transaction& tx, const AccountId& account, std::string_view id,
                     std::optional<std::string_view> description) {
    tx.run(account, "UPDATE roles SET description = ?3 WHERE account = ?1 AND id = ?2", account, id, description);
}

void set_max_session_duration(db::Transaction& tx, const AccountId& account, std::string_view id,
                              std::int64_t seconds) {
    tx.run(account, "UPDATE roles SET max_session_duration = ?3 WHERE account = ?1 AND id = ?2", account, id, seconds);
}

void set_boundary(db::Transaction& tx, const AccountId& account, std::string_view id,
                  std::optional<std::string_view> arn) {
    entities::set_boundary(tx, account, id, arn);
}

void record_last_used(db::Transaction& tx, const AccountId& account, std::string_view id, const RoleUse& use) {
    tx.execute_without_revision(
        "UPDATE roles SET last_used = ?3, last_used_region = ?4 "
        "WHERE account = ?1 AND id = ?2 AND (last_used IS NULL OR last_used <= ?3)",
        account, id, use.at, use.region);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) { entities::remove(tx, account, id); }

}  // namespace iamlocal::store::roles
