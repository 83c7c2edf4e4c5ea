#include "store/migrations.hpp"

#include "store/identity_provider_schema.hpp"
#include "store/issuer_schema.hpp"
#include "store/saml_schema.hpp"
#include "store/seed_schema.hpp"

namespace iamlocal::store {
namespace {

// Times are seconds since 1970. `name_key` is the name in lower case. Tables without rowid keep a row in its key's
// tree, which saves a second tree for short rows. PostgreSQL reads the same steps (db/postgres_sql.hpp).
constexpr const char* first_schema = R"sql(
CREATE TABLE schema_keyring (
    fingerprint TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE accounts (
    account TEXT PRIMARY KEY,
    created BIGINT NOT NULL,
    alias TEXT UNIQUE
) WITHOUT ROWID;

CREATE TABLE entities (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    path TEXT NOT NULL,
    created BIGINT NOT NULL,
    boundary_arn TEXT,
    PRIMARY KEY (account, id),
    UNIQUE (account, kind, name_key)
) WITHOUT ROWID;

-- How many there are of a kind, kept beside them: every Create holds it against a quota, and counting 5,000 users costs
-- more than everything else it does.
CREATE TABLE entity_counts (
    account TEXT NOT NULL,
    kind INTEGER NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (account, kind)
) WITHOUT ROWID;

CREATE INDEX entities_by_boundary ON entities (account, boundary_arn) WHERE boundary_arn IS NOT NULL;

CREATE TABLE memberships (
    account TEXT NOT NULL,
    group_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    PRIMARY KEY (account, group_id, user_id),
    FOREIGN KEY (account, group_id) REFERENCES entities (account, id),
    FOREIGN KEY (account, user_id) REFERENCES entities (account, id)
) WITHOUT ROWID;
CREATE INDEX memberships_by_user ON memberships (account, user_id);

CREATE TABLE roles (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    trust_policy TEXT NOT NULL,
    description TEXT,
    max_session_duration INTEGER NOT NULL,
    last_used BIGINT,
    last_used_region TEXT,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, id) REFERENCES entities (account, id) ON DELETE CASCADE
);

CREATE TABLE instance_profiles (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    role_id TEXT,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, id) REFERENCES entities (account, id),
    FOREIGN KEY (account, role_id) REFERENCES entities (account, id)
) WITHOUT ROWID;
CREATE INDEX instance_profiles_by_role ON instance_profiles (account, role_id);

CREATE TABLE policies (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    description TEXT,
    updated BIGINT NOT NULL,
    default_version INTEGER NOT NULL,
    newest_version INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, id) REFERENCES entities (account, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE policy_versions (
    account TEXT NOT NULL,
    policy_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    document TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (account, policy_id, number),
    FOREIGN KEY (account, policy_id) REFERENCES policies (account, id) ON DELETE CASCADE
);

CREATE TABLE attachments (
    account TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    policy_arn TEXT NOT NULL,
    policy_id TEXT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (account, owner_id, policy_arn),
    FOREIGN KEY (account, owner_id) REFERENCES entities (account, id),
    FOREIGN KEY (account, policy_id) REFERENCES policies (account, id)
) WITHOUT ROWID;
CREATE INDEX attachments_by_arn ON attachments (account, policy_arn);
CREATE INDEX attachments_by_policy ON attachments (account, policy_id);

CREATE TABLE inline_policies (
    account TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (account, owner_id, name),
    FOREIGN KEY (account, owner_id) REFERENCES entities (account, id)
);

CREATE TABLE tags (
    account TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    tag_key TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (account, owner_id, tag_key),
    FOREIGN KEY (account, owner_id) REFERENCES entities (account, id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE access_keys (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    active INTEGER NOT NULL,
    created BIGINT NOT NULL,
    last_used BIGINT,
    last_used_region TEXT,
    last_used_service TEXT,
    FOREIGN KEY (account, user_id) REFERENCES entities (account, id)
) WITHOUT ROWID;
CREATE INDEX access_keys_by_user ON access_keys (account, user_id);
)sql";

// One organization at most. Policies are numbered from 0 in the order in which they were declared.
constexpr const char* organizations_schema = R"sql(
CREATE TABLE organizations (
    id TEXT PRIMARY KEY,
    management_account TEXT
) WITHOUT ROWID;

CREATE TABLE organization_accounts (
    account TEXT PRIMARY KEY,
    path TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE organization_units (
    path TEXT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE
) WITHOUT ROWID;

CREATE TABLE organization_policies (
    position INTEGER NOT NULL PRIMARY KEY,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    document TEXT NOT NULL
);

CREATE TABLE organization_targets (
    policy INTEGER NOT NULL,
    position INTEGER NOT NULL,
    target TEXT NOT NULL,
    PRIMARY KEY (policy, position),
    FOREIGN KEY (policy) REFERENCES organization_policies (position)
) WITHOUT ROWID;

CREATE TABLE organization_exceptions (
    position INTEGER NOT NULL PRIMARY KEY,
    target TEXT NOT NULL
) WITHOUT ROWID;
)sql";

// The keys of these owners' tags were in lower case, as those of users and roles are.
constexpr const char* tag_keys_with_case = R"sql(
UPDATE tags SET tag_key = name WHERE substr(owner_id, 1, 4) IN ('ANPA', 'AIPA');
)sql";

// The master key of a database that several processes share, unless they are given one. One row at most.
constexpr const char* shared_master_key = R"sql(
CREATE TABLE schema_master_key (
    id INTEGER NOT NULL PRIMARY KEY,
    master_key BLOB NOT NULL
);
)sql";

// Names of entities of this kind are serial numbers. A device that is enabled has a date and, unless root has it, a
// user.
constexpr const char* mfa_devices_schema = R"sql(
CREATE TABLE mfa_devices (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    sealed_seed BLOB NOT NULL,
    user_id TEXT,
    enabled BIGINT,
    clock_offset BIGINT NOT NULL,
    newest_pair BIGINT,
    certifications TEXT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, id) REFERENCES entities (account, id) ON DELETE CASCADE,
    FOREIGN KEY (account, user_id) REFERENCES entities (account, id)
) WITHOUT ROWID;
CREATE INDEX mfa_devices_by_user ON mfa_devices (account, user_id);

CREATE TABLE mfa_used_codes (
    account TEXT NOT NULL,
    device_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    PRIMARY KEY (account, device_id, step),
    FOREIGN KEY (account, device_id) REFERENCES mfa_devices (account, id) ON DELETE CASCADE
) WITHOUT ROWID;

-- Tries to sign in, by serial number and not by device: a new device under the same name has no new tries.
CREATE TABLE mfa_attempts (
    account TEXT NOT NULL,
    serial_key TEXT NOT NULL,
    span BIGINT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (account, serial_key)
) WITHOUT ROWID;
)sql";

// `owner_id` is a user's id, or the account's for root, which is no entity. All passwords of an owner have the same
// salt, so that a new one is hashed once to be held against all of them; the one with the highest number is in force.
// Root may have a profile without any. Keys of root are apart from those of users for the same reason.
constexpr const char* passwords_and_service_roles = R"sql(
CREATE TABLE login_profiles (
    account TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    created BIGINT NOT NULL,
    reset_required INTEGER NOT NULL,
    salt BLOB NOT NULL,
    PRIMARY KEY (account, owner_id)
) WITHOUT ROWID;

CREATE TABLE passwords (
    account TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (account, owner_id, number),
    FOREIGN KEY (account, owner_id) REFERENCES login_profiles (account, owner_id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE password_policies (
    account TEXT PRIMARY KEY,
    minimum_length INTEGER NOT NULL,
    require_symbols INTEGER NOT NULL,
    require_numbers INTEGER NOT NULL,
    require_uppercase INTEGER NOT NULL,
    require_lowercase INTEGER NOT NULL,
    users_may_change INTEGER NOT NULL,
    max_age INTEGER,
    reuse_prevention INTEGER,
    hard_expiry INTEGER
) WITHOUT ROWID;

CREATE TABLE root_access_keys (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    active INTEGER NOT NULL,
    created BIGINT NOT NULL,
    last_used BIGINT,
    last_used_region TEXT,
    last_used_service TEXT
) WITHOUT ROWID;
CREATE INDEX root_access_keys_by_account ON root_access_keys (account);

-- `usage` has a line for each resource: its Region, a space, its ARN. A deletion without it is one that succeeds.
CREATE TABLE role_deletions (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    name_key TEXT NOT NULL,
    submitted BIGINT NOT NULL,
    usage TEXT,
    PRIMARY KEY (account, id)
) WITHOUT ROWID;
CREATE INDEX role_deletions_by_name ON role_deletions (account, name_key);

CREATE TABLE undeletable_roles (
    account TEXT NOT NULL,
    name_key TEXT NOT NULL,
    usage TEXT NOT NULL,
    PRIMARY KEY (account, name_key)
) WITHOUT ROWID;
)sql";

// A signing certificate without a user is root's.
constexpr const char* certificates_and_keys = R"sql(
CREATE TABLE server_certificates (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    chain TEXT,
    expires BIGINT NOT NULL,
    takes_tags INTEGER NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, id) REFERENCES entities (account, id) ON DELETE CASCADE
);

CREATE TABLE signing_certificates (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT,
    body TEXT NOT NULL,
    active INTEGER NOT NULL,
    uploaded BIGINT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, user_id) REFERENCES entities (account, id)
);
CREATE INDEX signing_certificates_by_user ON signing_certificates (account, COALESCE(user_id, ''));

CREATE TABLE ssh_public_keys (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    user_id TEXT NOT NULL,
    ssh_bytes BLOB NOT NULL,
    active INTEGER NOT NULL,
    uploaded BIGINT NOT NULL,
    FOREIGN KEY (account, user_id) REFERENCES entities (account, id)
) WITHOUT ROWID;
CREATE INDEX ssh_public_keys_by_user ON ssh_public_keys (account, user_id);

CREATE TABLE service_specific_credentials (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    user_id TEXT NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    active INTEGER NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT,
    UNIQUE (account, service, name_key),
    FOREIGN KEY (account, user_id) REFERENCES entities (account, id)
) WITHOUT ROWID;
CREATE INDEX service_specific_credentials_by_user ON service_specific_credentials (account, user_id);
CREATE INDEX service_specific_credentials_by_date ON service_specific_credentials (account, created, id);
)sql";

// Root uses services, too, and has no entity: its id there is the account's. Instants of reports are microseconds.
constexpr const char* access_reports_schema = R"sql(
CREATE TABLE service_uses (
    account TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    action TEXT NOT NULL,
    used_at BIGINT NOT NULL,
    region TEXT NOT NULL,
    PRIMARY KEY (account, entity_id, action)
) WITHOUT ROWID;

CREATE TABLE access_reports (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    caller TEXT NOT NULL,
    subject TEXT NOT NULL,
    requested BIGINT NOT NULL,
    failure TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (account, id)
);
CREATE INDEX access_reports_by_time ON access_reports (account, requested);

CREATE TABLE credential_reports (
    account TEXT PRIMARY KEY,
    requested BIGINT NOT NULL,
    content TEXT NOT NULL
);
)sql";

// What an organization trusts, what IAM keeps for it and for accounts as wholes.
constexpr const char* account_features = R"sql(
ALTER TABLE organizations ADD COLUMN all_features INTEGER NOT NULL DEFAULT 1;

CREATE TABLE organization_services (
    service TEXT PRIMARY KEY
) WITHOUT ROWID;

CREATE TABLE organization_delegates (
    service TEXT NOT NULL,
    account TEXT NOT NULL,
    PRIMARY KEY (service, account)
) WITHOUT ROWID;

CREATE TABLE root_features (
    organization TEXT NOT NULL,
    feature INTEGER NOT NULL,
    PRIMARY KEY (organization, feature)
) WITHOUT ROWID;

CREATE TABLE account_settings (
    account TEXT PRIMARY KEY,
    token_version INTEGER NOT NULL,
    outbound_issuer TEXT,
    outbound_enabled INTEGER NOT NULL,
    role_manager_enabled INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE delegation_requests (
    id TEXT PRIMARY KEY,
    requestor TEXT NOT NULL,
    requestor_name TEXT NOT NULL,
    workflow_id TEXT NOT NULL,
    owner_account TEXT,
    owner TEXT,
    approver TEXT,
    description TEXT NOT NULL,
    message TEXT,
    template_arn TEXT NOT NULL,
    policy TEXT NOT NULL,
    redirect_url TEXT,
    channel TEXT NOT NULL,
    session_duration INTEGER NOT NULL,
    only_send_by_owner INTEGER NOT NULL,
    state INTEGER NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    notes TEXT,
    rejection_reason TEXT,
    UNIQUE (requestor, workflow_id)
);
CREATE INDEX delegation_requests_by_owner ON delegation_requests (owner_account, created, id);

CREATE TABLE delegation_parameters (
    request TEXT NOT NULL,
    position INTEGER NOT NULL,
    item INTEGER NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (request, position, item),
    FOREIGN KEY (request) REFERENCES delegation_requests (id)
) WITHOUT ROWID;

CREATE TABLE declared_templates (
    id INTEGER NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    since BIGINT NOT NULL
);

CREATE TABLE role_sources (
    account TEXT NOT NULL,
    role_id TEXT NOT NULL,
    template_arn TEXT NOT NULL,
    minor_version INTEGER NOT NULL,
    replacements TEXT NOT NULL,
    PRIMARY KEY (account, role_id),
    FOREIGN KEY (account, role_id) REFERENCES entities (account, id) ON DELETE CASCADE
) WITHOUT ROWID;
)sql";

constexpr db::Migration steps[] = {
    {1, "users, groups, roles, policies, instance profiles, access keys", first_schema},
    {2, "organization", organizations_schema},
    {3, "tag keys of policies and instance profiles keep their case", tag_keys_with_case},
    {4, "master key of a database that processes share", shared_master_key},
    // A trust policy names them so, whatever their account.
    {5, "users and roles by unique id", "CREATE INDEX entities_by_id ON entities (id) WHERE kind IN (2, 3)"},
    {6, "MFA devices", mfa_devices_schema},
    {7, "passwords, root's access keys, deletions of service-linked roles", passwords_and_service_roles},
    {8, "certificates, SSH keys and service-specific credentials", certificates_and_keys},
    {9, "uses of services, access and credential reports", access_reports_schema},
    {10, "OpenID Connect and SAML providers", identity_provider_schema},
    {11, "root features, settings of accounts, delegation requests, role templates", account_features},
    {12, "issuers of web identity tokens", issuer_schema},
    {13, "what the approver of a delegation request was",
     "ALTER TABLE delegation_requests ADD COLUMN approver_session TEXT"},
    {14, "used SAML assertions, built-in SAML identity providers", saml_schema},
    {15, "entities in the order of lists", entities_in_order},
    {16, "key sets of OpenID Connect providers, starts with repeatable ids", seed_schema},
};

}  // namespace

std::span<const db::Migration> migrations() { return steps; }

}  // namespace iamlocal::store
