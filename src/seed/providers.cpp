#include <algorithm>
#include <vector>

#include "aws/arn.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "iam/identity_providers.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/oidc_providers.hpp"
#include "store/saml_providers.hpp"

namespace iamlocal::seed {
namespace {

constexpr Api oidc_api{"OpenIDConnectProvider", "OpenIDConnectProviderArn"};
constexpr Api saml_api{"SAMLProvider", "SAMLProviderArn"};
/// As AWS has it; the operation refuses more.
constexpr std::size_t most_private_keys = 2;

std::vector<std::string> values_of(const Texts& texts) {
    std::vector<std::string> values;
    for (const Text& text : texts.items) values.push_back(text.value);
    return values;
}

void sync_client_ids(Work& work, const std::string& arn, const std::vector<std::string>& present, const Texts& wanted) {
    const auto named = [&] { return Arguments(oidc_api.member, std::string_view(arn)); };
    const std::vector<std::string> values = values_of(wanted);
    for (const std::string& id : present)
        if (std::find(values.begin(), values.end(), id) == values.end())
            work.call("RemoveClientIDFromOpenIDConnectProvider", named().add("ClientID", std::string_view(id)));
    for (const Text& id : wanted.items)
        if (std::find(present.begin(), present.end(), id.value) == present.end())
            work.call("AddClientIDToOpenIDConnectProvider", named().add("ClientID", id));
}

void sync_thumbprints(Work& work, const std::string& arn, const std::vector<std::string>& present,
                      const Texts& wanted) {
    std::vector<std::string> values = values_of(wanted);
    for (std::string& value : values) value = fold_case(value);
    if (values == present) return;
    work.call("UpdateOpenIDConnectProviderThumbprint",
              Arguments(oidc_api.member, std::string_view(arn)).add_list("ThumbprintList", wanted.items));
}

/// AWS takes two keys, and none away that encryption needs: new ones come first where there is room.
void sync_private_keys(Work& work, const store::SamlProvider& provider, const Texts& wanted) {
    const std::string arn = arn::iam(work.account(), "saml-provider", "/", provider.name);
    const auto named = [&] { return Arguments(saml_api.member, std::string_view(arn)); };
    const std::vector<Secret> present = work.read([&](db::Transaction& tx) {
        return store::saml_providers::private_keys(tx, work.environment().keyring, work.account(), provider.id);
    });
    std::vector<std::string> removed;
    for (std::size_t i = 0; i < present.size(); ++i) {
        const bool stays = std::any_of(wanted.items.begin(), wanted.items.end(), [&](const Text& pem) {
            return equal_in_constant_time(pem.value, present[i].reveal());
        });
        if (!stays) removed.push_back(provider.private_keys[i].id);
    }
    const auto remove_one = [&] {
        work.call("UpdateSAMLProvider", named().add("RemovePrivateKey", std::string_view(removed.back())));
        removed.pop_back();
    };
    std::size_t count = present.size();
    for (const Text& pem : wanted.items) {
        const bool is_there = std::any_of(present.begin(), present.end(), [&](const Secret& secret) {
            return equal_in_constant_time(pem.value, secret.reveal());
        });
        if (is_there) continue;
        if (count == most_private_keys && !removed.empty()) {
            remove_one();
            --count;
        }
        work.call("UpdateSAMLProvider", named().add("AddPrivateKey", pem));
        ++count;
    }
    while (!removed.empty()) remove_one();
}

/// Encryption is required when there are keys for it, and is not before they go.
void sync_encryption(Work& work, const store::SamlProvider& provider, const SamlProviderSeed& wanted) {
    const Text& mode = wanted.assertion_encryption_mode;
    const std::string arn = arn::iam(work.account(), "saml-provider", "/", provider.name);
    const bool changes = mode && (mode.value == "Required") != provider.requires_encryption;
    const auto set_mode = [&] {
        work.call("UpdateSAMLProvider",
                  Arguments(saml_api.member, std::string_view(arn)).add("AssertionEncryptionMode", mode));
    };
    if (changes && mode.value == "Allowed") set_mode();
    if (wanted.private_keys) sync_private_keys(work, provider, wanted.private_keys);
    if (changes && mode.value == "Required") set_mode();
}

}  // namespace

void sync_oidc_provider(Work& work, const AccountId& account, const Named<OidcProviderSeed>& provider) {
    work.begin(account, &provider, *provider.name.at);
    const OidcProviderSeed& wanted = provider.value;
    const std::string name = iam::oidc_provider_name(provider.name.value);
    const auto find = [&] {
        return work.read([&](db::Transaction& tx) { return store::oidc_providers::find(tx, account, name); });
    };
    auto present = find();
    const std::string arn = arn::iam(account, "oidc-provider", "/", name);
    if (present) {
        if (wanted.client_ids) sync_client_ids(work, arn, present->client_ids, wanted.client_ids);
        if (wanted.thumbprints) sync_thumbprints(work, arn, present->thumbprints, wanted.thumbprints);
    } else {
        work.call("CreateOpenIDConnectProvider", Arguments("Url", provider.name)
                                                     .add_list("ClientIDList", wanted.client_ids.items)
                                                     .add_list("ThumbprintList", wanted.thumbprints.items)
                                                     .add_tags(wanted.tags.items));
        work.note_created();
        present = find();
    }
    if (wanted.jwks.removed != nullptr && present->jwks)
        work.write(
            [&](db::Transaction& tx) { store::oidc_providers::set_jwks(tx, account, present->id, std::nullopt); });
    if (!wanted.key_set.empty() && present->jwks != wanted.key_set)
        work.write([&](db::Transaction& tx) {
            store::oidc_providers::set_jwks(tx, account, present->id, std::string_view(wanted.key_set));
        });
    sync_tags(work, {oidc_api, arn, present->id}, wanted.tags);
}

void sync_saml_provider(Work& work, const AccountId& account, const Named<SamlProviderSeed>& provider) {
    work.begin(account, &provider, *provider.name.at);
    const SamlProviderSeed& wanted = provider.value;
    const auto find = [&] {
        return work.read(
            [&](db::Transaction& tx) { return store::saml_providers::find(tx, account, provider.name.value); });
    };
    auto present = find();
    if (!present) {
        work.call(
            "CreateSAMLProvider",
            Arguments("Name", provider.name).add("SAMLMetadataDocument", wanted.metadata).add_tags(wanted.tags.items));
        work.note_created();
        present = find();
    }
    const std::string arn = arn::iam(account, "saml-provider", "/", present->name);
    if (present->metadata != wanted.metadata.value)
        work.call("UpdateSAMLProvider",
                  Arguments(saml_api.member, std::string_view(arn)).add("SAMLMetadataDocument", wanted.metadata));
    sync_encryption(work, *present, wanted);
    sync_tags(work, {saml_api, arn, present->id}, wanted.tags);
}

}  // namespace iamlocal::seed
