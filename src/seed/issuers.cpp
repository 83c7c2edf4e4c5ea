// Identity providers for tests, which this server is itself: declared as their routes declare them, with keys of the
// seed's where it has some.
#include "store/issuers.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/x509.hpp"
#include "federation/algorithms.hpp"
#include "federation/issuer_presets.hpp"
#include "federation/jwt_writer.hpp"
#include "seed/issuer_keys.hpp"
#include "seed/sync.hpp"
#include "seed/things.hpp"
#include "store/issuer_keys.hpp"
#include "store/organization.hpp"
#include "store/saml_identity_providers.hpp"
#include "testbench/built_in_providers.hpp"
#include "testbench/issuer_requests.hpp"

namespace iamlocal::seed {
namespace {

namespace signing_keys = store::issuer_keys;
namespace saml = store::saml_identity_providers;

SigningKey parse_signing_key(Work& work, const Text& pem) {
    std::optional<SigningKey> key = SigningKey::parse_pem(pem.value);
    if (!key) work.refuse({}, "private_key is a key of RSA or of a curve in PEM, without a password", pem.at);
    return *std::move(key);
}

/// A key of a seed, ready to be stored.
struct ReadKey {
    store::IssuerKey described;
    Secret pem;
};

ReadKey read_key(Work& work, const IssuerKeySeed& wanted) {
    const SigningKey key = parse_signing_key(work, wanted.private_key);
    const auto* const algorithm = federation::find_algorithm(wanted.algorithm.value);
    if (algorithm == nullptr || algorithm->kind != key.kind())
        work.refuse({}, fmt::format("the key cannot sign with '{}'", wanted.algorithm.value), wanted.algorithm.at);
    if (wanted.key_id.value.empty()) work.refuse({}, "key_id must not be empty", wanted.key_id.at);
    return {{wanted.key_id.value, wanted.algorithm.value,
             federation::write_jwk(key, wanted.key_id.value, wanted.algorithm.value)},
            key.pem()};
}

bool are_same_keys(Work& work, const std::string& owner, const std::vector<ReadKey>& wanted) {
    return work.read([&](db::Transaction& tx) {
        const std::vector<store::IssuerKey> present = signing_keys::all(tx, owner);
        return std::equal(present.begin(), present.end(), wanted.begin(), wanted.end(),
                          [](const store::IssuerKey& a, const ReadKey& b) { return a == b.described; });
    });
}

/// Built-in providers are the server's own, and no account's.
void begin_for_server(Work& work, const void* thing, const tree::Node& at) {
    work.begin(store::organization::revision_key(), thing, at);
}

void require_provider_name(Work& work, const Text& name) {
    if (!testbench::is_issuer_name(name.value))
        work.refuse({}, "the name of a built-in provider has 1 to 64 letters, digits and -_", name.at);
}

store::BuiltInIssuer wanted_issuer(Work& work, const Named<IssuerSeed>& issuer,
                                   const std::optional<store::BuiltInIssuer>& present) {
    const IssuerSeed& wanted = issuer.value;
    store::BuiltInIssuer made = present.value_or(store::BuiltInIssuer{issuer.name.value, {}, {}, work.now()});
    if (wanted.preset) made.preset = wanted.preset.value;
    const federation::IssuerPreset* const preset = federation::find_issuer_preset(made.preset);
    if (preset == nullptr) work.refuse({}, "there is no such preset", wanted.preset.at);
    if (wanted.issuer) made.url = wanted.issuer.value;
    if (made.url.empty()) made.url = preset->url(issuer.name.value);
    if (!testbench::is_issuer_url(made.url)) work.refuse({}, "issuer must say which address it has", wanted.issuer.at);
    const auto other =
        work.read([&](db::Transaction& tx) { return store::built_in_issuers::find_by_url(tx, made.url); });
    if (other && other->name != made.name)
        work.refuse({}, "another built-in issuer has this address", wanted.issuer.at);
    return made;
}

/// Nobody has to say keys: one is made as the route makes it.
void make_issuer_key(Work& work, const std::string& owner, const store::BuiltInIssuer& issuer) {
    const auto& preset = *federation::find_issuer_preset(issuer.preset);
    const auto made = testbench::make_issuer_key(std::string(preset.algorithm), {}, work.environment().entropy);
    work.write([&](db::Transaction& tx) {
        signing_keys::add(tx, work.environment().keyring, work.environment().entropy, owner, made.described, made.pem);
    });
}

}  // namespace

void sync_issuer_keys(Work& work, const std::string& owner, const List<IssuerKeySeed>& list) {
    std::vector<ReadKey> wanted;
    std::set<std::string> ids;
    for (const IssuerKeySeed& key : list.items) {
        wanted.push_back(read_key(work, key));
        if (!ids.insert(key.key_id.value).second) work.refuse({}, "two keys have this key_id", key.key_id.at);
    }
    if (list.items.empty()) work.refuse({}, "there must be a key", list.at);
    if (static_cast<std::int64_t>(wanted.size()) > testbench::most_issuer_keys + 1)
        work.refuse({}, "these are too many keys", list.at);
    if (are_same_keys(work, owner, wanted)) return;
    work.write([&](db::Transaction& tx) {
        signing_keys::remove_all(tx, owner);
        for (const ReadKey& key : wanted)
            signing_keys::add(tx, work.environment().keyring, work.environment().entropy, owner, key.described,
                              key.pem);
    });
}

void sync_issuer(Work& work, const Named<IssuerSeed>& issuer) {
    begin_for_server(work, &issuer, *issuer.name.at);
    require_provider_name(work, issuer.name);
    const auto present =
        work.read([&](db::Transaction& tx) { return store::built_in_issuers::find(tx, issuer.name.value); });
    const store::BuiltInIssuer wanted = wanted_issuer(work, issuer, present);
    if (!present) {
        const auto count = work.read([](db::Transaction& tx) { return store::built_in_issuers::count(tx); });
        if (count >= testbench::most_built_in_providers)
            work.refuse({}, fmt::format("there are {} issuers already", count), issuer.name.at);
    }
    if (present != wanted) work.write([&](db::Transaction& tx) { store::built_in_issuers::put(tx, wanted); });
    if (!present) work.note_created();
    const std::string owner = signing_keys::owner_of_issuer(wanted.name);
    if (issuer.value.keys)
        sync_issuer_keys(work, owner, issuer.value.keys);
    else if (work.read([&](db::Transaction& tx) { return signing_keys::all(tx, owner); }).empty())
        make_issuer_key(work, owner, wanted);
}

void sync_saml_identity_provider(Work& work, const Named<SamlIdentityProviderSeed>& provider) {
    begin_for_server(work, &provider, *provider.name.at);
    require_provider_name(work, provider.name);
    const SamlIdentityProviderSeed& wanted = provider.value;
    if (static_cast<bool>(wanted.certificate) != static_cast<bool>(wanted.private_key))
        work.refuse({}, "certificate and private_key belong together", provider.name.at);
    const auto present = work.read([&](db::Transaction& tx) { return saml::find(tx, provider.name.value); });
    const api::Environment& env = work.environment();
    if (present && !wanted.certificate) return;
    testbench::MadeSamlProvider made;
    if (wanted.certificate) {
        const auto certificate = Certificate::parse_pem(wanted.certificate.value);
        if (!certificate) work.refuse({}, "certificate is X.509 in PEM", wanted.certificate.at);
        const SigningKey key = parse_signing_key(work, wanted.private_key);
        if (key.kind() != KeyKind::rsa) work.refuse({}, "the key must be one of RSA", wanted.private_key.at);
        const auto half = PrivateKey::parse_pem(key.pem().reveal());
        if (!half || !certificate->matches(*half))
            work.refuse({}, "the key is not the certificate's", wanted.private_key.at);
        made = {{provider.name.value, work.now(), wanted.certificate.value}, key.pem()};
        if (present && present->certificate == wanted.certificate.value) return;
    } else {
        made = testbench::make_saml_provider(provider.name.value, work.now(), env.entropy);
    }
    if (!present) {
        const auto count = work.read([](db::Transaction& tx) { return saml::count(tx); });
        if (count >= testbench::most_built_in_providers)
            work.refuse({}, fmt::format("there are {} identity providers already", count), provider.name.at);
    }
    work.write([&](db::Transaction& tx) {
        if (present) saml::remove(tx, provider.name.value);
        saml::insert(tx, env.keyring, env.entropy, made.described, made.pem);
    });
    if (!present) work.note_created();
}

}  // namespace iamlocal::seed
