#include "store/entities.hpp"

#include "base/encoding.hpp"
#include "store/service_uses.hpp"

namespace iamlocal::store::entities {
namespace {

Entity read_entity(const db::Row& row) {
    return {.account = AccountId(row.view(0)),
            .id = row.text(1),
            .name = row.text(2),
            .path = row.text(3),
            .created = row.seconds(4),
            .boundary_arn = row.optional_text(5)};
}

int number(EntityKind kind) { return static_cast<int>(kind); }

/// The path of an address is another one in other letters.
std::string key_of(EntityKind kind, std::string_view name) {
    return kind == EntityKind::oidc_provider ? std::string(name) : fold_case(name);
}

}  // namespace

std::optional<Entity> find(db::Transaction& tx, const AccountId& account, EntityKind kind, std::string_view name) {
    return tx.one(
        "SELECT account, id, name, path, created, boundary_arn FROM entities "
        "WHERE account = ?1 AND kind = ?2 AND name_key = ?3",
        read_entity, account, number(kind), key_of(kind, name));
}

std::optional<Entity> find_by_id(db::Transaction& tx, const AccountId& account, EntityKind kind, std::string_view id) {
    return tx.one(
        "SELECT account, id, name, path, created, boundary_arn FROM entities "
        "WHERE account = ?1 AND id = ?2 AND kind = ?3",
        read_entity, account, id, number(kind));
}

bool exists(db::Transaction& tx, const AccountId& account, EntityKind kind, std::string_view name) {
    return tx.exists("SELECT 1 FROM entities WHERE account = ?1 AND kind = ?2 AND name_key = ?3", account, number(kind),
                     key_of(kind, name));
}

Page<Entity> page(db::Transaction& tx, const AccountId& account, EntityKind kind, std::string_view path_prefix,
                  PageRequest request) {
    // Without a prefix nothing is asked of the path, which would cost as much as reading the row.
    const bool everything = path_prefix.empty() || path_prefix == "/";
    std::vector<Entity> rows =
        everything ? tx.list(
                         "SELECT account, id, name, path, created, boundary_arn FROM entities "
                         "WHERE account = ?1 AND kind = ?2 AND name_key > ?3 ORDER BY name_key LIMIT ?4",
                         read_entity, account, number(kind), request.after, request.limit + 1)
                   : tx.list(
                         "SELECT account, id, name, path, created, boundary_arn FROM entities "
                         "WHERE account = ?1 AND kind = ?2 AND name_key > ?3 "
                         "AND substr(path, 1, length(?4)) = ?4 ORDER BY name_key LIMIT ?5",
                         read_entity, account, number(kind), request.after, path_prefix, request.limit + 1);
    return make_page(std::move(rows), request.limit, [](const Entity& entity) { return fold_case(entity.name); });
}

std::int64_t count(db::Transaction& tx, const AccountId& account, EntityKind kind) {
    return tx.number("SELECT count FROM entity_counts WHERE account = ?1 AND kind = ?2", account, number(kind));
}

void insert(db::Transaction& tx, EntityKind kind, const Entity& entity) {
    tx.run(entity.account,
           "INSERT INTO entities (account, id, kind, name, name_key, path, created, boundary_arn) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
           entity.account, entity.id, number(kind), entity.name, key_of(kind, entity.name), entity.path, entity.created,
           entity.boundary_arn);
    tx.run(entity.account,
           "INSERT INTO entity_counts (account, kind, count) VALUES (?1, ?2, 1) "
           "ON CONFLICT (account, kind) DO UPDATE SET count = entity_counts.count + 1",
           entity.account, number(kind));
}

void rename(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view name,
            std::string_view path) {
    tx.run(account, "UPDATE entities SET name = ?3, name_key = ?4, path = ?5 WHERE account = ?1 AND id = ?2", account,
           id, name, fold_case(name), path);
}

void set_boundary(db::Transaction& tx, const AccountId& account, std::string_view id,
                  std::optional<std::string_view> arn) {
    tx.run(account, "UPDATE entities SET boundary_arn = ?3 WHERE account = ?1 AND id = ?2", account, id, arn);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) {
    tx.run(account,
           "UPDATE entity_counts SET count = count - 1 "
           "WHERE account = ?1 AND kind = (SELECT kind FROM entities WHERE account = ?1 AND id = ?2)",
           account, id);
    service_uses::remove(tx, account, id);
    tx.run(account, "DELETE FROM entities WHERE account = ?1 AND id = ?2", account, id);
}

}  // namespace iamlocal::store::entities
