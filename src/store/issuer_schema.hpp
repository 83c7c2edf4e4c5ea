// The step of the migrations for issuers of web identity tokens.
#pragma once

namespace iamlocal::store {

// issuer_keys.owner is an account, or `oidc/` and the name of a built-in issuer. Accounts for which outbound federation
// was on have no keys yet, so it is off until they turn it on again.
inline constexpr const char* issuer_schema = R"sql(
CREATE TABLE built_in_issuers (
    name TEXT PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    preset TEXT NOT NULL,
    created BIGINT NOT NULL
) WITHOUT ROWID;

CREATE TABLE issuer_keys (
    owner TEXT NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    jwk TEXT NOT NULL,
    sealed_key BLOB NOT NULL,
    PRIMARY KEY (owner, id)
);

CREATE INDEX account_settings_by_issuer ON account_settings (outbound_issuer);
UPDATE account_settings SET outbound_enabled = 0;
)sql";

}  // namespace iamlocal::store
