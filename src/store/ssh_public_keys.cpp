#include "store/ssh_public_keys.hpp"

#include "store/dated_place.hpp"

namespace iamlocal::store::ssh_public_keys {
namespace {

SshPublicKey read_key(const db::Row& row) {
    return {.account = AccountId(row.view(0)),
            .id = row.text(1),
            .user_id = row.text(2),
            .ssh_bytes = std::string(row.blob(3)),
            .active = row.boolean(4),
            .uploaded = row.seconds(5)};
}

std::string place_of(const SshPublicKey& key) { return DatedPlace{key.uploaded, key.id}.text(); }

}  // namespace

std::optional<SshPublicKey> find(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.one(
        "SELECT account, id, user_id, ssh_bytes, active, uploaded FROM ssh_public_keys WHERE id = ?1 AND account = ?2",
        read_key, id, account);
}

bool has(db::Transaction& tx, const AccountId& account, std::string_view user_id, std::string_view ssh_bytes) {
    return tx.exists("SELECT 1 FROM ssh_public_keys WHERE account = ?1 AND user_id = ?2 AND ssh_bytes = ?3", account,
                     user_id, db::Blob{ssh_bytes});
}

Page<SshPublicKey> page(db::Transaction& tx, const AccountId& account, std::string_view user_id,
                        const PageRequest& request) {
    const DatedPlace after = DatedPlace::parse(request.after);
    return make_page(tx.list("SELECT account, id, user_id, ssh_bytes, active, uploaded FROM ssh_public_keys "
                             "WHERE account = ?1 AND user_id = ?2 AND (uploaded, id) > (?3, ?4) "
                             "ORDER BY uploaded, id LIMIT ?5",
                             read_key, account, user_id, after.at, after.id, request.limit + 1),
                     request.limit, place_of);
}

std::int64_t count(db::Transaction& tx, const AccountId& account, std::string_view user_id) {
    return tx.number("SELECT count(*) FROM ssh_public_keys WHERE account = ?1 AND user_id = ?2", account, user_id);
}

void insert(db::Transaction& tx, const SshPublicKey& key) {
    tx.run(key.account,
           "INSERT INTO ssh_public_keys (id, account, user_id, ssh_bytes, active, uploaded) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           key.id, key.account, key.user_id, db::Blob{key.ssh_bytes}, key.active, key.uploaded);
}

void set_active(db::Transaction& tx, const AccountId& account, std::string_view id, bool active) {
    tx.run(account, "UPDATE ssh_public_keys SET active = ?3 WHERE id = ?1 AND account = ?2", id, account, active);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) {
    tx.run(account, "DELETE FROM ssh_public_keys WHERE id = ?1 AND account = ?2", id, account);
}

}  // namespace iamlocal::store::ssh_public_keys
