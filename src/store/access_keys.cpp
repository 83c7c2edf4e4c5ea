#include "store/access_keys.hpp"

#include <stdexcept>

#include "store/dated_place.hpp"

namespace iamlocal::store::access_keys {
namespace {

AccessKey read_key(const db::Row& row) {
    AccessKey key{.account = AccountId(row.view(0)),
                  .user_id = row.text(1),
                  .id = AccessKeyId(row.view(2)),
                  .secret = {},
                  .active = row.boolean(3),
                  .created = row.seconds(4),
                  .last_used = {}};
    if (!row.is_null(5)) key.last_used = KeyUse{row.seconds(5), row.text(6), row.text(7)};
    return key;
}

std::string place_of(const AccessKey& key) { return DatedPlace{key.created, key.id.view()}.text(); }

}  // namespace

void insert(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, const AccessKey& key) {
    const std::string sealed = seal(keyring.access_key_secrets(), key.secret.reveal(), key.id.view(), entropy);
    if (key.user_id.empty()) {
        tx.run(key.account,
               "INSERT INTO root_access_keys (id, account, sealed_secret, active, created) "
               "VALUES (?1, ?2, ?3, ?4, ?5)",
               key.id, key.account, db::Blob{sealed}, key.active, key.created);
        return;
    }
    tx.run(key.account,
           "INSERT INTO access_keys (id, account, user_id, sealed_secret, active, created) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           key.id, key.account, key.user_id, db::Blob{sealed}, key.active, key.created);
}

std::optional<AccessKey> find(db::Transaction& tx, const Keyring& keyring, const AccessKeyId& id) {
    return tx.one(
        "SELECT account, user_id, id, active, created, last_used, last_used_region, last_used_service, sealed_secret "
        "FROM access_keys WHERE id = ?1 UNION ALL "
        "SELECT account, '', id, active, created, last_used, last_used_region, last_used_service, sealed_secret "
        "FROM root_access_keys WHERE id = ?1",
        [&](const db::Row& row) {
            AccessKey key = read_key(row);
            std::optional<std::string> secret = open_sealed(keyring.access_key_secrets(), row.blob(8), id.view());
            if (!secret)
                throw std::runtime_error("the secret of access key " + id.str() +
                                         " was sealed with another master key");
            key.secret = Secret(*std::move(secret));
            return key;
        },
        id);
}

std::optional<AccessKey> find_public(db::Transaction& tx, const AccessKeyId& id) {
    return tx.one(
        "SELECT account, user_id, id, active, created, last_used, last_used_region, last_used_service "
        "FROM access_keys WHERE id = ?1 UNION ALL "
        "SELECT account, '', id, active, created, last_used, last_used_region, last_used_service "
        "FROM root_access_keys WHERE id = ?1",
        read_key, id);
}

Page<AccessKey> page(db::Transaction& tx, const AccountId& account, std::string_view user_id, PageRequest request) {
    const DatedPlace after = DatedPlace::parse(request.after);
    if (user_id.empty())
        return make_page(
            tx.list("SELECT account, '', id, active, created, last_used, last_used_region, last_used_service "
                    "FROM root_access_keys WHERE account = ?1 AND (created, id) > (?2, ?3) "
                    "ORDER BY created, id LIMIT ?4",
                    read_key, account, after.at, after.id, request.limit + 1),
            request.limit, place_of);
    return make_page(
        tx.list("SELECT account, user_id, id, active, created, last_used, last_used_region, last_used_service "
                "FROM access_keys WHERE account = ?1 AND user_id = ?2 AND (created, id) > (?3, ?4) "
                "ORDER BY created, id LIMIT ?5",
                read_key, account, user_id, after.at, after.id, request.limit + 1),
        request.limit, place_of);
}

std::int64_t count(db::Transaction& tx, const AccountId& account, std::string_view user_id) {
    if (user_id.empty()) return tx.number("SELECT count(*) FROM root_access_keys WHERE account = ?1", account);
    return tx.number("SELECT count(*) FROM access_keys WHERE account = ?1 AND user_id = ?2", account, user_id);
}

bool set_active(db::Transaction& tx, const AccountId& account, std::string_view user_id, const AccessKeyId& id,
                bool active) {
    if (user_id.empty())
        return tx.run(account, "UPDATE root_access_keys SET active = ?3 WHERE id = ?1 AND account = ?2", id, account,
                      active) > 0;
    return tx.run(account, "UPDATE access_keys SET active = ?4 WHERE id = ?1 AND account = ?2 AND user_id = ?3", id,
                  account, user_id, active) > 0;
}

bool remove(db::Transaction& tx, const AccountId& account, std::string_view user_id, const AccessKeyId& id) {
    if (user_id.empty())
        return tx.run(account, "DELETE FROM root_access_keys WHERE id = ?1 AND account = ?2", id, account) > 0;
    return tx.run(account, "DELETE FROM access_keys WHERE id = ?1 AND account = ?2 AND user_id = ?3", id, account,
                  user_id) > 0;
}

void record_last_used(db::Transaction& tx, const AccessKeyId& id, const KeyUse& use) {
    tx.execute_without_revision(
        "UPDATE access_keys SET last_used = ?2, last_used_region = ?3, last_used_service = ?4 "
        "WHERE id = ?1 AND (last_used IS NULL OR last_used <= ?2)",
        id, use.at, use.region, use.service);
    tx.execute_without_revision(
        "UPDATE root_access_keys SET last_used = ?2, last_used_region = ?3, last_used_service = ?4 "
        "WHERE id = ?1 AND (last_used IS NULL OR last_used <= ?2)",
        id, use.at, use.region, use.service);
}

}  // namespace iamlocal::store::access_keys
