#include "store/service_specific_credentials.hpp"

#include "base/encoding.hpp"
#include "store/dated_place.hpp"

namespace iamlocal::store::service_specific_credentials {
namespace {

ServiceSpecificCredential read_credential(const db::Row& row) {
    ServiceSpecificCredential credential{.account = AccountId(row.view(0)),
                                         .id = row.text(1),
                                         .user_id = row.text(2),
                                         .service = row.text(3),
                                         .name = row.text(4),
                                         .active = row.boolean(5),
                                         .created = row.seconds(6),
                                         .expires = {}};
    if (!row.is_null(7)) credential.expires = row.seconds(7);
    return credential;
}

std::string place_of(const ServiceSpecificCredential& credential) {
    return DatedPlace{credential.created, credential.id}.text();
}

}  // namespace

std::optional<ServiceSpecificCredential> find(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.one(
        "SELECT account, id, user_id, service, name, active, created, expires FROM service_specific_credentials "
        "WHERE id = ?1 AND account = ?2",
        read_credential, id, account);
}

bool has_name(db::Transaction& tx, const AccountId& account, std::string_view service, std::string_view name) {
    return tx.exists("SELECT 1 FROM service_specific_credentials WHERE account = ?1 AND service = ?2 AND name_key = ?3",
                     account, service, fold_case(name));
}

Page<ServiceSpecificCredential> page(db::Transaction& tx, const AccountId& account, const Filter& filter,
                                     const PageRequest& request) {
    const DatedPlace after = DatedPlace::parse(request.after);
    const std::size_t limit = request.limit + 1;
    auto rows =
        filter.user_id
            ? tx.list(
                  "SELECT account, id, user_id, service, name, active, created, expires "
                  "FROM service_specific_credentials "
                  "WHERE account = ?1 AND user_id = ?2 AND (service = ?3 OR ?3 = '') AND (created, id) > (?4, ?5) "
                  "ORDER BY created, id LIMIT ?6",
                  read_credential, account, *filter.user_id, filter.service, after.at, after.id, limit)
            : tx.list(
                  "SELECT account, id, user_id, service, name, active, created, expires "
                  "FROM service_specific_credentials "
                  "WHERE account = ?1 AND (service = ?2 OR ?2 = '') AND (created, id) > (?3, ?4) "
                  "ORDER BY created, id LIMIT ?5",
                  read_credential, account, filter.service, after.at, after.id, limit);
    return make_page(std::move(rows), request.limit, place_of);
}

std::int64_t count(db::Transaction& tx, const AccountId& account, std::string_view user_id, std::string_view service) {
    return tx.number(
        "SELECT count(*) FROM service_specific_credentials WHERE account = ?1 AND user_id = ?2 AND service = ?3",
        account, user_id, service);
}

void insert(db::Transaction& tx, const ServiceSpecificCredential& credential) {
    tx.run(credential.account,
           "INSERT INTO service_specific_credentials "
           "(id, account, user_id, service, name, name_key, active, created, expires) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
           credential.id, credential.account, credential.user_id, credential.service, credential.name,
           fold_case(credential.name), credential.active, credential.created, credential.expires);
}

void set_active(db::Transaction& tx, const AccountId& account, std::string_view id, bool active) {
    tx.run(account, "UPDATE service_specific_credentials SET active = ?3 WHERE id = ?1 AND account = ?2", id, account,
           active);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) {
    tx.run(account, "DELETE FROM service_specific_credentials WHERE id = ?1 AND account = ?2", id, account);
}

}  // namespace iamlocal::store::service_specific_credentials
