#include "store/instance_profiles.hpp"

#include "base/encoding.hpp"
#include "store/entities.hpp"

namespace iamlocal::store::instance_profiles {
namespace {

InstanceProfile read_profile(const db::Row& row) {
    return {.account = AccountId(row.view(0)),
            .id = row.text(1),
            .name = row.text(2),
            .path = row.text(3),
            .created = row.seconds(4),
            .role_id = row.optional_text(5),
            .tags = {}};
}

std::string key_of(const InstanceProfile& profile) { return fold_case(profile.name); }

constexpr int profile_kind = static_cast<int>(EntityKind::instance_profile);

}  // namespace

std::optional<InstanceProfile> find(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return tx.one(
        "SELECT e.account, e.id, e.name, e.path, e.created, p.role_id "
        "FROM entities e JOIN instance_profiles p ON p.account = e.account AND p.id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key = ?3",
        read_profile, account, profile_kind, fold_case(name));
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return entities::exists(tx, account, EntityKind::instance_profile, name);
}

Page<InstanceProfile> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix,
                           PageRequest request) {
    return make_page(
        tx.list("SELECT e.account, e.id, e.name, e.path, e.created, p.role_id "
                "FROM entities e JOIN instance_profiles p ON p.account = e.account AND p.id = e.id "
                "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key > ?3 AND substr(e.path, 1, length(?4)) = ?4 "
                "ORDER BY e.name_key LIMIT ?5",
                read_profile, account, profile_kind, request.after, path_prefix, request.limit + 1),
        request.limit, key_of);
}

Page<InstanceProfile> of_role(db::Transaction& tx, const AccountId& account, std::string_view role_id,
                              PageRequest request) {
    return make_page(tx.list("SELECT e.account, e.id, e.name, e.path, e.created, p.role_id "
                             "FROM instance_profiles p JOIN entities e ON e.account = p.account AND e.id = p.id "
                             "WHERE p.account = ?1 AND p.role_id = ?2 AND e.name_key > ?3 "
                             "ORDER BY e.name_key LIMIT ?4",
                             read_profile, account, role_id, request.after, request.limit + 1),
                     request.limit, key_of);
}

std::int64_t count(db::Transaction& tx, const AccountId& account) {
    return entities::count(tx, account, EntityKind::instance_profile);
}

void insert(db::Transaction& tx, const InstanceProfile& profile) {
    entities::insert(tx, EntityKind::instance_profile,
                     {profile.account, profile.id, profile.name, profile.path, profile.created, std::nullopt});
    tx.run(profile.account, "INSERT INTO instance_profiles (account, id, role_id) VALUES (?1, ?2, ?3)", profile.account,
           profile.id, profile.role_id);
    tags::set(tx, profile.account, profile.id, profile.tags);
}

void set_role(db::Transaction& tx, const AccountId& account, std::string_view id,
              std::optional<std::string_view> role_id) {
    tx.run(account, "UPDATE instance_profiles SET role_id = ?3 WHERE account = ?1 AND id = ?2", account, id, role_id);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) {
    // A profile with a role keeps its row here, and that row's foreign key stops the next statement.
    tx.run(account, "DELETE FROM instance_profiles WHERE account = ?1 AND id = ?2 AND role_id IS NULL", account, id);
    entities::remove(tx, account, id);
}

}  // namespace iamlocal::store::instance_profiles
