#include "store/role_deletions.hpp"

#include "base/encoding.hpp"

namespace iamlocal::store::role_deletions {
namespace {

RoleDeletion read_deletion(const db::Row& row) { return {row.text(0), row.seconds(1)}; }

}  // namespace

std::optional<RoleDeletion> find(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.one("SELECT id, submitted FROM role_deletions WHERE account = ?1 AND id = ?2", read_deletion, account,
                  id);
}

std::optional<RoleDeletion> find_by_role(db::Transaction& tx, const AccountId& account, std::string_view role_name) {
    return tx.one(
        "SELECT id, submitted FROM role_deletions WHERE account = ?1 AND name_key = ?2 "
        "ORDER BY submitted DESC, id LIMIT 1",
        read_deletion, account, fold_case(role_name));
}

void insert(db::Transaction& tx, const AccountId& account, std::string_view role_name, const RoleDeletion& deletion) {
    tx.run(account, "INSERT INTO role_deletions (account, id, name_key, submitted) VALUES (?1, ?2, ?3, ?4)", account,
           deletion.id, fold_case(role_name), deletion.submitted);
}

}  // namespace iamlocal::store::role_deletions
