#include "store/saml_providers.hpp"

#include <stdexcept>

#include "base/encoding.hpp"
#include "store/entities.hpp"

namespace iamlocal::store::saml_providers {
namespace {

constexpr int provider_kind = static_cast<int>(EntityKind::saml_provider);

SamlProvider read_provider(const db::Row& row) {
    return {.account = AccountId(row.view(0)),
            .id = row.text(1),
            .name = row.text(2),
            .created = row.seconds(3),
            .metadata_changed = row.seconds(4),
            .metadata = {},
            .requires_encryption = row.boolean(5),
            .private_keys = {},
            .tags = {}};
}

}  // namespace

std::optional<SamlProvider> find(db::Transaction& tx, const AccountId& account, std::string_view name) {
    std::optional<SamlProvider> provider = tx.one(
        "SELECT e.account, e.id, e.name, e.created, p.metadata_changed, p.requires_encryption, p.metadata "
        "FROM entities e JOIN saml_providers p ON p.account = e.account AND p.id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key = ?3",
        [](const db::Row& row) {
            SamlProvider found = read_provider(row);
            found.metadata = row.text(6);
            return found;
        },
        account, provider_kind, fold_case(name));
    if (!provider) return std::nullopt;
    provider->private_keys = tx.list(
        "SELECT id, added FROM saml_private_keys WHERE account = ?1 AND provider_id = ?2 ORDER BY position",
        [](const db::Row& row) {
            return SamlPrivateKey{row.text(0), row.seconds(1)};
        },
        account, provider->id);
    return provider;
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view name) {
    return entities::exists(tx, account, EntityKind::saml_provider, name);
}

std::vector<SamlProvider> all(db::Transaction& tx, const AccountId& account) {
    return tx.list(
        "SELECT e.account, e.id, e.name, e.created, p.metadata_changed, p.requires_encryption "
        "FROM entities e JOIN saml_providers p ON p.account = e.account AND p.id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 ORDER BY e.name_key",
        read_provider, account, provider_kind);
}

std::int64_t count(db::Transaction& tx, const AccountId& account) {
    return entities::count(tx, account, EntityKind::saml_provider);
}

void insert(db::Transaction& tx, const SamlProvider& provider) {
    entities::insert(tx, EntityKind::saml_provider,
                     {provider.account, provider.id, provider.name, "/", provider.created, std::nullopt});
    tx.run(provider.account,
           "INSERT INTO saml_providers (account, id, metadata_changed, requires_encryption, metadata) "
           "VALUES (?1, ?2, ?3, ?4, ?5)",
           provider.account, provider.id, provider.metadata_changed, provider.requires_encryption, provider.metadata);
    tags::set(tx, provider.account, provider.id, provider.tags);
}

void set_metadata(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view metadata,
                  Seconds now) {
    tx.run(account, "UPDATE saml_providers SET metadata = ?3, metadata_changed = ?4 WHERE account = ?1 AND id = ?2",
           account, id, metadata, now);
}

void set_encryption(db::Transaction& tx, const AccountId& account, std::string_view id, bool is_required) {
    tx.run(account, "UPDATE saml_providers SET requires_encryption = ?3 WHERE account = ?1 AND id = ?2", account, id,
           is_required);
}

void add_private_key(db::Transaction& tx, const Keyring& keyring, Entropy& entropy, const AccountId& account,
                     std::string_view id, const SamlPrivateKey& key, const Secret& pem) {
    const std::string sealed = seal(keyring.saml_private_keys(), pem.reveal(), key.id, entropy);
    tx.run(account,
           "INSERT INTO saml_private_keys (account, provider_id, position, id, added, sealed_key) VALUES (?1, ?2,"
           " (SELECT COALESCE(max(position), 0) + 1 FROM saml_private_keys WHERE account = ?1 AND provider_id = ?2),"
           " ?3, ?4, ?5)",
           account, id, key.id, key.added, db::Blob{sealed});
}

void remove_private_key(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view key_id) {
    tx.run(account, "DELETE FROM saml_private_keys WHERE account = ?1 AND provider_id = ?2 AND id = ?3", account, id,
           key_id);
}

std::vector<Secret> private_keys(db::Transaction& tx, const Keyring& keyring, const AccountId& account,
                                 std::string_view id) {
    return tx.list(
        "SELECT id, sealed_key FROM saml_private_keys WHERE account = ?1 AND provider_id = ?2 ORDER BY position",
        [&](const db::Row& row) {
            std::optional<std::string> pem = open_sealed(keyring.saml_private_keys(), row.blob(1), row.view(0));
            if (!pem)
                throw std::runtime_error("the private key " + row.text(0) + " was sealed with another master key");
            return Secret(*std::move(pem));
        },
        account, id);
}

bool use_assertion(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view assertion,
                   Seconds now, Seconds expires) {
    // No decision depends on these rows.
    tx.execute_without_revision(
        "DELETE FROM used_saml_assertions WHERE account = ?1 AND provider_id = ?2 AND"
        " expires <= ?3",
        account, id, now);
    return tx.execute_without_revision(
               "INSERT INTO used_saml_assertions (account, provider_id, id, expires) VALUES"
               " (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
               account, id, assertion, expires) == 1;
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) { entities::remove(tx, account, id); }

}  // namespace iamlocal::store::saml_providers
