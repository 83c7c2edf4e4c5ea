#include "store/issuer_keys.hpp"

#include <stdexcept>

#include "base/crypto.hpp"

namespace iamlocal::store::issuer_keys {
namespace {

std::string binding_of(std::string_view owner, std::string_view id) {
    return std::string(owner).append("/").append(id);
}

}  // namespace

std::string owner_of(const AccountId& account) { return account.str(); }

std::string owner_of_issuer(std::string_view name) { return std::string("oidc/").append(name); }

std::vector<IssuerKey> all(db::Transaction& tx, std::string_view owner) {
    return tx.list(
        "SELECT id, algorithm, jwk FROM issuer_keys WHERE owner = ?1 ORDER BY position",
        [](const db::Row& row) {
            return IssuerKey{row.text(0), row.text(1), row.text(2)};
        },
        owner);
}

std::optional<Secret> find_private(db::Transaction& tx, const Keyring& keyring, std::string_view owner,
                                   std::string_view id) {
    return tx.one(
        "SELECT sealed_key FROM issuer_keys WHERE owner = ?1 AND id = ?2",
        [&](const db::Row& row) {
            std::optional<std::string> pem = open_sealed(keyring.issuer_keys(), row.blob(0), binding_of(owner, id));
            if (!pem)
                throw std::runtime_error("the key " + std::string(id) +
                                         " of an issuer was sealed with another master key");
            return Secret(*std::move(pem));
        },
        owner, id);
}

void add(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, std::string_view owner, const IssuerKey& key,
         const Secret& pem) {
    const std::string sealed = seal(keyring.issuer_keys(), pem.reveal(), binding_of(owner, key.id), entropy);
    tx.execute_without_revision(
        "INSERT INTO issuer_keys (owner, position, id, algorithm, jwk, sealed_key) VALUES (?1,"
        " (SELECT COALESCE(max(position), 0) + 1 FROM issuer_keys WHERE owner = ?1), ?2, ?3, ?4, ?5)",
        owner, key.id, key.algorithm, key.jwk, db::Blob{sealed});
}

void remove(db::Transaction& tx, std::string_view owner, std::string_view id) {
    tx.execute_without_revision("DELETE FROM issuer_keys WHERE owner = ?1 AND id = ?2", owner, id);
}

void remove_all(db::Transaction& tx, std::string_view owner) {
    tx.execute_without_revision("DELETE FROM issuer_keys WHERE owner = ?1", owner);
}

std::string jwks(db::Transaction& tx, std::string_view owner) {
    std::string set = R"({"keys":[)";
    bool is_first = true;
    for (const IssuerKey& key : all(tx, owner)) {
        if (!is_first) set += ',';
        is_first = false;
        set += key.jwk;
    }
    return set.append("]}");
}

}  // namespace iamlocal::store::issuer_keys
