// The kinds of things that a seed may hold, each brought to its state. First of all `make_…`, for all accounts: what
// others may name is there then. After it `fill_…`. Each calls Work::begin().
#pragma once

#include "seed/model.hpp"
#include "seed/passwords.hpp"
#include "seed/work.hpp"

namespace iamlocal::seed {

void sync_alias(Work& work, const AccountId& account, const Text& alias);
void sync_settings(Work& work, const AccountId& account, const tree::Node& at, const SettingsSeed& settings);
void sync_password_policy(Work& work, const AccountId& account, const tree::Node& at, const PasswordPolicySeed& policy);
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

/// Of a user who is there and is worked on.
void sync_access_keys(Work& work, const Text& user_name, const std::string& user_id, const List<AccessKeySeed>& keys);
void sync_mfa_devices(Work& work, const Text& user_name, const std::string& user_id,
                      const List<MfaDeviceSeed>& devices);
void sync_password(Work& work, const Text& user_name, const std::string& user_id, const UserSeed& user,
                   const Passwords& passwords);

}  // namespace iamlocal::seed
