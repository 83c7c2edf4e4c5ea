#include "seed/model.hpp"

#include <array>

namespace iamlocal::seed {
namespace {

constexpr std::array<std::string_view, 2> key_statuses{"Active", "Inactive"};
constexpr std::array<std::string_view, 2> token_versions{"v1Token", "v2Token"};

constexpr Member path{"path", "Such as /teams/web/; / if it is left out"};
constexpr Member tags{"tags", "Values by key; all that there are to be"};

enum class Boundary { takes, takes_none };

void describe_policies(Members& m, HolderSeed& holder, Boundary boundary) {
    m.documents({"inline_policies", "Policy documents by name; all that there are to be"}, holder.inline_policies);
    m.texts({"attached_policies", "ARNs, or names of the account's managed policies; all that there are to be"},
            holder.attached_policies);
    if (boundary == Boundary::takes)
        m.text({"permissions_boundary", "ARN, or name of a managed policy of the account"},
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
    m.text({"status", "Active if it is left out"}, status, {.choices = key_statuses});
}

void MfaDeviceSeed::describe(Members& m) {
    m.text({"name", "Of the virtual device", true}, name);
    m.text(seed::path, path);
    m.text({"seed", "Base32 of 10 to 64 bytes, as an authenticator app takes it", true}, seed, {.is_secret = true});
    m.pairs(seed::tags, tags);
}

void UserSeed::describe(Members& m) {
    m.text(seed::path, path);
    m.text({"password", "For the console; stored as a hash"}, password, {.is_secret = true});
    m.text({"password_hash", "In place of password, as an export writes it"}, password_hash, {.is_secret = true});
    m.flag({"password_reset_required", "Whether the user must choose another password"}, password_reset_required);
    m.list({"access_keys", "All that there are to be"}, access_keys);
    m.list({"mfa_devices", "Virtual devices; all that there are to be"}, mfa_devices);
    m.texts({"groups", "Names of groups; all that the user is to be in"}, groups);
    describe_policies(m, policies, Boundary::takes);
    m.pairs(seed::tags, tags);
}

void RoleSeed::describe(Members& m) {
    m.text(seed::path, path);
    m.document({"trust_policy", "Who may assume the role", true}, trust_policy);
    m.text({"description", "What it is for"}, description);
    m.number({"max_session_duration", "In seconds"}, max_session_duration);
    describe_policies(m, policies, Boundary::takes);
    m.pairs(seed::tags, tags);
}

void ServiceLinkedRoleSeed::describe(Members& m) {
    m.text({"aws_service_name", "Such as elasticbeanstalk.amazonaws.com", true}, aws_service_name);
    m.text({"custom_suffix", "For services that take one"}, custom_suffix);
    m.text({"description", "What it is for"}, description);
    m.pairs(seed::tags, tags);
}

void InstanceProfileSeed::describe(Members& m) {
    m.text(seed::path, path);
    m.text({"role", "Name of the role in it"}, role);
    m.pairs(seed::tags, tags);
}

void OidcProviderSeed::describe(Members& m) {
    m.texts({"client_ids", "Audiences; all that there are to be"}, client_ids);
    m.texts({"thumbprints", "SHA-1 of certificates, 40 hexadecimal digits each"}, thumbprints);
    m.object({"jwks", "The JSON Web Key Set that tokens are verified with"}, jwks);
    m.text({"jwks_file", "A file that holds it, seen from the seed's folder"}, jwks_file);
    m.pairs(seed::tags, tags);
}

void SamlProviderSeed::describe(Members& m) {
    m.text({"metadata", "The XML document; this or metadata_file must be there"}, metadata);
    m.text({"metadata_file", "A file that holds it, seen from the seed's folder"}, metadata_file);
    m.pairs(seed::tags, tags);
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
}

void AccountSeed::describe(Members& m) {
    m.text({"alias", "The account's alias"}, alias);
    m.one({"settings", "Of the account as a whole"}, settings);
    m.one({"password_policy", "What passwords must be like"}, password_policy);
    m.map({"oidc_providers", "OpenID Connect providers by URL"}, oidc_providers);
    m.map({"saml_providers", "SAML providers by name"}, saml_providers);
    m.map({"policies", "Managed policies by name"}, policies);
    m.map({"groups", "Groups by name"}, groups);
    m.map({"users", "Users by name"}, users);
    m.list({"service_linked_roles", "Roles that AWS's services have"}, service_linked_roles);
    m.map({"roles", "Roles by name"}, roles);
    m.map({"instance_profiles", "Instance profiles by name"}, instance_profiles);
}

void Seed::describe(Members& m) {
    m.map({"accounts", "Accounts by their twelve digits"}, accounts);
    m.object({"organization", "As PUT /_iamlocal/organization takes it"}, organization);
    m.object({"templates", "As PUT /_iamlocal/templates takes it"}, templates);
    m.object({"metadata", "As PUT /_iamlocal/metadata takes it"}, metadata);
    m.object({"quotas", "Limits by name, as --quota takes them"}, quotas);
}

}  // namespace iamlocal::seed
