#include "store/groups.hpp"

#include "base/encoding.hpp"
#include "store/entities.hpp"

namespace iamlocal::store::groups {
namespace {

Group to_group(Entity entity) {
    return {.account = std::move(entity.account),
            .id = std::move(entity.id),
            .name = std::move(entity.name),
            .path = std::move(entity.path),
            .created = entity.created};
}

}  // namespace

std::optional<Group> find(db::Transaction& tx, const AccountId& account, std::string_view name) {
    std::optional<Entity> entity = entities::find(tx, account, EntityKind::group, name);
    if (!entity) return std::nullopt;
    return to_group(*std::move(entity));
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return entities::exists(tx, account, EntityKind::group, name);
}

Page<Group> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix, PageRequest request) {
    return map_page(entities::page(tx, account, EntityKind::group, path_prefix, request), to_group);
}

std::int64_t count(db::Transaction& tx, const AccountId& account) {
    return entities::count(tx, account, EntityKind::group);
}

DeleteBlockers delete_blockers(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx
        .one(
            "SELECT (SELECT count(*) FROM memberships WHERE account = ?1 AND group_id = ?2),"
            " (SELECT count(*) FROM inline_policies WHERE account = ?1 AND owner_id = ?2),"
            " (SELECT count(*) FROM attachments WHERE account = ?1 AND owner_id = ?2)",
            [](const db::Row& row) {
                return DeleteBlockers{row.integer(0), row.integer(1), row.integer(2)};
            },
            account, id)
        .value_or(DeleteBlockers{});
}

void insert(db::Transaction& tx, const Group& group) {
    entities::insert(tx, EntityKind::group,
                     {group.account, group.id, group.name, group.path, group.created, std::nullopt});
}

void rename(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view name,
            std::string_view path) {
    entities::rename(tx, account, id, name, path);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) { entities::remove(tx, account, id); }

bool add_member(db::Transaction& tx, const AccountId& account, std::string_view group_id, std::string_view user_id) {
    return tx.run(account,
                  "INSERT INTO memberships (account, group_id, user_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                  account, group_id, user_id) > 0;
}

bool remove_member(db::Transaction& tx, const AccountId& account, std::string_view group_id, std::string_view user_id) {
    return tx.run(account, "DELETE FROM memberships WHERE account = ?1 AND group_id = ?2 AND user_id = ?3", account,
                  group_id, user_id) > 0;
}

bool is_member(db::Transaction& tx, const AccountId& account, std::string_view group_id, std::string_view user_id) {
    return tx.exists("SELECT 1 FROM memberships WHERE account = ?1 AND group_id = ?2 AND user_id = ?3", account,
                     group_id, user_id);
}

Page<User> members(db::Transaction& tx, const AccountId& account, std::string_view group_id, PageRequest request) {
    return make_page(tx.list(
                         "SELECT e.account, e.id, e.name, e.path, e.created, e.boundary_arn FROM memberships m "
                         "JOIN entities e ON e.account = m.account AND e.id = m.user_id "
                         "WHERE m.account = ?1 AND m.group_id = ?2 AND e.name_key > ?3 ORDER BY e.name_key LIMIT ?4",
                         [](const db::Row& row) {
                             return User{.account = AccountId(row.view(0)),
                                         .id = row.text(1),
                                         .name = row.text(2),
                                         .path = row.text(3),
                                         .created = row.seconds(4),
                                         .boundary_arn = row.optional_text(5),
                                         .tags = {}};
                         },
                         account, group_id, request.after, request.limit + 1),
                     request.limit, [](const User& user) { return fold_case(user.name); });
}

Page<Group> of_user(db::Transaction& tx, const AccountId& account, std::string_view user_id, PageRequest request) {
    return make_page(tx.list(
                         "SELECT e.account, e.id, e.name, e.path, e.created FROM memberships m "
                         "JOIN entities e ON e.account = m.account AND e.id = m.group_id "
                         "WHERE m.account = ?1 AND m.user_id = ?2 AND e.name_key > ?3 ORDER BY e.name_key LIMIT ?4",
                         [](const db::Row& row) {
                             return Group{.account = AccountId(row.view(0)),
                                          .id = row.text(1),
                                          .name = row.text(2),
                                          .path = row.text(3),
                                          .created = row.seconds(4)};
                         },
                         account, user_id, request.after, request.limit + 1),
                     request.limit, [](const Group& group) { return fold_case(group.name); });
}

}  // namespace iamlocal::store::groups
