#include "store/server_certificates.hpp"

#include "base/encoding.hpp"
#include "store/entities.hpp"

namespace iamlocal::store::server_certificates {
namespace {

constexpr int certificate_kind = static_cast<int>(EntityKind::server_certificate);

ServerCertificate read_metadata(const db::Row& row) {
    return {.account = AccountId(row.view(0)),
            .id = row.text(1),
            .name = row.text(2),
            .path = row.text(3),
            .uploaded = row.seconds(4),
            .expires = row.seconds(5),
            .body = {},
            .chain = {},
            .takes_tags = row.boolean(6),
            .tags = {}};
}

}  // namespace

std::optional<ServerCertificate> find(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return tx.one(
        "SELECT e.account, e.id, e.name, e.path, e.created, c.expires, c.takes_tags, c.body, c.chain "
        "FROM entities e JOIN server_certificates c ON c.account = e.account AND c.id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key = ?3",
        [](const db::Row& row) {
            ServerCertificate certificate = read_metadata(row);
            certificate.body = row.text(7);
            certificate.chain = row.optional_text(8);
            return certificate;
        },
        account, certificate_kind, fold_case(name));
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return entities::exists(tx, account, EntityKind::server_certificate, name);
}

Page<ServerCertificate> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix,
                             const PageRequest& request) {
    return make_page(
        tx.list("SELECT e.account, e.id, e.name, e.path, e.created, c.expires, c.takes_tags "
                "FROM entities e JOIN server_certificates c ON c.account = e.account AND c.id = e.id "
                "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key > ?3 AND substr(e.path, 1, length(?4)) = ?4 "
                "ORDER BY e.name_key LIMIT ?5",
                read_metadata, account, certificate_kind, request.after, path_prefix, request.limit + 1),
        request.limit, [](const ServerCertificate& certificate) { return fold_case(certificate.name); });
}

std::int64_t count(db::Transaction& tx, const AccountId& account) {
    return entities::count(tx, account, EntityKind::server_certificate);
}

void insert(db::Transaction& tx, const ServerCertificate& certificate) {
    const AccountId& account = certificate.account;
    entities::insert(tx, EntityKind::server_certificate,
                     {account, certificate.id, certificate.name, certificate.path, certificate.uploaded, std::nullopt});
    tx.run(account,
           "INSERT INTO server_certificates (account, id, body, chain, expires, takes_tags) "
           "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
           account, certificate.id, certificate.body, certificate.chain, certificate.expires, certificate.takes_tags);
    tags::set(tx, account, certificate.id, certificate.tags);
}

void rename(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view name,
            std::string_view path) {
    entities::rename(tx, account, id, name, path);
}

void stop_tags(db::Transaction& tx, const AccountId& account, std::string_view id) {
    tags::clear(tx, account, id);
    tx.run(account, "UPDATE server_certificates SET takes_tags = 0 WHERE account = ?1 AND id = ?2", account, id);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) { entities::remove(tx, account, id); }

}  // namespace iamlocal::store::server_certificates
