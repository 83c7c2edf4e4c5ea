// What a seed may hold (docs/seeds.md).
#pragma once

#include "seed/members.hpp"
#include "seed/values.hpp"

namespace iamlocal::seed {

struct PolicyVersionSeed {
    static constexpr const char* shape = "policy_version";
    Text version_id;
    Document document;
    Flag is_default;
    void describe(Members& m);
};

struct PolicySeed {
    static constexpr const char* shape = "policy";
    Text path;
    Text description;
    Document document;
    List<PolicyVersionSeed> versions;
    Pairs tags;
    void describe(Members& m);
};

/// What users, groups and roles have in common.
struct HolderSeed {
    Documents inline_policies;
    Texts attached_policies;
    Text permissions_boundary;
};

struct GroupSeed {
    static constexpr const char* shape = "group";
    Text path;
    HolderSeed policies;
    void describe(Members& m);
};

struct AccessKeySeed {
    static constexpr const char* shape = "access_key";
    Text access_key_id;
    Text secret_access_key;
    Text status;
    void describe(Members& m);
};

/// A virtual device by its name, hardware by its serial number.
struct MfaDeviceSeed {
    static constexpr const char* shape = "mfa_device";
    Text name;
    Text path;
    Text serial_number;
    Text seed;
    Number clock_offset;
    Pairs certifications;
    Pairs tags;
    void describe(Members& m);
};

struct SigningCertificateSeed {
    static constexpr const char* shape = "signing_certificate";
    Text certificate_body;
    Text status;
    void describe(Members& m);
};

struct SshPublicKeySeed {
    static constexpr const char* shape = "ssh_public_key";
    Text ssh_public_key_body;
    Text status;
    void describe(Members& m);
};

struct ServiceCredentialSeed {
    static constexpr const char* shape = "service_specific_credential";
    Text service_name;
    Text service_user_name;
    Text status;
    Text expires;
    void describe(Members& m);
};

/// What users and root sign in and sign with.
struct CredentialsSeed {
    Text password;
    Text password_hash;  ///< seed/stored_password.hpp
    Texts former_password_hashes;
    Flag password_reset_required;
    List<AccessKeySeed> access_keys;
    List<MfaDeviceSeed> mfa_devices;
    List<SigningCertificateSeed> signing_certificates;
    void describe(Members& m);
};

struct RootSeed {
    static constexpr const char* shape = "root";
    CredentialsSeed credentials;
    Flag password_recovery;
    void describe(Members& m);
};

struct UserSeed {
    static constexpr const char* shape = "user";
    Text path;
    CredentialsSeed credentials;
    List<SshPublicKeySeed> ssh_public_keys;
    List<ServiceCredentialSeed> service_specific_credentials;
    Texts groups;
    HolderSeed policies;
    Pairs tags;
    void describe(Members& m);
};

/// From which template a role was acquired.
struct RoleSourceSeed {
    static constexpr const char* shape = "role_source";
    Text arn;
    Number minor_version;
    Text values;
    void describe(Members& m);
};

struct RoleSeed {
    static constexpr const char* shape = "role";
    Text path;
    Document trust_policy;
    Text description;
    Number max_session_duration;
    One<RoleSourceSeed> acquired_from;
    HolderSeed policies;
    Pairs tags;
    void describe(Members& m);
};

struct ServiceLinkedRoleSeed {
    static constexpr const char* shape = "service_linked_role";
    Text aws_service_name;
    Text custom_suffix;
    Text description;
    Pairs tags;
    void describe(Members& m);
};

struct InstanceProfileSeed {
    static constexpr const char* shape = "instance_profile";
    Text path;
    Text role;
    Pairs tags;
    void describe(Members& m);
};

struct OidcProviderSeed {
    static constexpr const char* shape = "oidc_provider";
    Texts client_ids;
    Texts thumbprints;
    Anything jwks;
    Text jwks_file;
    Pairs tags;
    std::string key_set;  ///< what jwks or the file say; empty: neither is there
    void describe(Members& m);
};

struct SamlProviderSeed {
    static constexpr const char* shape = "saml_provider";
    Text metadata;  ///< that of the file, too, once it was read
    Text metadata_file;
    Texts private_keys;
    Text assertion_encryption_mode;
    Pairs tags;
    void describe(Members& m);
};

struct ServerCertificateSeed {
    static constexpr const char* shape = "server_certificate";
    Text path;
    Text certificate_body;
    Text certificate_chain;
    Text private_key;  ///< looked at, and not kept
    Flag takes_tags;
    Pairs tags;
    void describe(Members& m);
};

struct RoleUsageSeed {
    static constexpr const char* shape = "role_usage";
    Text region;
    Texts resources;
    void describe(Members& m);
};

/// A service-linked role, there or not, whose deletion is to fail.
struct UndeletableRoleSeed {
    static constexpr const char* shape = "undeletable_role";
    Text role_name;
    List<RoleUsageSeed> usage;
    void describe(Members& m);
};

/// A key that this server signs web identity tokens with.
struct IssuerKeySeed {
    static constexpr const char* shape = "issuer_key";
    Text key_id;
    Text algorithm;
    Text private_key;
    void describe(Members& m);
};

struct PasswordPolicySeed {
    static constexpr const char* shape = "password_policy";
    Number minimum_password_length;
    Flag require_symbols;
    Flag require_numbers;
    Flag require_uppercase_characters;
    Flag require_lowercase_characters;
    Flag allow_users_to_change_password;
    Number max_password_age;
    Number password_reuse_prevention;
    Flag hard_expiry;
    void describe(Members& m);
};

struct SettingsSeed {
    static constexpr const char* shape = "settings";
    Text global_endpoint_token_version;
    Flag role_manager;
    Flag outbound_web_identity_federation;
    Text outbound_issuer;
    List<IssuerKeySeed> outbound_keys;
    void describe(Members& m);
};

struct AccountSeed {
    static constexpr const char* shape = "account";
    Text alias;
    One<SettingsSeed> settings;
    One<PasswordPolicySeed> password_policy;
    One<RootSeed> root;
    List<MfaDeviceSeed> mfa_devices;  ///< that nobody holds
    Map<ServerCertificateSeed> server_certificates;
    List<UndeletableRoleSeed> undeletable_roles;
    Map<OidcProviderSeed> oidc_providers;
    Map<SamlProviderSeed> saml_providers;
    Map<PolicySeed> policies;
    Map<GroupSeed> groups;
    Map<UserSeed> users;
    List<ServiceLinkedRoleSeed> service_linked_roles;
    Map<RoleSeed> roles;
    Map<InstanceProfileSeed> instance_profiles;
    void describe(Members& m);
};

/// An identity provider for tests, which this server is itself.
struct IssuerSeed {
    static constexpr const char* shape = "issuer";
    Text issuer;
    Text preset;
    List<IssuerKeySeed> keys;
    void describe(Members& m);
};

struct SamlIdentityProviderSeed {
    static constexpr const char* shape = "saml_identity_provider";
    Text certificate;
    Text private_key;
    void describe(Members& m);
};

struct Seed {
    Map<AccountSeed> accounts;
    Anything organization;
    Texts root_features;
    Anything templates;
    Map<IssuerSeed> issuers;
    Map<SamlIdentityProviderSeed> saml_identity_providers;
    Anything metadata;
    Anything quotas;
    void describe(Members& m);
};

}  // namespace iamlocal::seed
