#include "seed/duplicates.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "seed/refused.hpp"

namespace iamlocal::seed {
namespace {

/// Names of one kind.
class Once {
  public:
    explicit Once(std::string_view kind) : kind_(kind) {}

    void note(const Text& name) { note(name, fold_case(name.value)); }
    void note_exactly(const Text& name) { note(name, name.value); }
    void note(const Text& name, std::string key) {
        const auto [known, is_new] = known_.emplace(std::move(key), name.at);
        if (!is_new)
            refuse(*name.at,
                   fmt::format("the {} {} stands at {} already{}", kind_, name.value, known->second->place().text(),
                               known->second->text == name.value ? "" : "; case makes no difference"));
    }

  private:
    std::string_view kind_;
    std::unordered_map<std::string, const tree::Node*> known_;
};

template <class T>
void check_names(std::string_view kind, const Map<T>& map) {
    Once once(kind);
    for (const Named<T>& named : map.items) once.note(named.name);
}

void check_policies(const HolderSeed& holder) {
    Once names("inline policy");
    for (const auto& [name, document] : holder.inline_policies.items) names.note(name);
    Once attached("attached policy");
    for (const Text& policy : holder.attached_policies.items) attached.note(policy);
}

void check_devices(const List<MfaDeviceSeed>& list, Once& devices) {
    for (const MfaDeviceSeed& device : list.items) {
        const std::string path = device.path ? device.path.value : "/";
        if (device.name)
            devices.note(device.name, fold_case(path + device.name.value));
        else if (device.serial_number)
            devices.note(device.serial_number);
    }
}

void check_credentials(const CredentialsSeed& credentials, Once& devices, Once& keys) {
    check_devices(credentials.mfa_devices, devices);
    for (const AccessKeySeed& key : credentials.access_keys.items) keys.note_exactly(key.access_key_id);
}

void check_user(const Named<UserSeed>& user, Once& devices, Once& keys) {
    check_policies(user.value.policies);
    Once groups("group");
    for (const Text& group : user.value.groups.items) groups.note(group);
    check_credentials(user.value.credentials, devices, keys);
}

void check_account(const AccountSeed& account, Once& keys) {
    check_names("policy", account.policies);
    check_names("group", account.groups);
    check_names("user", account.users);
    check_names("role", account.roles);
    check_names("instance profile", account.instance_profiles);
    check_names("SAML provider", account.saml_providers);
    check_names("server certificate", account.server_certificates);
    for (const auto& group : account.groups.items) check_policies(group.value.policies);
    for (const auto& role : account.roles.items) check_policies(role.value.policies);
    Once devices("MFA device");
    for (const auto& user : account.users.items) check_user(user, devices, keys);
    check_credentials(account.root.value.credentials, devices, keys);
    check_devices(account.mfa_devices, devices);
    Once undeletable("undeletable role");
    for (const auto& role : account.undeletable_roles.items) undeletable.note(role.role_name);
    Once service_roles("service-linked role");
    for (const ServiceLinkedRoleSeed& role : account.service_linked_roles.items)
        service_roles.note(role.aws_service_name, role.aws_service_name.value + ' ' + role.custom_suffix.value);
    Once providers("OpenID Connect provider");
    for (const auto& provider : account.oidc_providers.items) {
        providers.note_exactly(provider.name);
        Once client_ids("client id");
        for (const Text& id : provider.value.client_ids.items) client_ids.note_exactly(id);
    }
    for (const auto& policy : account.policies.items) {
        Once versions("version");
        for (const PolicyVersionSeed& version : policy.value.versions.items)
            if (version.version_id) versions.note(version.version_id);
    }
}

}  // namespace

void require_no_duplicates(const Seed& seed) {
    check_names("issuer", seed.issuers);
    check_names("SAML identity provider", seed.saml_identity_providers);
    Once keys("access key");
    for (const Named<AccountSeed>& account : seed.accounts.items) check_account(account.value, keys);
}

}  // namespace iamlocal::seed
