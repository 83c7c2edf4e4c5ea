#include "store/service_uses.hpp"

namespace iamlocal::store::service_uses {
namespace {

ServiceUse read_use(const db::Row& row) {
    return {AccountId(row.view(0)), row.text(1), row.text(2), row.seconds(3), row.text(4)};
}

}  // namespace

void record(db::Transaction& tx, const ServiceUse& use) {
    tx.execute_without_revision(
        "INSERT INTO service_uses (account, entity_id, action, used_at, region) SELECT ?1, ?2, ?3, ?4, ?5 "
        "WHERE EXISTS (SELECT 1 FROM entities WHERE account = ?1 AND id = ?2)"
        " OR ?1 = ?2 "
        "ON CONFLICT (account, entity_id, action) DO UPDATE SET used_at = excluded.used_at, region = excluded.region "
        "WHERE service_uses.used_at <= excluded.used_at",
        use.account, use.entity_id, use.action, use.at, use.region);
}

std::vector<ServiceUse> of_entity(db::Transaction& tx, const AccountId& account, std::string_view entity_id,
                                  Seconds since) {
    return tx.list(
        "SELECT account, entity_id, action, used_at, region FROM service_uses "
        "WHERE account = ?1 AND entity_id = ?2 AND used_at >= ?3",
        read_use, account, entity_id, since);
}

std::vector<ServiceUse> of_account(db::Transaction& tx, const AccountId& account, Seconds since) {
    return tx.list(
        "SELECT account, entity_id, action, used_at, region FROM service_uses WHERE account = ?1 AND used_at >= ?2",
        read_use, account, since);
}

std::vector<ServiceUse> all(db::Transaction& tx, Seconds since) {
    return tx.list("SELECT account, entity_id, action, used_at, region FROM service_uses WHERE used_at >= ?1", read_use,
                   since);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view entity_id) {
    tx.execute_without_revision("DELETE FROM service_uses WHERE account = ?1 AND entity_id = ?2", account, entity_id);
}

}  // namespace iamlocal::store::service_uses
