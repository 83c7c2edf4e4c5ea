#include "seed/read.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "aws/ids.hpp"
#include "federation/jwks.hpp"
#include "seed/duplicates.hpp"
#include "seed/member_reader.hpp"
#include "seed/refused.hpp"
#include "tree/parse.hpp"
#include "tree/to_json.hpp"

namespace iamlocal::seed {
namespace {

/// Puts what two files say together. There can be one of most things.
template <class T>
void take_one(T& target, T&& from, std::string_view what) {
    const tree::Node* const at = from ? from.at : from.removed;
    if (at == nullptr) return;
    const tree::Node* const known = target ? target.at : target.removed;
    if (known != nullptr) refuse(*at, fmt::format("{} stands at {} already", what, known->place().text()));
    target = std::forward<T>(from);
}
template <class T>
void take_all(T& target, T&& from) {
    if (!target) target.at = from.at;
    std::move(from.items.begin(), from.items.end(), std::back_inserter(target.items));
}

void merge_accounts(AccountSeed& target, Named<AccountSeed>&& from) {
    AccountSeed& other = from.value;
    take_one(target.alias, std::move(other.alias), "the account's alias");
    take_one(target.settings, std::move(other.settings), "what sets the account's settings");
    take_one(target.password_policy, std::move(other.password_policy), "the account's password policy");
    take_one(target.root, std::move(other.root), "the account's root");
    take_all(target.mfa_devices, std::move(other.mfa_devices));
    take_all(target.server_certificates, std::move(other.server_certificates));
    take_all(target.undeletable_roles, std::move(other.undeletable_roles));
    take_all(target.oidc_providers, std::move(other.oidc_providers));
    take_all(target.saml_providers, std::move(other.saml_providers));
    take_all(target.policies, std::move(other.policies));
    take_all(target.groups, std::move(other.groups));
    take_all(target.users, std::move(other.users));
    take_all(target.service_linked_roles, std::move(other.service_linked_roles));
    take_all(target.roles, std::move(other.roles));
    take_all(target.instance_profiles, std::move(other.instance_profiles));
}

/// Where in the merged seed an account is.
using AccountPlaces = std::unordered_map<std::string, std::size_t>;

void merge(Seed& target, Seed&& from, AccountPlaces& places) {
    take_one(target.organization, std::move(from.organization), "the organization");
    take_one(target.templates, std::move(from.templates), "what declares the templates");
    take_one(target.metadata, std::move(from.metadata), "what declares the metadata");
    take_one(target.quotas, std::move(from.quotas), "what sets quotas");
    take_one(target.root_features, std::move(from.root_features), "what sets the features for root users");
    take_all(target.issuers, std::move(from.issuers));
    take_all(target.saml_identity_providers, std::move(from.saml_identity_providers));
    auto& accounts = target.accounts.items;
    for (Named<AccountSeed>& account : from.accounts.items) {
        const auto [place, is_new] = places.emplace(account.name.value, accounts.size());
        if (is_new)
            accounts.push_back(std::move(account));
        else
            merge_accounts(accounts[place->second].value, std::move(account));
    }
}

/// Beside the seed that names it.
std::string path_from(const Text& named) {
    const std::string& seed = *named.at->file;
    const std::size_t slash = seed.rfind('/');
    if (named.value.starts_with('/') || slash == std::string::npos) return named.value;
    return seed.substr(0, slash + 1) + named.value;
}

std::string read_named(const Text& named, const ReadFile& read_file) {
    std::optional<std::string> content = read_file(path_from(named));
    if (!content) refuse(*named.at, fmt::format("the file '{}' cannot be read", path_from(named)));
    return *std::move(content);
}

void resolve(OidcProviderSeed& provider, const ReadFile& read_file) {
    if (provider.jwks && provider.jwks_file) refuse(*provider.jwks_file.at, "there is jwks or jwks_file, not both");
    if (provider.jwks) {
        const tree::Node& said = *provider.jwks.at;
        provider.key_set = said.is(tree::Kind::text) ? said.text : tree::to_json(said, tree::Numbers::are_texts);
    }
    if (provider.jwks_file) provider.key_set = read_named(provider.jwks_file, read_file);
    const tree::Node* const at = provider.jwks ? provider.jwks.at : provider.jwks_file.at;
    if (at != nullptr && !federation::parse_jwks(provider.key_set)) refuse(*at, "this is no JSON Web Key Set");
}

void resolve(const Text& name, SamlProviderSeed& provider, const ReadFile& read_file) {
    if (provider.metadata && provider.metadata_file)
        refuse(*provider.metadata_file.at, "there is metadata or metadata_file, not both");
    if (!provider.metadata && !provider.metadata_file)
        refuse(*name.at, fmt::format("the SAML provider {} needs metadata or metadata_file", name.value));
    if (provider.metadata) return;
    provider.metadata.value = read_named(provider.metadata_file, read_file);
    provider.metadata.at = provider.metadata_file.at;
}

void require_documents(const Named<PolicySeed>& policy) {
    const bool has_document = static_cast<bool>(policy.value.document);
    if (has_document && policy.value.versions)
        refuse(*policy.value.versions.at, "there is document or versions, not both");
    if (!has_document && policy.value.versions.items.empty())
        refuse(*policy.name.at, fmt::format("the policy {} needs document or versions", policy.name.value));
    const auto& versions = policy.value.versions.items;
    const auto defaults = std::count_if(versions.begin(), versions.end(),
                                        [](const PolicyVersionSeed& version) { return version.is_default.value; });
    if (defaults > 1) refuse(*policy.value.versions.at, "one version is the default");
    if (defaults == 0 && versions.size() > 1)
        refuse(*policy.value.versions.at, "one of the versions must have default: true");
}

void complete(Seed& seed, const ReadFile& read_file) {
    for (Named<AccountSeed>& account : seed.accounts.items) {
        if (!ids::is_account_id(account.name.value)) refuse(*account.name.at, "an account has twelve digits");
        for (Named<OidcProviderSeed>& provider : account.value.oidc_providers.items) resolve(provider.value, read_file);
        for (Named<SamlProviderSeed>& provider : account.value.saml_providers.items)
            resolve(provider.name, provider.value, read_file);
        for (const Named<PolicySeed>& policy : account.value.policies.items) require_documents(policy);
    }
}

}  // namespace

std::string Document::text() const {
    return at->is(tree::Kind::text) ? at->text : tree::to_json(*at, tree::Numbers::are_texts);
}

Read read(std::span<const File> files, const ReadFile& read_file) {
    Read read;
    AccountPlaces places;
    for (const File& file : files) {
        auto parsed = tree::parse(file.text, file.name);
        if (auto* const error = std::get_if<tree::Error>(&parsed))
            throw Refused(std::move(error->place), {}, error->message);
        read.trees.push_back(std::get<tree::Tree>(std::move(parsed)));
        Seed said;
        read_members(read.trees.back().root(), "a seed", [&said](Members& m) { said.describe(m); });
        merge(read.seed, std::move(said), places);
    }
    complete(read.seed, read_file);
    require_no_duplicates(read.seed);
    return read;
}

}  // namespace iamlocal::seed
