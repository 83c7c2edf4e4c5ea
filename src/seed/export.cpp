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
#include "catalogue/service_linked_roles.hpp"
#include "seed/written_credentials.hpp"
#include "store/account.hpp"
#include "store/account_settings.hpp"
#include "store/attachments.hpp"
#include "store/declared_templates.hpp"
#include "store/groups.hpp"
#include "store/inline_policies.hpp"
#include "store/instance_profiles.hpp"
#include "store/issuer_keys.hpp"
#include "store/login_profiles.hpp"
#include "store/oidc_providers.hpp"
#include "store/organization.hpp"
#include "store/password_policies.hpp"
#include "store/policies.hpp"
#include "store/role_deletions.hpp"
#include "store/role_sources.hpp"
#include "store/roles.hpp"
#include "store/root_features.hpp"
#include "store/saml_providers.hpp"
#include "store/server_certificates.hpp"
#include "store/users.hpp"
#include "testbench/organization.hpp"

namespace iamlocal::seed {
namespace {

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
        write_root();
        write_server_certificates();
        write_undeletable_roles();
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

    void write_settings() {
        const store::AccountSettings settings = store::account_settings::get(tx_, account_);
        SeedJson written;
        if (settings.token_version == store::TokenVersion::v2) written["global_endpoint_token_version"] = "v2Token";
        if (settings.role_manager_enabled) written["role_manager"] = true;
        if (settings.outbound_issuer) {
            written["outbound_web_identity_federation"] = settings.outbound_enabled;
            written["outbound_issuer"] = *settings.outbound_issuer;
        }
        if (auto keys = issuer_keys_json(tx_, keyring_, store::issuer_keys::owner_of(account_)); !keys.empty())
            written["outbound_keys"] = std::move(keys);
        if (!written.is_null()) out_["settings"] = std::move(written);
    }

    void write_root() {
        SeedJson root = SeedJson::object();
        put_credentials(root, tx_, keyring_, account_, {});
        if (!root.contains("password_hash") && store::login_profiles::find(tx_, account_, account_.view()))
            root["password_recovery"] = true;
        if (!root.empty()) out_["root"] = std::move(root);
        if (auto devices = unassigned_devices_json(tx_, keyring_, account_); !devices.empty())
            out_["mfa_devices"] = std::move(devices);
    }

    void write_server_certificates() {
        for (const auto& listed : everything([this](const auto& request) {
                 return store::server_certificates::page(tx_, account_, "/", request);
             })) {
            const auto certificate = store::server_certificates::find(tx_, account_, listed.name);
            if (!certificate) continue;
            SeedJson& thing = out_["server_certificates"][certificate->name] = SeedJson::object();
            put_path(thing, certificate->path);
            thing["certificate_body"] = certificate->body;
            if (certificate->chain) thing["certificate_chain"] = *certificate->chain;
            if (!certificate->takes_tags) thing["takes_tags"] = false;
            put_tags(thing, certificate->id);
        }
    }

    void write_undeletable_roles() {
        for (const auto& [name, usage] : store::undeletable_roles::all(tx_, account_)) {
            SeedJson role{{"role_name", name}};
            for (const store::RoleUsage& one : usage)
                role["usage"].push_back({{"region", one.region}, {"resources", one.resources}});
            out_["undeletable_roles"].push_back(std::move(role));
        }
    }

    void write_account() {
        if (const auto alias = store::account::find_alias(tx_, account_)) out_["alias"] = *alias;
        write_settings();
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
        const auto whole = store::saml_providers::find(tx_, account_, provider.name);
        if (!whole) return;
        thing["metadata"] = whole->metadata;
        for (const Secret& key : store::saml_providers::private_keys(tx_, keyring_, account_, provider.id))
            thing["private_keys"].push_back(std::string(key.reveal()));
        if (whole->requires_encryption) thing["assertion_encryption_mode"] = "Required";
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

    void write_user(const store::User& user) {
        SeedJson& thing = out_["users"][user.name] = SeedJson::object();
        put_path(thing, user.path);
        put_credentials(thing, tx_, keyring_, account_, user.id);
        put_service_credentials(thing, tx_, account_, user.id);
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
        if (const auto source = store::role_sources::find(tx_, account_, role.id))
            thing["acquired_from"] = {
                {"arn", source->template_arn}, {"minor_version", source->minor_version}, {"values", source->values}};
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
    SeedJson seed = SeedJson::object();
    std::vector<AccountId> accounts;
    if (account) {
        accounts.push_back(*account);
    } else {
        for (const auto& seen : store::account::all(tx)) accounts.push_back(seen.account);
        if (const auto organization = store::organization::find(tx)) {
            seed["organization"] = SeedJson::parse(testbench::write_organization(*organization));
            for (const auto feature : store::root_features::enabled(tx, organization->id))
                seed["root_features"].push_back(feature == store::RootFeature::sessions ? "RootSessions"
                                                                                        : "RootCredentialsManagement");
        }
        if (const auto templates = store::declared_templates::find(tx))
            seed["templates"] = SeedJson::parse(templates->text);
        write_built_in_providers(seed, tx, keyring);
    }
    if (accounts.empty()) seed["accounts"] = SeedJson::object();
    for (const AccountId& id : accounts) seed["accounts"][id.str()] = AccountWriter(tx, keyring, id).write();
    return json_text(seed);
}

}  // namespace iamlocal::seed
