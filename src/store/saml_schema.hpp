// The step of the migrations for what SAML logins keep, and for built-in identity providers.
#pragma once

namespace iamlocal::store {

inline constexpr const char* saml_schema = R"sql(
CREATE TABLE used_saml_assertions (
    account TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    id TEXT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (account, provider_id, id),
    FOREIGN KEY (account, provider_id) REFERENCES saml_providers (account, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE saml_identity_providers (
    name TEXT PRIMARY KEY,
    created BIGINT NOT NULL,
    certificate TEXT NOT NULL,
    sealed_key BLOB NOT NULL
);
)sql";

}  // namespace iamlocal::store
