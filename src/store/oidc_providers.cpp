#include "store/oidc_providers.hpp"

#include "store/entities.hpp"

namespace iamlocal::store::oidc_providers {
namespace {

constexpr int provider_kind = static_cast<int>(EntityKind::oidc_provider);

std::string read_text(const db::Row& row) { return row.text(0); }

void insert_thumbprints(db::Transaction& tx, const AccountId& account, std::string_view id,
                        std::span<const std::string> thumbprints) {
    for (std::size_t i = 0; i < thumbprints.size(); ++i)
        tx.run(account,
               "INSERT INTO oidc_thumbprints (account, provider_id, position, thumbprint) VALUES (?1, ?2, ?3, ?4)",
               account, id, i, thumbprints[i]);
}

}  // namespace

std::optional<OidcProvider> find(db::Transaction& tx, const AccountId& account, std::string_view url) {
    std::optional<OidcProvider> provider = tx.one(
        "SELECT e.account, e.id, e.name, p.created, p.jwks FROM entities e "
        "JOIN oidc_providers p ON p.account = e.account AND p.id = e.id "
        "WHERE e.account = ?1 AND e.kind = ?2 AND e.name_key = ?3",
        [](const db::Row& row) {
            return OidcProvider{.account = AccountId(row.view(0)),
                                .id = row.text(1),
                                .url = row.text(2),
                                .created = Milliseconds(std::chrono::milliseconds(row.integer(3))),
                                .client_ids = {},
                                .thumbprints = {},
                                .tags = {},
                                .jwks = row.optional_text(4)};
        },
        account, provider_kind, url);
    if (!provider) return std::nullopt;
    provider->client_ids =
        tx.list("SELECT client_id FROM oidc_client_ids WHERE account = ?1 AND provider_id = ?2 ORDER BY position",
                read_text, account, provider->id);
    provider->thumbprints =
        tx.list("SELECT thumbprint FROM oidc_thumbprints WHERE account = ?1 AND provider_id = ?2 ORDER BY position",
                read_text, account, provider->id);
    return provider;
}

bool exists(db::Transaction& tx, const AccountId& account, std::string_view url) {
    return entities::exists(tx, account, EntityKind::oidc_provider, url);
}

std::vector<std::string> urls(db::Transaction& tx, const AccountId& account) {
    return tx.list("SELECT name FROM entities WHERE account = ?1 AND kind = ?2 ORDER BY name_key", read_text, account,
                   provider_kind);
}

std::int64_t count(db::Transaction& tx, const AccountId& account) {
    return entities::count(tx, account, EntityKind::oidc_provider);
}

void insert(db::Transaction& tx, const OidcProvider& provider) {
    const Seconds created = std::chrono::floor<std::chrono::seconds>(provider.created);
    entities::insert(tx, EntityKind::oidc_provider,
                     {provider.account, provider.id, provider.url, "/", created, std::nullopt});
    tx.run(provider.account, "INSERT INTO oidc_providers (account, id, created) VALUES (?1, ?2, ?3)", provider.account,
           provider.id, provider.created.time_since_epoch().count());
    for (const std::string& client_id : provider.client_ids)
        add_client_id(tx, provider.account, provider.id, client_id);
    insert_thumbprints(tx, provider.account, provider.id, provider.thumbprints);
    tags::set(tx, provider.account, provider.id, provider.tags);
}

void add_client_id(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view client_id) {
    tx.run(account,
           "INSERT INTO oidc_client_ids (account, provider_id, client_id, position) VALUES (?1, ?2, ?3,"
           " (SELECT COALESCE(max(position), 0) + 1 FROM oidc_client_ids WHERE account = ?1 AND provider_id = ?2))",
           account, id, client_id);
}

void remove_client_id(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view client_id) {
    tx.run(account, "DELETE FROM oidc_client_ids WHERE account = ?1 AND provider_id = ?2 AND client_id = ?3", account,
           id, client_id);
}

void replace_thumbprints(db::Transaction& tx, const AccountId& account, std::string_view id,
                         std::span<const std::string> thumbprints) {
    tx.run(account, "DELETE FROM oidc_thumbprints WHERE account = ?1 AND provider_id = ?2", account, id);
    insert_thumbprints(tx, account, id, thumbprints);
}

void set_jwks(db::Transaction& tx, const AccountId& account, std::string_view id,
              std::optional<std::string_view> jwks) {
    tx.run(account, "UPDATE oidc_providers SET jwks = ?3 WHERE account = ?1 AND id = ?2", account, id, jwks);
}

void remove(db::Transaction& tx, const AccountId& account, std::string_view id) { entities::remove(tx, account, id); }

}  // namespace iamlocal::store::oidc_providers
