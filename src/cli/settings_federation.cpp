// Settings: identity providers: how strictly what they say is read, and where their keys come from.
#include "cli/setting.hpp"
#include "cli/setting_values.hpp"

namespace iamlocal::cli {
namespace {

constexpr Choice<Config::Federation> federations[] = {{"aws", Config::Federation::aws},
                                                      {"strict", Config::Federation::strict}};
constexpr Choice<Config::OidcNetwork> oidc_networks[] = {{"auto", Config::OidcNetwork::automatic},
                                                         {"public", Config::OidcNetwork::public_addresses},
                                                         {"loopback", Config::OidcNetwork::loopback},
                                                         {"any", Config::OidcNetwork::any}};
constexpr Choice<Config::OidcHttp> oidc_https[] = {{"loopback", Config::OidcHttp::loopback},
                                                   {"anywhere", Config::OidcHttp::anywhere}};

/// ISSUER=FILE and so on, onto those that are set already.
bool set_oidc_jwks(Config& config, const std::string& text) {
    std::vector<std::string> items;
    if (!set_list(items, text, is_not_empty)) return false;
    for (const std::string& item : items) {
        const std::size_t equals = item.rfind('=');
        const bool is_url = item.starts_with("https://") || item.starts_with("http://");
        if (!is_url || equals == std::string::npos || equals + 1 == item.size()) return false;
        config.oidc_jwks[item.substr(0, equals)] = item.substr(equals + 1);
    }
    return true;
}

}  // namespace

std::span<const Setting> settings_of_federation() {
    static const Setting settings[] = {
        {"federation", "MODE", "aws: take SAML assertions as AWS does; strict: refuse more of them", "aws or strict",
         [](Config& c, const std::string& t) { return set_choice(c.federation, t, federations); },
         [](const Config& c) { return show_choice(c.federation, federations); }},
        {"oidc-jwks", "ISSUER=FILE",
         "Keys of an identity provider, a JSON Web Key Set: it is not asked for them; repeatable",
         "ISSUER=FILE, the issuer with https:// or http://", set_oidc_jwks,
         [](const Config& c) { return show_pairs(c.oidc_jwks); }, false, true},
        {"oidc-ca-file", "FILE",
         "PEM file of the authorities that certify identity providers, in place of the system's", "a file",
         [](Config& c, const std::string& t) { return c.oidc_ca_file = t, !t.empty(); },
         [](const Config& c) { return c.oidc_ca_file; }},
        {"oidc-network", "WHERE",
         "Where identity providers are asked: public, loopback (too), any (private networks too), auto",
         "auto, public, loopback or any",
         [](Config& c, const std::string& t) { return set_choice(c.oidc_network, t, oidc_networks); },
         [](const Config& c) { return show_choice(c.oidc_network, oidc_networks); }},
        {"oidc-http", "WHERE", "Where identity providers are asked without TLS: loopback, or anywhere",
         "loopback or anywhere", [](Config& c, const std::string& t) { return set_choice(c.oidc_http, t, oidc_https); },
         [](const Config& c) { return show_choice(c.oidc_http, oidc_https); }},
    };
    return settings;
}

}  // namespace iamlocal::cli
