#include "seed/model.hpp"

#include <array>

namespace iamlocal::seed {
namespace {

constexpr std::array<std::string_view, 2> key_statuses{"Active", "Inactive"};
constexpr std::array<std::string_view, 2> token_versions{"v1Token", "v2Token"};

constexpr std::array<std::string_view, 2> encryption_modes{"Allowed", "Required"};

/// A member whose value null takes away what is there.
constexpr Member removable(const char* name, const char* what) { return {name, what, false, true}; }

constexpr Member status{"status", "Active if it is left out"};
constexpr Member path{"path", "Such as /teams/web/; / if it is left out"};
constexpr Member tags{"tags", "Values by key; all that there are to be"};

enum class Boundary { takes, takes_none };

void describe_policies(Members& m, HolderSeed& holder, Boundary boundary) {
    m.documents({"inline_policies", "Policy documents by name; all that there are to be"}, holder.inline_policies);
    m.texts({"attached_policies", "ARNs, or names of the account's managed policies; all that there are to be"},
            holder.attached_policies);
    if (boundary == Boundary::takes)
        m.text(removable("permissions_boundary", "ARN, or name of a managed policy of the account; null: none"),
               holder.permissions_boundary);
}

}  // namespace

void PolicyVersionSeed::describe(Members& m) {
    m.text({"version_id", "Such as v3; if it is left out, v1, v2, … in the order of the list"}, version_id);
    m.document({"document", "The policy", true}, document);
    m.flag({"default", "Whether it is the version in force"}, is_default);
}

void PolicySeed::describe(Members& m) {
    m.text(seed::path, path);
    m.text({"description", "Stays what it was when the policy was made"}, description);
    m.document({"document", "The version in force; this or versions must be there"}, document);
    m.list({"versions", "All versions that there are to be"}, versions);
    m.pairs(seed::tags, tags);
}

void GroupSeed::describe(Members& m) {
    m.text(seed::path, path);
    describe_policies(m, policies, Boundary::takes_none);
}

void AccessKeySeed::describe(Members& m) {
    m.text({"access_key_id", "16 to 128 letters and digits, such as AKIAIOSFODNN7EXAMPLE", true}, access_key_id);
    m.text({"secret_access_key", "The secret that requests are signed with", true}, secret_access_key,
           {.is_secret = true});
    m.text(seed::status, status, {.choices = key_statuses});
}

void MfaDeviceSeed::describe(Members& m) {
    m.text({"name", "Of a virtual device"}, name);
    m.text(seed::path, path);
    m.text({"serial_number", "Of hardware: of a token that shows codes, or the ARN of a security key"}, serial_number);
    m.text({"seed", "Base32 of 10 to 64 bytes, as an authenticator app takes it; security keys have none"}, seed,
           {.is_secret = true});
    m.number({"clock_offset", "How many steps of 30 seconds the device's clock is ahead"}, clock_offset);
    m.pairs({"certifications", "Of a security key: levels by name"}, certifications);
    m.pairs(seed::tags, tags);
}

void SigningCertificateSeed::describe(Members& m) {
    m.text({"certificate_body", "X.509 in PEM", true}, certificate_body);
    m.text(seed::status, status, {.choices = key_statuses});
}

void SshPublicKeySeed::describe(Members& m) {
    m.text({"ssh_public_key_body", "An RSA key, as SSH writes it or in PEM", true}, ssh_public_key_body);
    m.text(seed::status, status, {.choices = key_statuses});
}

void ServiceCredentialSeed::describe(Members& m) {
    m.text({"service_name", "Such as codecommit.amazonaws.com", true}, service_name);
    m.text({"service_user_name", "USER-at-ACCOUNT if it is left out"}, service_user_name);
    m.text(seed::status, status, {.choices = key_statuses});
    m.text({"expires", "Such as 2030-01-31T12:00:00Z; never if it is left out"}, expires);
}

void CredentialsSeed::describe(Members& m) {
    m.text(removable("password", "For the console; stored as a hash; null: none"), password, {.is_secret = true});
    m.text({"password_hash", "In place of password, as an export writes it"}, password_hash, {.is_secret = true});
    m.texts({"former_password_hashes", "Beside password_hash: those that may not be used again, the newest first"},
            former_password_hashes, {.is_secret = true});
    m.flag({"password_reset_required", "Whether the user must choose another password"}, password_reset_required);
    m.list({"access_keys", "All that there are to be"}, access_keys);
    m.list({"mfa_devices", "All that there are to be"}, mfa_devices);
    m.list({"signing_certificates", "All that there are to be"}, signing_certificates);
}

void RootSeed::describe(Members& m) {
    credentials.describe(m);
    m.flag({"password_recovery", "Whether root may choose a password, where it has none"}, password_recovery);
}

void UserSeed::describe(Members& m) {
    m.text(seed::path, path);
    credentials.describe(m);
    m.list({"ssh_public_keys", "All that there are to be"}, ssh_public_keys);
    m.list({"service_specific_credentials", "All that there are to be"}, service_specific_credentials);
    m.texts({"groups", "Names of groups; all that the user is to be in"}, groups);
    describe_policies(m, policies, Boundary::takes);
    m.pairs(seed::tags, tags);
}

void RoleSourceSeed::describe(Members& m) {
    m.text({"arn", "Of the template", true}, arn);
    m.number({"minor_version", "Of the template", true}, minor_version);
    m.text({"values", "What its parameters were, as an export writes it", true}, values);
}

void RoleSeed::describe(Members& m) {
    m.text(seed::path, path);
    m.document({"trust_policy", "Who may assume the role", true}, trust_policy);
    m.text(removable("description", "What it is for; null: nothing is said"), description);
    m.number({"max_session_duration", "In seconds"}, max_session_duration);
    m.one({"acquired_from", "The template that AcquireRole made it of"}, acquired_from);
    describe_policies(m, policies, Boundary::takes);
    m.pairs(seed::tags, tags);
}

void ServiceLinkedRoleSeed::describe(Members& m) {
    m.text({"aws_service_name", "Such as elasticbeanstalk.amazonaws.com", true}, aws_service_name);
    m.text({"custom_suffix", "For services that take one"}, custom_suffix);
    m.text(removable("description", "What it is for; null: nothing is said"), description);
    m.pairs(seed::tags, tags);
}

void InstanceProfileSeed::describe(Members& m) {
    m.text(seed::path, path);
    m.text(removable("role", "Name of the role in it; null: none"), role);
    m.pairs(seed::tags, tags);
}

void OidcProviderSeed::describe(Members& m) {
    m.texts({"client_ids", "Audiences; all that there are to be"}, client_ids);
    m.texts({"thumbprints", "SHA-1 of certificates, 40 hexadecimal digits each"}, thumbprints);
    m.object_or_text(
        removable("jwks", "The JSON Web Key Set that tokens are verified with, or its text; null: the issuer's own"),
        jwks);
    m.text({"jwks_file", "A file that holds it, seen from the seed's folder"}, jwks_file);
    m.pairs(seed::tags, tags);
}

void SamlProviderSeed::describe(Members& m) {
    m.text({"metadata", "The XML document; this or metadata_file must be there"}, metadata);
    m.text({"metadata_file", "A file that holds it, seen from the seed's folder"}, metadata_file);
    m.texts({"private_keys", "In PEM, for encrypted assertions; all that there are to be"}, private_keys,
            {.is_secret = true});
    m.text({"assertion_encryption_mode", "Whether assertions must be encrypted"}, assertion_encryption_mode,
           {.choices = encryption_modes});
    m.pairs(seed::tags, tags);
}

void ServerCertificateSeed::describe(Members& m) {
    m.text(seed::path, path);
    m.text({"certificate_body", "X.509 in PEM", true}, certificate_body);
    m.text(removable("certificate_chain", "Those who certify it, in PEM; null: none"), certificate_chain);
    m.text({"private_key", "In PEM; it is held against the certificate, and not kept"}, private_key,
           {.is_secret = true});
    m.flag({"takes_tags", "False once an update without a new name has taken the tags away"}, takes_tags);
    m.pairs(seed::tags, tags);
}

void RoleUsageSeed::describe(Members& m) {
    m.text({"region", "Such as eu-west-1", true}, region);
    m.texts({"resources", "ARNs", true}, resources);
}

void UndeletableRoleSeed::describe(Members& m) {
    m.text({"role_name", "Of a service-linked role, there or not", true}, role_name);
    m.list({"usage", "What it is used for"}, usage);
}

void IssuerKeySeed::describe(Members& m) {
    m.text({"key_id", "kid of tokens", true}, key_id);
    m.text({"algorithm", "Such as RS256", true}, algorithm);
    m.text({"private_key", "In PEM", true}, private_key, {.is_secret = true});
}

void PasswordPolicySeed::describe(Members& m) {
    m.number({"minimum_password_length", "6 to 128"}, minimum_password_length);
    m.flag({"require_symbols", "Whether one must be there"}, require_symbols);
    m.flag({"require_numbers", "Whether a digit must be there"}, require_numbers);
    m.flag({"require_uppercase_characters", "Whether a capital letter must be there"}, require_uppercase_characters);
    m.flag({"require_lowercase_characters", "Whether a small letter must be there"}, require_lowercase_characters);
    m.flag({"allow_users_to_change_password", "Each his own"}, allow_users_to_change_password);
    m.number({"max_password_age", "In days"}, max_password_age);
    m.number({"password_reuse_prevention", "How many former passwords are refused"}, password_reuse_prevention);
    m.flag({"hard_expiry", "Whether only an administrator renews a password that expired"}, hard_expiry);
}

void SettingsSeed::describe(Members& m) {
    m.text({"global_endpoint_token_version", "Of the sessions that STS's global endpoint gives"},
           global_endpoint_token_version, {.choices = token_versions});
    m.flag({"role_manager", "Whether the role manager is on"}, role_manager);
    m.flag({"outbound_web_identity_federation", "Whether STS signs tokens for others"},
           outbound_web_identity_federation);
    m.text({"outbound_issuer", "The part of the issuer of those tokens that is the account's own"}, outbound_issuer);
    m.list({"outbound_keys", "That they are signed with, as an export writes them"}, outbound_keys);
}

void AccountSeed::describe(Members& m) {
    m.text(removable("alias", "The account's alias; null: none"), alias);
    m.one({"settings", "Of the account as a whole"}, settings);
    m.one(removable("password_policy", "What passwords must be like; null: as AWS has it without a policy"),
          password_policy);
    m.one({"root", "The account's root user"}, root);
    m.list({"mfa_devices", "That nobody has; all that there are to be"}, mfa_devices);
    m.map({"server_certificates", "Server certificates by name"}, server_certificates);
    m.list({"undeletable_roles", "Service-linked roles whose deletion fails; all that there are to be"},
           undeletable_roles);
    m.map({"oidc_providers", "OpenID Connect providers by URL"}, oidc_providers);
    m.map({"saml_providers", "SAML providers by name"}, saml_providers);
    m.map({"policies", "Managed policies by name"}, policies);
    m.map({"groups", "Groups by name"}, groups);
    m.map({"users", "Users by name"}, users);
    m.list({"service_linked_roles", "Roles that AWS's services have"}, service_linked_roles);
    m.map({"roles", "Roles by name"}, roles);
    m.map({"instance_profiles", "Instance profiles by name"}, instance_profiles);
}

void IssuerSeed::describe(Members& m) {
    m.text({"issuer", "Its address, iss of its tokens; the preset's own if it is left out"}, issuer);
    m.text({"preset", "Whose tokens its own look like: github, gitlab, eks, …"}, preset);
    m.list({"keys", "Oldest first, as an export writes them; one is made if there are none"}, keys);
}

void SamlIdentityProviderSeed::describe(Members& m) {
    m.text({"certificate", "In PEM, as an export writes it; made with its key if both are left out"}, certificate);
    m.text({"private_key", "In PEM"}, private_key, {.is_secret = true});
}

void Seed::describe(Members& m) {
    m.map({"accounts", "Accounts by their twelve digits"}, accounts);
    m.object(removable("organization", "As PUT /_iamlocal/organization takes it; null: none"), organization);
    m.texts({"root_features", "IAM's features for the organization: RootSessions, RootCredentialsManagement"},
            root_features);
    m.object(removable("templates", "As PUT /_iamlocal/templates takes it; null: none"), templates);
    m.map({"issuers", "Built-in issuers of web identity tokens by name"}, issuers);
    m.map({"saml_identity_providers", "Built-in SAML identity providers by name"}, saml_identity_providers);
    m.object({"metadata", "As PUT /_iamlocal/metadata takes it"}, metadata);
    m.object({"quotas", "Limits by name, as --quota takes them"}, quotas);
}

}  // namespace iamlocal::seed
