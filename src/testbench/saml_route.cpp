// Built-in SAML identity providers: declared, shown, and asked for responses that AssumeRoleWithSAML takes.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/pem.hpp"
#include "base/signing_key.hpp"
#include "base/time_format.hpp"
#include "db/transaction.hpp"
#include "federation/saml_issue.hpp"
#include "store/saml_identity_providers.hpp"
#include "testbench/built_in_providers.hpp"
#include "testbench/issuer_requests.hpp"
#include "testbench/routes.hpp"
#include "testbench/saml_wish.hpp"

namespace iamlocal::testbench {
namespace {

using SamlJson = nlohmann::ordered_json;
using store::SamlIdentityProvider;

constexpr std::string_view saml_root = "/_iamlocal/saml";
constexpr std::string_view own_attributes = "https://aws.amazon.com/SAML/Attributes/";
constexpr std::string_view sign_in_url = "https://signin.aws.amazon.com/saml";
constexpr std::string_view not_declared = "there is no identity provider of this name; declare it with PUT";
constexpr std::string_view no_such_path = "there is nothing at this path";

/// Of a path below the root.
struct SamlPlace {
    std::string_view name;
    std::string_view rest;
};

SamlPlace saml_place_of(std::string_view target) {
    std::string_view path = target.substr(0, target.find('?'));
    path.remove_prefix(std::min(saml_root.size() + 1, path.size()));
    const std::size_t slash = std::min(path.find('/'), path.size());
    return {path.substr(0, slash), path.substr(std::min(slash + 1, path.size()))};
}

/// It does not depend on where the server is, so that metadata stay good.
std::string entity_id_of(std::string_view name) { return std::string("urn:iamlocal:saml:").append(name); }

SamlJson describe_provider(const SamlIdentityProvider& provider) {
    return {{"name", provider.name},
            {"entity_id", entity_id_of(provider.name)},
            {"metadata", fmt::format("{}/{}/metadata", saml_root, provider.name)},
            {"certificate", provider.certificate}};
}

std::string certificate_bytes(const SamlIdentityProvider& provider) {
    return parse_pem(provider.certificate).value().front().bytes;
}

/// The account of a role's ARN; nothing where it has none.
std::optional<AccountId> account_of_role(std::string_view role) {
    const std::optional<Arn> arn = Arn::parse(role);
    if (!arn || !ids::is_account_id(arn->account)) return std::nullopt;
    return AccountId(arn->account);
}

class SamlIdentityProviders {
  public:
    explicit SamlIdentityProviders(const IssuerBench& bench) : bench_(bench) {}

    void get(const http::Request& request, http::Response& response) const;
    void declare(const http::Request& request, http::Response& response) const;
    void mint(const http::Request& request, http::Response& response) const;
    void remove(const http::Request& request, http::Response& response) const;

  private:
    std::string new_id() const { return "_" + ids::request_id(bench_.entropy); }
    federation::SamlAssertion assertion_of(const SamlIdentityProvider& provider, const SamlWish& wish) const;
    void answer(const SamlIdentityProvider& provider, const SigningKey& key, const SamlWish& wish,
                http::Response& response) const;

    IssuerBench bench_;
};

void SamlIdentityProviders::get(const http::Request& request, http::Response& response) const {
    const SamlPlace place = saml_place_of(request.target);
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    db::Transaction tx(*connection, db::Access::read);
    if (place.name.empty() && place.rest.empty()) {
        SamlJson list = SamlJson::array();
        for (const SamlIdentityProvider& provider : store::saml_identity_providers::all(tx))
            list.push_back(describe_provider(provider));
        return admin::answer_json(response, 200, SamlJson{{"identity_providers", std::move(list)}}.dump());
    }
    const std::optional<SamlIdentityProvider> provider = store::saml_identity_providers::find(tx, place.name);
    if (!provider) return admin::refuse(response, 404, not_declared);
    if (place.rest.empty()) return admin::answer_json(response, 200, describe_provider(*provider).dump());
    if (place.rest != "metadata") return admin::refuse(response, 404, no_such_path);
    response.content_type = "application/samlmetadata+xml";
    response.body =
        federation::write_saml_metadata(entity_id_of(provider->name), sign_in_url, certificate_bytes(*provider));
}

/// One that is there stays as it is.
void SamlIdentityProviders::declare(const http::Request& request, http::Response& response) const {
    const SamlPlace place = saml_place_of(request.target);
    if (!place.rest.empty()) return admin::refuse(response, 404, no_such_path);
    if (!is_issuer_name(place.name))
        return admin::refuse(response, 400, "the name of an identity provider has 1 to 64 letters, digits and -_");
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    const auto find = [&](db::Transaction& tx) { return store::saml_identity_providers::find(tx, place.name); };
    std::optional<SamlIdentityProvider> provider;
    {
        db::Transaction tx(*connection, db::Access::read);
        provider = find(tx);
    }
    if (provider) return admin::answer_json(response, 200, describe_provider(*provider).dump());
    MadeSamlProvider made =
        make_saml_provider(std::string(place.name), whole_seconds(bench_.clock.now()), bench_.entropy);
    db::Transaction tx(*connection, db::Access::write);
    provider = find(tx);
    if (!provider) {
        if (store::saml_identity_providers::count(tx) >= most_built_in_providers)
            return admin::refuse(response, 409, "there are 100 identity providers already");
        store::saml_identity_providers::insert(tx, bench_.keyring, bench_.entropy, made.described, made.pem);
        provider = std::move(made.described);
    }
    tx.commit();
    admin::answer_json(response, 200, describe_provider(*provider).dump());
}

federation::SamlAssertion SamlIdentityProviders::assertion_of(const SamlIdentityProvider& provider,
                                                              const SamlWish& wish) const {
    const Instant now = bench_.clock.now();
    const Instant end = now + wish.expires_in;
    federation::SamlAssertion said{.id = new_id(),
                                   .issuer = entity_id_of(provider.name),
                                   .issued = now,
                                   .subject = wish.subject,
                                   .format = wish.subject_format,
                                   .recipient = wish.recipient,
                                   .confirmed_until = end,
                                   .not_before = now - std::chrono::minutes(5),
                                   .not_on_or_after = end,
                                   .audiences = {wish.audience},
                                   .session_end = std::nullopt,
                                   .attributes = {}};
    if (wish.session_expires_in) said.session_end = now + *wish.session_expires_in;
    const auto add = [&](std::string_view name, std::vector<std::string> values) {
        said.attributes.push_back({std::string(own_attributes).append(name), std::move(values)});
    };
    std::vector<std::string> pairs;
    for (const std::string& role : wish.roles) {
        const std::optional<AccountId> account = account_of_role(role);
        pairs.push_back(role + "," +
                        (wish.provider ? *wish.provider
                                       : arn::iam(account.value_or(AccountId()), "saml-provider", "/", provider.name)));
    }
    if (!pairs.empty()) add("Role", std::move(pairs));
    if (!wish.session_name.empty()) add("RoleSessionName", {wish.session_name});
    if (wish.duration) add("SessionDuration", {*wish.duration});
    if (!wish.source_identity.empty()) add("SourceIdentity", {wish.source_identity});
    for (const auto& [key, value] : wish.tags) add("PrincipalTag:" + key, {value});
    if (!wish.transitive_tags.empty()) add("TransitiveTagKeys", wish.transitive_tags);
    for (const auto& [name, values] : wish.attributes) said.attributes.push_back({name, values});
    return said;
}

void SamlIdentityProviders::answer(const SamlIdentityProvider& provider, const SigningKey& key, const SamlWish& wish,
                                   http::Response& response) const {
    const std::string certificate = certificate_bytes(provider);
    const federation::SamlSigner signer{key, certificate};
    const federation::SamlAssertion said = assertion_of(provider, wish);
    std::string assertion = federation::write_saml_assertion(said);
    if (wish.sign_assertion) assertion = federation::sign_saml_element(assertion, said.id, signer);
    if (wish.encrypt_for) {
        std::optional<std::string> sealed =
            federation::encrypt_saml_assertion(assertion, *wish.encrypt_for, AesMode::gcm, bench_.entropy);
        if (!sealed) return admin::refuse(response, 400, "encrypt_for is a certificate of an RSA key");
        assertion = *std::move(sealed);
    }
    const std::string id = new_id();
    std::string document = federation::write_saml_response(
        {.id = id, .issuer = said.issuer, .destination = wish.recipient, .issued = said.issued}, assertion);
    if (wish.sign_response) document = federation::sign_saml_element(document, id, signer);
    admin::answer_json(
        response, 200,
        json_text(SamlJson{
            {"response", base64_encode(as_bytes(document))}, {"assertion_id", said.id}, {"document", document}}));
}

void SamlIdentityProviders::mint(const http::Request& request, http::Response& response) const {
    const SamlPlace place = saml_place_of(request.target);
    if (place.rest != "response") return admin::refuse(response, 404, no_such_path);
    std::optional<SamlIdentityProvider> provider;
    std::optional<Secret> pem;
    {
        const std::unique_ptr<db::Connection> connection = bench_.database.connect();
        db::Transaction tx(*connection, db::Access::read);
        provider = store::saml_identity_providers::find(tx, place.name);
        pem = store::saml_identity_providers::find_private_key(tx, bench_.keyring, place.name);
    }
    if (!provider) return admin::refuse(response, 404, not_declared);
    const auto read = parse_saml_wish(request.body);
    if (const auto* const error = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *error);
    const auto& wish = std::get<SamlWish>(read);
    const bool has_accounts = std::all_of(wish.roles.begin(), wish.roles.end(),
                                          [](const std::string& role) { return account_of_role(role).has_value(); });
    if (!wish.provider && !has_accounts)
        return admin::refuse(response, 400, "role is the ARN of a role, or a list of them");
    answer(*provider, SigningKey::parse_pem(pem->reveal()).value(), wish, response);
}

void SamlIdentityProviders::remove(const http::Request& request, http::Response& response) const {
    const SamlPlace place = saml_place_of(request.target);
    if (!place.rest.empty()) return admin::refuse(response, 404, no_such_path);
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    db::Transaction tx(*connection, db::Access::write);
    if (!store::saml_identity_providers::remove(tx, place.name)) return admin::refuse(response, 404, not_declared);
    tx.commit();
    admin::answer_json(response, 200, R"({"status":"ok"})");
}

}  // namespace

admin::Route saml_route(const IssuerBench& bench) {
    const auto providers = std::make_shared<const SamlIdentityProviders>(bench);
    const auto answer = [&](void (SamlIdentityProviders::*method)(const http::Request&, http::Response&)
                                const) -> admin::Answer {
        return [providers, method](const http::Request& request, http::Response& response) {
            ((*providers).*method)(request, response);
        };
    };
    return {.path = saml_root,
            .has_subpaths = true,
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET", answer(&SamlIdentityProviders::get)},
                        {"PUT", answer(&SamlIdentityProviders::declare), true},
                        {"POST", answer(&SamlIdentityProviders::mint), true},
                        {"DELETE", answer(&SamlIdentityProviders::remove)}},
            .other_methods =
                "identity providers are declared with PUT, shown with GET and removed with DELETE; POST asks "
                "them for responses"};
}

}  // namespace iamlocal::testbench
