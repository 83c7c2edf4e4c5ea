#include "store/issuers.hpp"

#include <algorithm>

#include "store/issuer_keys.hpp"

namespace iamlocal::store {
namespace {

constexpr std::string_view outbound_prefix = "https://";
constexpr std::string_view outbound_suffix = ".tokens.sts.global.api.aws";

BuiltInIssuer read_issuer(const db::Row& row) { return {row.text(0), row.text(1), row.text(2), row.seconds(3)}; }

}  // namespace

namespace built_in_issuers {

std::optional<BuiltInIssuer> find(db::Transaction& tx, std::string_view name) {
    return tx.one("SELECT name, url, preset, created FROM built_in_issuers WHERE name = ?1", read_issuer, name);
}

std::optional<BuiltInIssuer> find_by_url(db::Transaction& tx, std::string_view url) {
    return tx.one("SELECT name, url, preset, created FROM built_in_issuers WHERE url = ?1", read_issuer, url);
}

std::vector<BuiltInIssuer> all(db::Transaction& tx) {
    return tx.list("SELECT name, url, preset, created FROM built_in_issuers ORDER BY name", read_issuer);
}

std::int64_t count(db::Transaction& tx) { return tx.number("SELECT count(*) FROM built_in_issuers"); }

void put(db::Transaction& tx, const BuiltInIssuer& issuer) {
    tx.execute_without_revision(
        "INSERT INTO built_in_issuers (name, url, preset, created) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (name) DO UPDATE SET url = excluded.url, preset = excluded.preset",
        issuer.name, issuer.url, issuer.preset, issuer.created);
}

bool remove(db::Transaction& tx, std::string_view name) {
    issuer_keys::remove_all(tx, issuer_keys::owner_of_issuer(name));
    return tx.execute_without_revision("DELETE FROM built_in_issuers WHERE name = ?1", name) > 0;
}

}  // namespace built_in_issuers

std::string outbound_issuer_url(std::string_view id) {
    return std::string(outbound_prefix).append(id).append(outbound_suffix);
}

std::optional<AccountId> find_outbound_account(db::Transaction& tx, std::string_view id) {
    return tx.one(
        "SELECT account FROM account_settings WHERE outbound_issuer = ?1",
        [](const db::Row& row) { return AccountId(row.view(0)); }, id);
}

std::optional<std::string> find_own_jwks(db::Transaction& tx, std::string_view issuer_url) {
    if (const auto built_in = built_in_issuers::find_by_url(tx, issuer_url))
        return issuer_keys::jwks(tx, issuer_keys::owner_of_issuer(built_in->name));
    if (!issuer_url.starts_with(outbound_prefix) || !issuer_url.ends_with(outbound_suffix)) return std::nullopt;
    issuer_url.remove_prefix(outbound_prefix.size());
    issuer_url.remove_suffix(std::min(outbound_suffix.size(), issuer_url.size()));
    const std::optional<AccountId> account = find_outbound_account(tx, issuer_url);
    if (!account) return std::nullopt;
    return issuer_keys::jwks(tx, issuer_keys::owner_of(*account));
}

}  // namespace iamlocal::store
