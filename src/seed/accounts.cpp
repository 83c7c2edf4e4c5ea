// What an account has once.
#include <algorithm>
#include <map>
#include <utility>

#include "base/encoding.hpp"
#include "seed/issuer_keys.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/account.hpp"
#include "store/account_settings.hpp"
#include "store/issuer_keys.hpp"
#include "store/issuers.hpp"
#include "store/login_profiles.hpp"
#include "store/password_policies.hpp"
#include "store/role_deletions.hpp"

namespace iamlocal::seed {
namespace {

store::AccountSettings settings_of(Work& work) {
    return work.read([&](db::Transaction& tx) { return store::account_settings::get(tx, work.account()); });
}

/// AWS makes issuer and keys when outbound federation is first turned on. Those of a seed are there before it is.
void sync_outbound_issuer(Work& work, const SettingsSeed& wanted) {
    if (wanted.outbound_issuer && settings_of(work).outbound_issuer != wanted.outbound_issuer.value) {
        const std::string& id = wanted.outbound_issuer.value;
        const auto is_good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
        if (id.empty() || id.size() > 63 || !std::all_of(id.begin(), id.end(), is_good))
            work.refuse({}, "outbound_issuer has 1 to 63 small letters, digits and hyphens", wanted.outbound_issuer.at);
        const auto other = work.read([&](db::Transaction& tx) { return store::find_outbound_account(tx, id); });
        if (other) work.refuse({}, "another account has this issuer", wanted.outbound_issuer.at);
        store::AccountSettings settings = settings_of(work);
        settings.outbound_issuer = id;
        work.write([&](db::Transaction& tx) { store::account_settings::put(tx, work.account(), settings); });
    }
    if (wanted.outbound_keys)
        sync_issuer_keys(work, store::issuer_keys::owner_of(work.account()), wanted.outbound_keys);
}

void sync_switches(Work& work, const SettingsSeed& wanted) {
    const store::AccountSettings present = settings_of(work);
    const Text& version = wanted.global_endpoint_token_version;
    if (version &&
        present.token_version != (version.value == "v2Token" ? store::TokenVersion::v2 : store::TokenVersion::v1))
        work.call("SetSecurityTokenServicePreferences", Arguments("GlobalEndpointTokenVersion", version));
    if (wanted.role_manager && wanted.role_manager.value != present.role_manager_enabled)
        work.call(
            "PutAccountProperties",
            Arguments("Properties.entry.1.key", "RoleManager/Enabled")
                .add("Properties.entry.1.value", wanted.role_manager.value ? "true" : "false", wanted.role_manager.at));
    const Flag& outbound = wanted.outbound_web_identity_federation;
    if (outbound && outbound.value != present.outbound_enabled)
        work.call(outbound.value ? "EnableOutboundWebIdentityFederation" : "DisableOutboundWebIdentityFederation", {});
}

/// Root may have a profile without a password: then it may choose one.
void sync_password_recovery(Work& work, const RootSeed& wanted) {
    if (!wanted.password_recovery) return;
    const auto& id = work.account().str();
    const bool has_profile =
        work.read([&](db::Transaction& tx) { return store::login_profiles::find(tx, work.account(), id).has_value(); });
    const bool has_password = has_profile && work.read([&](db::Transaction& tx) {
        return !store::login_profiles::passwords(tx, work.account(), id, 1).empty();
    });
    if (wanted.password_recovery.value && !has_profile) work.call("CreateLoginProfile", {});
    if (!wanted.password_recovery.value && has_profile && !has_password) work.call("DeleteLoginProfile", {});
}

store::RoleUsage usage_of(Work& work, const RoleUsageSeed& wanted) {
    store::RoleUsage usage{wanted.region.value, {}};
    const auto is_word = [](const std::string& text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    };
    if (!is_word(usage.region)) work.refuse({}, "a Region has no blanks", wanted.region.at);
    if (wanted.resources.items.empty()) work.refuse({}, "a usage has resources", wanted.resources.at);
    for (const Text& resource : wanted.resources.items) {
        if (!is_word(resource.value)) work.refuse({}, "an ARN has no blanks", resource.at);
        usage.resources.push_back(resource.value);
    }
    return usage;
}

}  // namespace

void sync_alias(Work& work, const AccountId& account, const Text& alias) {
    work.begin(account, &alias, alias ? *alias.at : *alias.removed);
    const auto present = work.read([&](db::Transaction& tx) { return store::account::find_alias(tx, account); });
    if (alias.removed != nullptr) {
        if (present) work.call("DeleteAccountAlias", Arguments("AccountAlias", std::string_view(*present)));
        return;
    }
    if (present == alias.value) return;
    work.call("CreateAccountAlias", Arguments("AccountAlias", alias));
    if (!present) work.note_created();
}

void sync_settings(Work& work, const AccountId& account, const One<SettingsSeed>& settings) {
    work.begin(account, &settings, *settings.at);
    sync_outbound_issuer(work, settings.value);
    sync_switches(work, settings.value);
}

void sync_password_policy(Work& work, const AccountId& account, const One<PasswordPolicySeed>& wanted) {
    work.begin(account, &wanted, wanted ? *wanted.at : *wanted.removed);
    const auto find = [&] {
        return work.read([&](db::Transaction& tx) { return store::password_policies::find(tx, account); });
    };
    const auto before = find();
    if (wanted.removed != nullptr) {
        if (before) work.call("DeleteAccountPasswordPolicy", {});
        return;
    }
    const PasswordPolicySeed& policy = wanted.value;
    Arguments arguments;
    arguments.add("MinimumPasswordLength", policy.minimum_password_length)
        .add("RequireSymbols", policy.require_symbols)
        .add("RequireNumbers", policy.require_numbers)
        .add("RequireUppercaseCharacters", policy.require_uppercase_characters)
        .add("RequireLowercaseCharacters", policy.require_lowercase_characters)
        .add("AllowUsersToChangePassword", policy.allow_users_to_change_password)
        .add("MaxPasswordAge", policy.max_password_age)
        .add("PasswordReusePrevention", policy.password_reuse_prevention)
        .add("HardExpiry", policy.hard_expiry);
    work.call("UpdateAccountPasswordPolicy", arguments);
    // It replaces all of the policy, so whether it is another one shows afterwards.
    if (before == find()) work.note_unchanged();
    if (!before) work.note_created();
}

void sync_root(Work& work, const AccountId& account, const One<RootSeed>& root, const Passwords& passwords) {
    work.begin(account, &root, *root.at);
    sync_credentials(work, {}, root.value.credentials, passwords);
    sync_password_recovery(work, root.value);
}

void sync_undeletable_roles(Work& work, const AccountId& account, const List<UndeletableRoleSeed>& list) {
    work.begin(account, &list, *list.at);
    namespace undeletable = store::undeletable_roles;
    std::map<std::string, std::vector<store::RoleUsage>> wanted;
    for (const UndeletableRoleSeed& role : list.items) {
        std::vector<store::RoleUsage>& usage = wanted[fold_case(role.role_name.value)];
        for (const RoleUsageSeed& one : role.usage.items) usage.push_back(usage_of(work, one));
    }
    const auto present = work.read([&](db::Transaction& tx) { return undeletable::all(tx, account); });
    for (const auto& [name, usage] : present)
        if (!wanted.contains(name))
            work.write([&, role = &name](db::Transaction& tx) { undeletable::remove(tx, account, *role); });
    for (const auto& [name, usage] : wanted) {
        if (std::find(present.begin(), present.end(), std::pair(name, usage)) != present.end()) continue;
        work.write([&, role = &name, of_role = &usage](db::Transaction& tx) {
            undeletable::set(tx, account, *role, *of_role);
        });
    }
}

void sync_credentials(Work& work, const Owner& owner, const CredentialsSeed& wanted, const Passwords& passwords) {
    sync_password(work, owner, wanted, passwords);
    if (wanted.access_keys) sync_access_keys(work, owner, wanted.access_keys);
    if (wanted.mfa_devices) sync_mfa_devices(work, owner, wanted.mfa_devices);
    if (wanted.signing_certificates) sync_signing_certificates(work, owner, wanted.signing_certificates);
}

}  // namespace iamlocal::seed
