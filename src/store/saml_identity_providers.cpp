#include "store/saml_identity_providers.hpp"

#include <stdexcept>

#include "base/crypto.hpp"

namespace iamlocal::store::saml_identity_providers {
namespace {

SamlIdentityProvider read_identity_provider(const db::Row& row) { return {row.text(0), row.seconds(1), row.text(2)}; }

std::string bound_to(std::string_view name) { return std::string("saml/").append(name); }

}  // namespace

std::optional<SamlIdentityProvider> find(db::Transaction& tx, std::string_view name) {
    return tx.one("SELECT name, created, certificate FROM saml_identity_providers WHERE name = ?1",
                  read_identity_provider, name);
}

std::vector<SamlIdentityProvider> all(db::Transaction& tx) {
    return tx.list("SELECT name, created, certificate FROM saml_identity_providers ORDER BY name",
                   read_identity_provider);
}

std::int64_t count(db::Transaction& tx) { return tx.number("SELECT count(*) FROM saml_identity_providers"); }

std::optional<Secret> find_private_key(db::Transaction& tx, const Keyring& keyring, std::string_view name) {
    return tx.one(
        "SELECT sealed_key FROM saml_identity_providers WHERE name = ?1",
        [&](const db::Row& row) {
            std::optional<std::string> pem = open_sealed(keyring.issuer_keys(), row.blob(0), bound_to(name));
            if (!pem)
                throw std::runtime_error("the key of the identity provider " + std::string(name) +
                                         " was sealed with another master key");
            return Secret(*std::move(pem));
        },
        name);
}

void insert(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, const SamlIdentityProvider& provider,
            const Secret& private_key) {
    const std::string sealed = seal(keyring.issuer_keys(), private_key.reveal(), bound_to(provider.name), entropy);
    tx.execute_without_revision(
        "INSERT INTO saml_identity_providers (name, created, certificate, sealed_key) VALUES (?1, ?2, ?3, ?4)",
        provider.name, provider.created, provider.certificate, db::Blob{sealed});
}

bool remove(db::Transaction& tx, std::string_view name) {
    return tx.execute_without_revision("DELETE FROM saml_identity_providers WHERE name = ?1", name) > 0;
}

}  // namespace iamlocal::store::saml_identity_providers
