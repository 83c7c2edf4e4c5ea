#include "seed/export.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "access/trust_principals.hpp"
#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/one_time_code.hpp"
#include "catalogue/service_linked_roles.hpp"
#include "seed/stored_password.hpp"
#include "store/access_keys.hpp"
#include "store/account.hpp"
#include "store/account_settings.hpp"
#include "store/attachments.hpp"
#include "store/declared_templates.hpp"
#include "store/groups.hpp"
#include "store/inline_policies.hpp"
#include "store/instance_profiles.hpp"
#include "store/login_profiles.hpp"
#include "store/mfa_devices.hpp"
#include "store/oidc_providers.hpp"
#include "store/organization.hpp"
#include "store/password_policies.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "store/saml_providers.hpp"
#include "store/users.hpp"
#include "testbench/organization.hpp"

namespace iamlocal::seed {
namespace {

/// Members keep their order: seeds are read by people.
using SeedJson = nlohmann::ordered_json;

/// All of a list that comes in pages.
template <class ListPage>
auto everything(ListPage page) {
    return page(store::PageRequest{{}, 1'000'000}).items;
}

/// Whether a seed that is written out says just the same: of the values in it only texts and booleans are kept.
bool says_the_same_in_a_seed(const SeedJson& value) {
    if (value.is_structured())
        return std::all_of(value.begin(), value.end(),
                           [](const SeedJson& member) { return says_the_same_in_a_seed(member); });
    return value.is_string() || value.is_boolean();
}

/// Documents are written out where that loses nothing but white space; what is not JSON stays a text.
SeedJson document_json(const std::string& text) {
    SeedJson document = SeedJson::parse(text, nullptr, false);
    return document.is_object() && says_the_same_in_a_seed(document) ? document : SeedJson(text);
}

void put_path(SeedJson& thing, const std::string& path) {
    if (path != "/") thing["path"] = path;
}

/// One account being written.
class AccountWriter {
  public:
    AccountWriter(db::Transaction& tx, const store::Keyring& keyring, const AccountId& account)
        : tx_(tx), keyring_(keyring), account_(account) {}

    SeedJson write() {
        write_account();
        for (const std::string& url : store::oidc_providers::urls(tx_, account_)) write_oidc_provider(url);
        for (const auto& provider : store::saml_providers::all(tx_, account_)) write_saml_provider(provider);
        for (const auto& policy : everything([this](const auto& request) {
                 return store::policies::page(tx_, account_,
                                              {.scope = store::policies::Scope::local, .path_prefix = {}}, request);
             }))
            write_policy(policy);
        for (const auto& group :
             everything([this](const auto& request) { return store::groups::page(tx_, account_, "/", request); }))
            write_group(group);
        for (const auto& user :
             everything([this](const auto& request) { return store::users::page(tx_, account_, "/", request); }))
            write_user(user);
        for (const auto& role :
             everything([this](const auto& request) { return store::roles::page(tx_, account_, "/", request); }))
            write_role(role);
        for (const auto& profile : everything(
                 [this](const auto& request) { return store::instance_profiles::page(tx_, account_, "/", request); }))
            write_instance_profile(profile);
        return std::move(out_);
    }

  private:
    void put_tags(SeedJson& thing, const std::string& id) {
        for (const store::Tag& tag : store::tags::all(tx_, account_, id)) thing["tags"][tag.key] = tag.value;
    }

    void put_policies(SeedJson& thing, const std::string& id,
                      const std::optional<std::string>& boundary = std::nullopt) {
        const auto names =
            everything([&](const auto& request) { return store::inline_policies::page(tx_, account_, id, request); });
        for (const std::string& name : names)
            thing["inline_policies"][name] =
                document_json(store::inline_policies::find(tx_, account_, id, name).value_or(""));
        const auto attached =
            everything([&](const auto& request) { return store::attachments::page(tx_, account_, id, "/", request); });
        for (const store::AttachedPolicy& policy : attached) thing["attached_policies"].push_back(policy.arn);
        if (boundary) thing["permissions_boundary"] = *boundary;
    }

    void write_account() {
        if (const auto alias = store::account::find_alias(tx_, account_)) out_["alias"] = *alias;
        if (store::account_settings::get(tx_, account_).token_version == store::TokenVersion::v2)
            out_["settings"]["global_endpoint_token_version"] = "v2Token";
        const auto policy = store::password_policies::find(tx_, account_);
        if (!policy) return;
        SeedJson& written = out_["password_policy"];
        written["minimum_password_length"] = policy->minimum_length;
        written["require_symbols"] = policy->require_symbols;
        written["require_numbers"] = policy->require_numbers;
        written["require_uppercase_characters"] = policy->require_uppercase;
        written["require_lowercase_characters"] = policy->require_lowercase;
        written["allow_users_to_change_password"] = policy->users_may_change;
        if (policy->max_age) written["max_password_age"] = *policy->max_age;
        if (policy->reuse_prevention) written["password_reuse_prevention"] = *policy->reuse_prevention;
        if (policy->hard_expiry) written["hard_expiry"] = *policy->hard_expiry;
    }

    void write_oidc_provider(const std::string& url) {
        const auto provider = store::oidc_providers::find(tx_, account_, url);
        if (!provider) return;
        SeedJson& thing = out_["oidc_providers"]["https://" + url] = SeedJson::object();
        if (!provider->client_ids.empty()) thing["client_ids"] = provider->client_ids;
        if (!provider->thumbprints.empty()) thing["thumbprints"] = provider->thumbprints;
        if (provider->jwks) thing["jwks"] = *provider->jwks;
        put_tags(thing, provider->id);
    }

    void write_saml_provider(const store::SamlProvider& provider) {
        SeedJson& thing = out_["saml_providers"][provider.name];
        thing["metadata"] = provider.metadata;
        put_tags(thing, provider.id);
    }

    void write_policy(const store::ManagedPolicy& policy) {
        SeedJson& thing = out_["policies"][policy.name] = SeedJson::object();
        put_path(thing, policy.path);
        if (policy.description) thing["description"] = *policy.description;
        auto versions = everything(
            [&](const auto& request) { return store::policies::versions(tx_, account_, policy.arn, request); });
        const auto document_of = [&](const std::string& version) {
            return document_json(store::policies::find_version(tx_, account_, policy.arn, version).value().document);
        };
        if (versions.size() == 1 && versions.front().id == "v1") {
            thing["document"] = document_of("v1");
        } else {
            // The newest comes first.
            for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
                SeedJson one{{"version_id", version->id}, {"document", document_of(version->id)}};
                if (version->is_default) one["default"] = true;
                thing["versions"].push_back(std::move(one));
            }
        }
        put_tags(thing, policy.id);
    }

    void write_group(const store::Group& group) {
        SeedJson& thing = out_["groups"][group.name] = SeedJson::object();
        put_path(thing, group.path);
        put_policies(thing, group.id);
    }

    void put_password(SeedJson& thing, const store::User& user) {
        const auto profile = store::login_profiles::find(tx_, account_, user.id);
        if (!profile) return;
        const auto passwords = store::login_profiles::passwords(tx_, account_, user.id, 1);
        if (passwords.empty()) return;
        thing["password_hash"] = write_stored_password({profile->salt, passwords.front().hash});
        if (profile->reset_required) thing["password_reset_required"] = true;
    }

    void put_access_keys(SeedJson& thing, const store::User& user) {
        for (const auto& listed : everything(
                 [&](const auto& request) { return store::access_keys::page(tx_, account_, user.id, request); })) {
            const auto key = store::access_keys::find(tx_, keyring_, listed.id);
            if (!key) continue;
            SeedJson one{{"access_key_id", key->id.str()}, {"secret_access_key", std::string(key->secret.reveal())}};
            if (!key->active) one["status"] = "Inactive";
            thing["access_keys"].push_back(std::move(one));
        }
    }

    void put_mfa_devices(SeedJson& thing, const store::User& user) {
        for (const auto& device : everything(
                 [&](const auto& request) { return store::mfa_devices::page_of(tx_, account_, user.id, request); })) {
            if (device.kind != store::MfaDeviceKind::virtual_device) continue;
            // `arn:aws:iam::ACCOUNT:mfa/path/name`
            const std::size_t begin = device.serial.find('/');
            const std::size_t end = device.serial.rfind('/');
            SeedJson one{{"name", device.serial.substr(end + 1)}};
            put_path(one, device.serial.substr(begin, end + 1 - begin));
            const Secret seed = store::mfa_devices::seed_of(tx_, keyring_, device);
            one["seed"] = one_time_code::base32_encode(seed.reveal());
            put_tags(one, device.id);
            thing["mfa_devices"].push_back(std::move(one));
        }
    }

    void write_user(const store::User& user) {
        SeedJson& thing = out_["users"][user.name] = SeedJson::object();
        put_path(thing, user.path);
        put_password(thing, user);
        put_access_keys(thing, user);
        put_mfa_devices(thing, user);
        for (const auto& group :
             everything([&](const auto& request) { return store::groups::of_user(tx_, account_, user.id, request); }))
            thing["groups"].push_back(group.name);
        put_policies(thing, user.id, user.boundary_arn);
        put_tags(thing, user.id);
    }

    void write_role(const store::Role& role) {
        if (role.path.starts_with(arn::service_role_path)) return write_service_linked_role(role);
        SeedJson& thing = out_["roles"][role.name];
        put_path(thing, role.path);
        thing["trust_policy"] = document_json(access::show_principals(tx_, role.trust_policy));
        if (role.description) thing["description"] = *role.description;
        if (role.max_session_duration != store::Role().max_session_duration)
            thing["max_session_duration"] = role.max_session_duration;
        put_policies(thing, role.id, role.boundary_arn);
        put_tags(thing, role.id);
    }

    void write_service_linked_role(const store::Role& role) {
        const std::string service =
            role.path.substr(arn::service_role_path.size(), role.path.size() - arn::service_role_path.size() - 1);
        const catalogue::ServiceLinkedRole* const known = catalogue::service_linked_roles::find(service);
        if (known == nullptr) return;
        SeedJson thing{{"aws_service_name", service}};
        if (role.name.size() > known->role.size() + 1)
            thing["custom_suffix"] = role.name.substr(known->role.size() + 1);
        if (role.description) thing["description"] = *role.description;
        put_tags(thing, role.id);
        out_["service_linked_roles"].push_back(std::move(thing));
    }

    void write_instance_profile(const store::InstanceProfile& profile) {
        SeedJson& thing = out_["instance_profiles"][profile.name] = SeedJson::object();
        put_path(thing, profile.path);
        if (profile.role_id)
            if (const auto role = store::roles::find_by_id(tx_, account_, *profile.role_id)) thing["role"] = role->name;
        put_tags(thing, profile.id);
    }

    db::Transaction& tx_;
    const store::Keyring& keyring_;
    const AccountId& account_;
    SeedJson out_ = SeedJson::object();
};

}  // namespace

std::string write_seed(db::Transaction& tx, const store::Keyring& keyring, const std::optional<AccountId>& account) {
    SeedJson seed;
    std::vector<AccountId> accounts;
    if (account) {
        accounts.push_back(*account);
    } else {
        for (const auto& seen : store::account::all(tx)) accounts.push_back(seen.account);
        if (const auto organization = store::organization::find(tx))
            seed["organization"] = SeedJson::parse(testbench::write_organization(*organization));
        if (const auto templates = store::declared_templates::find(tx))
            seed["templates"] = SeedJson::parse(templates->text);
    }
    for (const AccountId& id : accounts) seed["accounts"][id.str()] = AccountWriter(tx, keyring, id).write();
    return json_text(seed);
}

}  // namespace iamlocal::seed
