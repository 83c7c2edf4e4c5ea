// What a seed may hold (docs/seeds.md).
#pragma once

#include <optional>
#include <string_view>

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

struct MfaDeviceSeed {
    static constexpr const char* shape = "mfa_device";
    Text name;
    Text path;
    Text seed;
    Pairs tags;
    void describe(Members& m);
};

struct UserSeed {
    static constexpr const char* shape = "user";
    Text path;
    Text password;
    Text password_hash;  ///< seed/stored_password.hpp
    Flag password_reset_required;
    List<AccessKeySeed> access_keys;
    List<MfaDeviceSeed> mfa_devices;
    Texts groups;
    HolderSeed policies;
    Pairs tags;
    void describe(Members& m);
};

struct RoleSeed {
    static constexpr const char* shape = "role";
    Text path;
    Document trust_policy;
    Text description;
    Number max_session_duration;
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
    Pairs tags;
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
    void describe(Members& m);
};

struct AccountSeed {
    static constexpr const char* shape = "account";
    Text alias;
    std::optional<SettingsSeed> settings;
    std::optional<PasswordPolicySeed> password_policy;
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

struct Seed {
    Map<AccountSeed> accounts;
    Anything organization;
    Anything templates;
    Anything metadata;
    Anything quotas;
    void describe(Members& m);
};

}  // namespace iamlocal::seed
