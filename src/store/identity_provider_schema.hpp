// The step of the migrations that makes the tables of OpenID Connect and SAML providers.
#pragma once

namespace iamlocal::store {

// oidc_providers.created is in milliseconds: AWS shows them.
inline constexpr const char* identity_provider_schema = R"sql(
CREATE TABLE oidc_providers (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, id) REFERENCES entities (account, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE oidc_client_ids (
    account TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (account, provider_id, client_id),
    FOREIGN KEY (account, provider_id) REFERENCES oidc_providers (account, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE oidc_thumbprints (
    account TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    thumbprint TEXT NOT NULL,
    PRIMARY KEY (account, provider_id, position),
    FOREIGN KEY (account, provider_id) REFERENCES oidc_providers (account, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE saml_providers (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    metadata_changed BIGINT NOT NULL,
    requires_encryption INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, id) REFERENCES entities (account, id) ON DELETE CASCADE
);

CREATE TABLE saml_private_keys (
    account TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    id TEXT NOT NULL,
    added BIGINT NOT NULL,
    sealed_key BLOB NOT NULL,
    PRIMARY KEY (account, provider_id, id),
    FOREIGN KEY (account, provider_id) REFERENCES saml_providers (account, id) ON DELETE CASCADE
);
)sql";

}  // namespace iamlocal::store
