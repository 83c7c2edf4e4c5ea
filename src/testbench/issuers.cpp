// Built-in issuers: identity providers for tests, which sign what they are asked to.
#include "store/issuers.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/signing_key.hpp"
#include "db/transaction.hpp"
#include "federation/algorithms.hpp"
#include "federation/discovery.hpp"
#include "federation/issuer_presets.hpp"
#include "federation/jwt_writer.hpp"
#include "store/issuer_keys.hpp"
#include "testbench/built_in_providers.hpp"
#include "testbench/issuer_requests.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using OrderedJson = nlohmann::ordered_json;
using http::Request;
using http::Response;
using store::BuiltInIssuer;
using store::IssuerKey;

constexpr std::string_view root = "/_iamlocal/oidc";
constexpr std::string_view discovery_path = ".well-known/openid-configuration";
constexpr std::string_view keys_path = ".well-known/jwks.json";

constexpr std::string_view no_issuer = "there is no issuer of this name; declare it with PUT";
constexpr std::string_view bad_name = "the name of an issuer has 1 to 64 letters, digits and -_";
constexpr std::string_view nothing_here = "there is nothing at this path";

/// What a path below the root names.
struct Place {
    std::string_view name;  ///< of the issuer; empty: none
    std::string_view rest;  ///< what follows
};

Place place_of(std::string_view target) {
    std::string_view path = target.substr(0, target.find('?'));
    path.remove_prefix(std::min(root.size() + 1, path.size()));
    const std::size_t slash = std::min(path.find('/'), path.size());
    return {path.substr(0, slash), path.substr(std::min(slash + 1, path.size()))};
}

class Issuers {
  public:
    explicit Issuers(const IssuerBench& bench) : bench_(bench) {}

    void get(const Request& request, Response& response) const;
    void declare(const Request& request, Response& response) const;
    void act(const Request& request, Response& response) const;
    void remove(const Request& request, Response& response) const;

  private:
    Seconds now() const { return std::chrono::floor<std::chrono::seconds>(bench_.clock.now()); }
    void show_all(db::Transaction& tx, Response& response) const;
    void mint(const BuiltInIssuer& issuer, const Request& request, db::Transaction& tx, Response& response) const;
    void rotate(const BuiltInIssuer& issuer, const Request& request, Response& response) const;
    void add_key(db::Transaction& tx, const std::string& owner, const MadeKey& key) const {
        store::issuer_keys::add(tx, bench_.keyring, bench_.entropy, owner, key.described, key.pem);
    }

    IssuerBench bench_;
};

OrderedJson describe(db::Transaction& tx, const BuiltInIssuer& issuer) {
    OrderedJson keys = OrderedJson::array();
    for (const IssuerKey& key : store::issuer_keys::all(tx, store::issuer_keys::owner_of_issuer(issuer.name)))
        keys.push_back({{"kid", key.id}, {"algorithm", key.algorithm}});
    return {{"name", issuer.name}, {"issuer", issuer.url}, {"preset", issuer.preset}, {"keys", std::move(keys)}};
}

void answer_described(db::Transaction& tx, const BuiltInIssuer& issuer, Response& response) {
    admin::answer_json(response, 200, json_text(describe(tx, issuer)));
}

/// Where this server is, as the client sees it.
std::optional<std::string> address_of(const Request& request) {
    const std::string_view host = request.header("host");
    if (!is_authority(host)) return std::nullopt;
    return std::string(request.secure ? "https://" : "http://").append(host);
}

void show_discovery(db::Transaction& tx, const BuiltInIssuer& issuer, const Request& request, Response& response) {
    const std::optional<std::string> address = address_of(request);
    if (!address) return admin::refuse(response, 400, "the Host header does not say where the keys are");
    federation::Discovery discovery{.issuer = issuer.url,
                                    .keys_url = fmt::format("{}{}/{}/{}", *address, root, issuer.name, keys_path),
                                    .algorithms = {},
                                    .claims = {"sub", "iss", "aud", "exp", "iat", "nbf", "jti"}};
    for (const IssuerKey& key : store::issuer_keys::all(tx, store::issuer_keys::owner_of_issuer(issuer.name)))
        if (std::find(discovery.algorithms.begin(), discovery.algorithms.end(), key.algorithm) ==
            discovery.algorithms.end())
            discovery.algorithms.push_back(key.algorithm);
    admin::answer_json(response, 200, federation::write_discovery(discovery));
}

void Issuers::show_all(db::Transaction& tx, Response& response) const {
    OrderedJson list = OrderedJson::array();
    for (const BuiltInIssuer& issuer : store::built_in_issuers::all(tx)) list.push_back(describe(tx, issuer));
    admin::answer_json(response, 200, json_text(OrderedJson{{"issuers", std::move(list)}}));
}

void Issuers::get(const Request& request, Response& response) const {
    const Place place = place_of(request.target);
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    db::Transaction tx(*connection, db::Access::read);
    if (place.name.empty() && place.rest.empty()) return show_all(tx, response);
    const std::optional<BuiltInIssuer> issuer = store::built_in_issuers::find(tx, place.name);
    if (!issuer) return admin::refuse(response, 404, no_issuer);
    if (place.rest.empty()) return answer_described(tx, *issuer, response);
    if (place.rest == discovery_path) return show_discovery(tx, *issuer, request, response);
    if (place.rest != keys_path) return admin::refuse(response, 404, nothing_here);
    admin::answer_json(response, 200, store::issuer_keys::jwks(tx, store::issuer_keys::owner_of_issuer(issuer->name)));
}

/// Whether the newest key is such as is wanted.
bool has_wanted_key(const std::vector<IssuerKey>& keys, const std::string& algorithm, const KeyWish& wish) {
    return !keys.empty() && keys.back().algorithm == algorithm && (!wish.id || keys.back().id == *wish.id);
}

/// Why an issuer cannot be declared like that.
std::optional<std::string_view> find_conflict(db::Transaction& tx, const BuiltInIssuer& issuer) {
    const std::optional<BuiltInIssuer> other = store::built_in_issuers::find_by_url(tx, issuer.url);
    if (other && other->name != issuer.name) return "another built-in issuer has this address";
    if (!store::built_in_issuers::find(tx, issuer.name) &&
        store::built_in_issuers::count(tx) >= most_built_in_providers)
        return "there are 100 issuers already";
    return std::nullopt;
}

/// An issuer that is there keeps its keys, unless they are not such as are wanted now.
void Issuers::declare(const Request& request, Response& response) const {
    const Place place = place_of(request.target);
    if (!place.rest.empty()) return admin::refuse(response, 404, nothing_here);
    if (!is_issuer_name(place.name)) return admin::refuse(response, 400, bad_name);
    const auto read = parse_issuer_declaration(request.body);
    if (const auto* const error = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *error);
    const auto& wish = std::get<IssuerDeclaration>(read);
    const federation::IssuerPreset& preset = *federation::find_issuer_preset(wish.preset);

    BuiltInIssuer issuer{std::string(place.name), wish.url.value_or(preset.url(place.name)), wish.preset, now()};
    if (issuer.url.empty()) {
        // IAM takes https alone. Where this server has no TLS, nobody needs to follow the address.
        issuer.url = fmt::format("https://{}{}/{}", request.header("host"), root, issuer.name);
        if (issuer.url.find(":443/") != std::string::npos) issuer.url.erase(issuer.url.find(":443/"), 4);
        if (!is_issuer_url(issuer.url))
            return admin::refuse(response, 400, "the Host header makes no address; say which one with issuer");
    }
    const std::string owner = store::issuer_keys::owner_of_issuer(issuer.name);
    const std::string algorithm = wish.key.algorithm.value_or(std::string(preset.algorithm));
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    const auto is_key_there = [&] {
        db::Transaction tx(*connection, db::Access::read);
        return has_wanted_key(store::issuer_keys::all(tx, owner), algorithm, wish.key);
    };
    std::optional<MadeKey> key;
    if (!is_key_there()) key = make_issuer_key(algorithm, wish.key.id, bench_.entropy);

    db::Transaction tx(*connection, db::Access::write);
    if (const auto conflict = find_conflict(tx, issuer)) return admin::refuse(response, 409, *conflict);
    if (!has_wanted_key(store::issuer_keys::all(tx, owner), algorithm, wish.key)) {
        if (!key) return admin::refuse(response, 409, "the issuer has changed meanwhile");
        store::issuer_keys::remove_all(tx, owner);
        add_key(tx, owner, *key);
    }
    store::built_in_issuers::put(tx, issuer);
    answer_described(tx, issuer, response);
    tx.commit();
}

/// The key of that id, else the newest one.
const IssuerKey& key_that_signs(const std::vector<IssuerKey>& keys, const std::optional<std::string>& id) {
    const auto named = std::find_if(keys.begin(), keys.end(), [&](const IssuerKey& key) { return key.id == id; });
    return named == keys.end() ? keys.back() : *named;
}

/// A token of the issuer, be it a good one or not.
void Issuers::mint(const BuiltInIssuer& issuer, const Request& request, db::Transaction& tx, Response& response) const {
    auto read = parse_token_wish(request.body);
    if (const auto* const error = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *error);
    auto& wish = std::get<TokenWish>(read);
    const std::string owner = store::issuer_keys::owner_of_issuer(issuer.name);
    const std::vector<IssuerKey> keys = store::issuer_keys::all(tx, owner);
    const IssuerKey& chosen = key_that_signs(keys, wish.key_id);
    const std::string& algorithm = wish.algorithm.value_or(chosen.algorithm);
    const SigningKey key =
        SigningKey::parse_pem(store::issuer_keys::find_private(tx, bench_.keyring, owner, chosen.id)->reveal()).value();
    tx.commit();
    if (federation::find_algorithm(algorithm)->kind != key.kind())
        return admin::refuse(response, 400, fmt::format("the key {} cannot sign with {}", chosen.id, algorithm));

    const federation::IssuerPreset& preset = *federation::find_issuer_preset(issuer.preset);
    const std::string id = ids::request_id(bench_.entropy);
    const OrderedJson claims = federation::preset_claims(preset, std::move(wish.claims),
                                                         {.issuer = issuer.url,
                                                          .name = issuer.name,
                                                          .id = id,
                                                          .issued = now().time_since_epoch().count(),
                                                          .lifetime = wish.lifetime.value_or(preset.lifetime)});
    federation::JwtHeader header{.algorithm = algorithm, .key_id = wish.key_id ? *wish.key_id : chosen.id};
    if (!wish.has_key_id) header.key_id.reset();
    if (preset.type.empty())
        header.type.reset();
    else
        header.type = preset.type;
    const std::string token = federation::write_jwt(key, header, json_text(claims));
    admin::answer_json(response, 200, json_text(OrderedJson{{"token", token}, {"claims", claims}}));
}

/// The older keys stay for those who verify, as far as is wanted.
void Issuers::rotate(const BuiltInIssuer& issuer, const Request& request, Response& response) const {
    const auto read = parse_rotation(request.body);
    if (const auto* const error = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *error);
    const auto& wish = std::get<Rotation>(read);
    const std::string owner = store::issuer_keys::owner_of_issuer(issuer.name);
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    const auto newest_algorithm = [&] {
        db::Transaction tx(*connection, db::Access::read);
        const std::vector<IssuerKey> keys = store::issuer_keys::all(tx, owner);
        return keys.empty() ? std::string("RS256") : keys.back().algorithm;
    };
    const std::string algorithm = wish.key.algorithm ? *wish.key.algorithm : newest_algorithm();
    const MadeKey key = make_issuer_key(algorithm, wish.key.id, bench_.entropy);

    db::Transaction tx(*connection, db::Access::write);
    const std::optional<BuiltInIssuer> still = store::built_in_issuers::find(tx, issuer.name);
    if (!still) return admin::refuse(response, 404, no_issuer);
    std::vector<IssuerKey> keys = store::issuer_keys::all(tx, owner);
    while (keys.size() > static_cast<std::size_t>(wish.keep)) {
        store::issuer_keys::remove(tx, owner, keys.front().id);
        keys.erase(keys.begin());
    }
    const auto is_taken = [&](const IssuerKey& other) { return other.id == key.described.id; };
    if (std::any_of(keys.begin(), keys.end(), is_taken))
        return admin::refuse(response, 409, "a key that stays has this kid");
    add_key(tx, owner, key);
    answer_described(tx, *still, response);
    tx.commit();
}

void Issuers::act(const Request& request, Response& response) const {
    const Place place = place_of(request.target);
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    std::optional<BuiltInIssuer> issuer;
    {
        db::Transaction tx(*connection, db::Access::read);
        issuer = store::built_in_issuers::find(tx, place.name);
        if (!issuer) return admin::refuse(response, 404, no_issuer);
        if (place.rest == "token") return mint(*issuer, request, tx, response);
    }
    if (place.rest == "rotate") return rotate(*issuer, request, response);
    admin::refuse(response, 404, nothing_here);
}

void Issuers::remove(const Request& request, Response& response) const {
    const Place place = place_of(request.target);
    if (!place.rest.empty()) return admin::refuse(response, 404, nothing_here);
    const std::unique_ptr<db::Connection> connection = bench_.database.connect();
    db::Transaction tx(*connection, db::Access::write);
    if (!store::built_in_issuers::remove(tx, place.name)) return admin::refuse(response, 404, no_issuer);
    tx.commit();
    admin::answer_json(response, 200, R"({"status":"ok"})");
}

}  // namespace

admin::Route issuers_route(const IssuerBench& bench) {
    const auto issuers = std::make_shared<const Issuers>(bench);
    const auto answer = [&](void (Issuers::*method)(const Request&, Response&) const) -> admin::Answer {
        return
            [issuers, method](const Request& request, Response& response) { ((*issuers).*method)(request, response); };
    };
    // Keys are made, and tokens signed, where nobody waits for it.
    return {.path = root,
            .has_subpaths = true,
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET", answer(&Issuers::get)},
                        {"PUT", answer(&Issuers::declare), true},
                        {"POST", answer(&Issuers::act), true},
                        {"DELETE", answer(&Issuers::remove)}},
            .other_methods =
                "issuers are declared with PUT, shown with GET and removed with DELETE; POST asks them for tokens"};
}

}  // namespace iamlocal::testbench
