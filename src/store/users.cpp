#include "store/users.hpp"

#include "store/entities.hpp"

namespace iamlocal::store::users {
namespace {

User to_user(Entity entity) {
    return {.account = std::move(entity.account),
            .id = std::move(entity.id),
            .name = std::move(entity.name),
            .path = std::move(entity.path),
            .created = entity.created,
            .boundary_arn = std::move(entity.boundary_arn),
            .tags = {}};
}

}  // namespace

std::optional<User> find(db::Transaction& tx, const AccountId& account, std::string_view name) {
    std::optional<Entity> entity = entities::find(tx, account, EntityKind::user, name);
    if (!entity) return std::nullopt;
    return to_user(*std::move(entity));
}

std::optional<User> find_by_id(db::Transaction& tx, const AccountId& account, std::string_view id) {
    std::optional<Entity> entity = entities::find_by_id(tx, account, EntityKind::user, id);
    if (!entity) return std::nullopt;
    return to_user(*std::move(entity));
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return entities::exists(tx, account, EntityKind::user, name);
}

Page<User> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix, PageRequest request) {
    return map_page(entities::page(tx, account, EntityKind::user, path_prefix, request), to_user);
}

std::int64_t count(db::Transaction& tx, const AccountId& account) {
    return entities::count(tx, account, EntityKind::user);
}

DeleteBlockers delete_blockers(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx
        .one(
            "SELECT (SELECT count(*) FROM access_keys WHERE account = ?1 AND user_id = ?2),"
            " (SELECT count(*) FROM inline_policies WHERE account = ?1 AND owner_id = ?2),"
            " (SELECT count(*) FROM attachments WHERE account = ?1 AND owner_id = ?2),"
            " (SELECT count(*) FROM memberships WHERE account = ?1 AND user_id = ?2),"
            " (SELECT count(*) FROM mfa_devices WHERE account = ?1 AND user_id = ?2)",
            [](const db::Row& row) {
                return DeleteBlockers{row.integer(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4)};
            },
            account, id)
        .value_or(DeleteBlockers{});
}

void insert(db::Transaction& tx, const User& user) {
    entities::insert(tx, EntityKind::user,
                     {user.account, user.id, user.name, user.path, user.created, user.boundary_arn});
    tags::set(tx, user.account, user.id, user.tags);
}

void rename(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view name,
            std::string_view path) {
    entities::rename(tx, account, id, name, path);
}

void set_boundary(db::Transaction& tx, const AccountId& account, std::string_view id,
                  std::optional<std::string_view> arn) {
    entities::set_boundary(tx, account, id, arn);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) { entities::remove(tx, account, id); }

}  // namespace iamlocal::store::users
