#include "store/role_sources.hpp"

namespace iamlocal::store::role_sources {

std::optional<RoleSource> find(db::Transaction& tx, const AccountId& account, std::string_view role_id) {
    return tx.one(
        "SELECT template_arn, minor_version, replacements FROM role_sources WHERE account = ?1 AND role_id = ?2",
        [](const db::Row& row) {
            return RoleSource{row.text(0), row.integer(1), row.text(2)};
        },
        account, role_id);
}

void insert(db::Transaction& tx, const AccountId& account, std::string_view role_id, const RoleSource& source) {
    tx.run(account,
           "INSERT INTO role_sources (account, role_id, template_arn, minor_version, replacements) "
           "VALUES (?1, ?2, ?3, ?4, ?5)",
           account, role_id, source.template_arn, source.minor_version, source.values);
}

}  // namespace iamlocal::store::role_sources
