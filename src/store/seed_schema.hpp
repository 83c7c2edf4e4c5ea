// The steps of the migrations for lists, and for what seeds bring.
#pragma once

namespace iamlocal::store {

// Lists are read from here alone, in their order.
inline constexpr const char* entities_in_order =
    "CREATE INDEX entities_in_order ON entities (account, kind, name_key, id, name, path, created, boundary_arn)";

// schema_repeatable_starts has one row. It stays when everything is deleted: ids would come twice.
inline constexpr const char* seed_schema = R"sql(
ALTER TABLE oidc_providers ADD COLUMN jwks TEXT;
CREATE TABLE schema_repeatable_starts (
    id INTEGER NOT NULL PRIMARY KEY,
    starts BIGINT NOT NULL
);
)sql";

}  // namespace iamlocal::store
