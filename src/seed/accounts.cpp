// What an account has once.
#include "seed/things.hpp"
#include "store/account.hpp"
#include "store/account_settings.hpp"
#include "store/password_policies.hpp"

namespace iamlocal::seed {

void sync_alias(Work& work, const AccountId& account, const Text& alias) {
    work.begin(account, &alias, *alias.at);
    const auto present = work.read([&](db::Transaction& tx) { return store::account::find_alias(tx, account); });
    if (present == alias.value) return;
    work.call("CreateAccountAlias", Arguments("AccountAlias", alias));
    if (!present) work.note_created();
}

void sync_settings(Work& work, const AccountId& account, const tree::Node& at, const SettingsSeed& settings) {
    work.begin(account, &settings, at);
    const Text& wanted = settings.global_endpoint_token_version;
    if (!wanted) return;
    const auto present =
        work.read([&](db::Transaction& tx) { return store::account_settings::get(tx, account).token_version; });
    if (present == (wanted.value == "v2Token" ? store::TokenVersion::v2 : store::TokenVersion::v1)) return;
    work.call("SetSecurityTokenServicePreferences", Arguments("GlobalEndpointTokenVersion", wanted));
}

void sync_password_policy(Work& work, const AccountId& account, const tree::Node& at,
                          const PasswordPolicySeed& policy) {
    work.begin(account, &policy, at);
    const auto find = [&] {
        return work.read([&](db::Transaction& tx) { return store::password_policies::find(tx, account); });
    };
    const auto before = find();
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

}  // namespace iamlocal::seed
