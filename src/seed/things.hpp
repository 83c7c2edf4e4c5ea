// The kinds of things that a seed may hold, each brought to its state. First of all `make_…`, for all accounts: what
// others may name is there then. After it `fill_…`. Each calls Work::begin().
#pragma once

#include "seed/model.hpp"
#include "seed/passwords.hpp"
#include "seed/work.hpp"

namespace iamlocal::seed {

void sync_alias(Work& work, const AccountId& account, const Text& alias);
void sync_settings(Work& work, const AccountId& account, const One<SettingsSeed>& settings);
void sync_password_policy(Work& work, const AccountId& account, const One<PasswordPolicySeed>& policy);
void sync_root(Work& work, const AccountId& account, const One<RootSeed>& root, const Passwords& passwords);
/// Devices that nobody is to have.
void sync_unassigned_devices(Work& work, const AccountId& account, const List<MfaDeviceSeed>& wanted);
void sync_server_certificate(Work& work, const AccountId& account, const Named<ServerCertificateSeed>& certificate);
void sync_undeletable_roles(Work& work, const AccountId& account, const List<UndeletableRoleSeed>& wanted);
void sync_issuer(Work& work, const Named<IssuerSeed>& issuer);
void sync_saml_identity_provider(Work& work, const Named<SamlIdentityProviderSeed>& provider);
void sync_oidc_provider(Work& work, const AccountId& account, const Named<OidcProviderSeed>& provider);
void sync_saml_provider(Work& work, const AccountId& account, const Named<SamlProviderSeed>& provider);
void sync_policy(Work& work, const AccountId& account, const Named<PolicySeed>& policy);

void make_group(Work& work, const AccountId& account, const Named<GroupSeed>& group);
void fill_group(Work& work, const AccountId& account, const Named<GroupSeed>& group);
void make_user(Work& work, const AccountId& account, const Named<UserSeed>& user);
void fill_user(Work& work, const AccountId& account, const Named<UserSeed>& user, const Passwords& passwords);
/// `at`: where the list stands.
void sync_service_linked_role(Work& work, const AccountId& account, const ServiceLinkedRoleSeed& role);
void make_role(Work& work, const AccountId& account, const Named<RoleSeed>& role);
void fill_role(Work& work, const AccountId& account, const Named<RoleSeed>& role);
void sync_instance_profile(Work& work, const AccountId& account, const Named<InstanceProfileSeed>& profile);

/// Whose credentials are worked on: a user who is there, or root.
struct Owner {
    Text user_name;       ///< as operations take it; root has none
    std::string user_id;  ///< empty: root
    Arguments named() const { return {"UserName", user_name}; }
};
void sync_credentials(Work& work, const Owner& owner, const CredentialsSeed& wanted, const Passwords& passwords);
void sync_password(Work& work, const Owner& owner, const CredentialsSeed& wanted, const Passwords& passwords);
void sync_access_keys(Work& work, const Owner& owner, const List<AccessKeySeed>& wanted);
void sync_mfa_devices(Work& work, const Owner& owner, const List<MfaDeviceSeed>& wanted);
void sync_signing_certificates(Work& work, const Owner& owner, const List<SigningCertificateSeed>& wanted);
void sync_ssh_public_keys(Work& work, const Owner& owner, const List<SshPublicKeySeed>& wanted);
void sync_service_credentials(Work& work, const Owner& owner, const List<ServiceCredentialSeed>& wanted);

}  // namespace iamlocal::seed
