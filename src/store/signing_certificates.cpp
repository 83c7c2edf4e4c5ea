#include "store/signing_certificates.hpp"

#include "store/dated_place.hpp"

namespace iamlocal::store::signing_certificates {
namespace {

SigningCertificate read_certificate(const db::Row& row) {
    return {.account = AccountId(row.view(0)),
            .id = row.text(1),
            .user_id = row.optional_text(2),
            .body = row.text(3),
            .active = row.boolean(4),
            .uploaded = row.seconds(5)};
}

std::string place_of(const SigningCertificate& certificate) {
    return DatedPlace{certificate.uploaded, certificate.id}.text();
}

/// As the index has it.
std::string_view key_of(Owner owner) { return owner.value_or(std::string_view()); }

}  // namespace

std::optional<SigningCertificate> find(db::Transaction& tx, const AccountId& account, std::string_view id) {
    return tx.one(
        "SELECT account, id, user_id, body, active, uploaded FROM signing_certificates WHERE account = ?1 AND id = ?2",
        read_certificate, account, id);
}

Page<SigningCertificate> page(db::Transaction& tx, const AccountId& account, Owner owner, const PageRequest& request) {
    const DatedPlace after = DatedPlace::parse(request.after);
    return make_page(tx.list("SELECT account, id, user_id, body, active, uploaded FROM signing_certificates "
                             "WHERE account = ?1 AND COALESCE(user_id, '') = ?2 AND (uploaded, id) > (?3, ?4) "
                             "ORDER BY uploaded, id LIMIT ?5",
                             read_certificate, account, key_of(owner), after.at, after.id, request.limit + 1),
                     request.limit, place_of);
}

std::int64_t count(db::Transaction& tx, const AccountId& account, Owner owner) {
    return tx.number("SELECT count(*) FROM signing_certificates WHERE account = ?1 AND COALESCE(user_id, '') = ?2",
                     account, key_of(owner));
}

void insert(db::Transaction& tx, const SigningCertificate& certificate) {
    tx.run(certificate.account,
           "INSERT INTO signing_certificates (account, id, user_id, body, active, uploaded) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           certificate.account, certificate.id, certificate.user_id, certificate.body, certificate.active,
           certificate.uploaded);
}

bool set_active(db::Transaction& tx, const AccountId& account, Owner owner, std::string_view id, bool active) {
    return tx.run(account,
                  "UPDATE signing_certificates SET active = ?4 "
                  "WHERE account = ?1 AND id = ?2 AND COALESCE(user_id, '') = ?3",
                  account, id, key_of(owner), active) > 0;
}

bool remove(db::Transaction& tx, const AccountId& account, Owner owner, std::string_view id) {
    return tx.run(account,
                  "DELETE FROM signing_certificates WHERE account = ?1 AND id = ?2 AND COALESCE(user_id, '') = ?3",
                  account, id, key_of(owner)) > 0;
}

}  // namespace iamlocal::store::signing_certificates
