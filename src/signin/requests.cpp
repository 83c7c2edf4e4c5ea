#include "signin/requests.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace iamlocal::signin {
namespace {

constexpr std::size_t most_state_bytes = 1024;
constexpr std::size_t challenge_size = 43;
constexpr std::string_view confirmation_path = "/v1/sessions/confirmation";
constexpr std::string_view callback_path = "/oauth/callback";

bool read_pairs(std::string_view text, Fields& fields) {
    FormPairs pairs(text);
    while (const auto pair = pairs.next()) {
        auto name = percent_decode(pair->name, PlusIs::space);
        auto value = percent_decode(pair->value, PlusIs::space);
        if (!name || !value || !is_utf8(*name) || !is_utf8(*value)) return false;
        if (!fields.emplace(*std::move(name), *std::move(value)).second) return false;
    }
    return true;
}

std::string_view query_string(std::string_view target) {
    const std::size_t mark = target.find('?');
    return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

bool is_of_type(const http::Request& request, std::string_view type) {
    const std::string_view given = request.header("content-type");
    return equals_ignoring_case(given.substr(0, given.find(';')), type);
}

/// `code_verifier` as `codeVerifier`.
std::string camel_case(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool is_start = name[i] == '_' && i + 1 < name.size() && name[i + 1] >= 'a' && name[i + 1] <= 'z';
        out.push_back(is_start ? static_cast<char>(name[++i] - 'a' + 'A') : name[i]);
    }
    return out;
}

bool is_unreserved(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("-._~").find(c) != std::string_view::npos;
    });
}

/// A URL's authority and what follows it.
struct Address {
    std::string_view scheme;
    std::string_view host;
    std::string_view port;
    std::string_view rest;
};

/// A name or an address as browsers and others read it alike.
bool is_host(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view(".-:[]").find(c) != std::string_view::npos;
    });
}

/// Empty: the scheme's.
bool is_port(std::string_view text) {
    if (text.empty()) return true;
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

std::optional<Address> parse_address(std::string_view url) {
    Address address;
    const std::size_t colon = url.find("://");
    if (colon == std::string_view::npos) return std::nullopt;
    // What browsers and others read in different ways.
    if (std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c > '~' || c == '\\' || c == '@'; }))
        return std::nullopt;
    address.scheme = url.substr(0, colon);
    if (address.scheme != "http" && address.scheme != "https") return std::nullopt;
    std::string_view authority = url.substr(colon + 3);
    const std::size_t end = std::min(authority.find_first_of("/?#"), authority.size());
    address.rest = authority.substr(end);
    authority = authority.substr(0, end);
    const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
    if (bracket == std::string_view::npos) return std::nullopt;
    const std::size_t port = std::min(authority.find(':', bracket), authority.size());
    address.host = authority.substr(0, port);
    address.port = authority.substr(std::min(port + 1, authority.size()));
    if (!is_host(address.host) || !is_port(address.port)) return std::nullopt;
    return address;
}

bool is_here(std::string_view host) {
    return host == "127.0.0.1" || host == "[::1]" || equals_ignoring_case(host, "localhost");
}

bool is_callback(std::string_view url) {
    const std::optional<Address> address = parse_address(url);
    return address && address->scheme == "http" && is_here(address->host) && !address->port.empty() &&
           address->rest == callback_path;
}

}  // namespace

std::optional<Fields> read_fields(const http::Request& request) {
    Fields fields;
    if (!read_pairs(query_string(request.target), fields)) return std::nullopt;
    if (request.body.empty()) return fields;
    if (!is_of_type(request, "application/x-www-form-urlencoded") || !read_pairs(request.body, fields))
        return std::nullopt;
    return fields;
}

std::optional<Fields> read_token_fields(const http::Request& request) {
    Fields fields;
    if (is_of_type(request, "application/x-www-form-urlencoded")) {
        Fields form;
        if (!read_pairs(request.body, form)) return std::nullopt;
        for (auto& [name, value] : form)
            if (!fields.emplace(camel_case(name), std::move(value)).second) return std::nullopt;
        return fields;
    }
    const nlohmann::json object = nlohmann::json::parse(request.body, nullptr, false);
    if (!is_of_type(request, "application/json") || !object.is_object()) return std::nullopt;
    for (const auto& item : object.items()) {
        if (item.value().is_null()) continue;
        if (!item.value().is_string()) return std::nullopt;
        fields.emplace(item.key(), item.value().get<std::string>());
    }
    return fields;
}

std::string_view field(const Fields& fields, std::string_view name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::string origin_of(const http::Request& request) {
    return std::string(request.secure ? "https://" : "http://").append(request.header("host"));
}

std::optional<AuthorizeRequest> read_authorize(const Fields& fields, const std::string& origin) {
    AuthorizeRequest asked{std::string(field(fields, "client_id")), std::string(field(fields, "state")),
                           std::string(field(fields, "code_challenge")), std::string(field(fields, "redirect_uri"))};
    if (asked.client_id != same_device && asked.client_id != cross_device) return std::nullopt;
    if (field(fields, "response_type") != "code" || field(fields, "scope") != "openid" ||
        field(fields, "code_challenge_method") != "SHA-256")
        return std::nullopt;
    if (asked.challenge.size() != challenge_size || !is_unreserved(asked.challenge)) return std::nullopt;
    if (asked.state.empty() || asked.state.size() > most_state_bytes) return std::nullopt;
    const bool is_good = asked.is_remote() ? asked.redirect_uri == origin + std::string(confirmation_path)
                                           : is_callback(asked.redirect_uri);
    if (!is_good) return std::nullopt;
    return asked;
}

bool is_destination(std::string_view url) {
    const std::optional<Address> address = parse_address(url);
    if (!address) return false;
    if (is_here(address->host)) return true;
    constexpr std::array<std::string_view, 3> consoles{".aws.amazon.com", ".amazonaws-us-gov.com", ".amazonaws.cn"};
    return address->scheme == "https" && std::any_of(consoles.begin(), consoles.end(), [&](std::string_view domain) {
               return fold_case(address->host).ends_with(domain);
           });
}

bool matches_challenge(std::string_view verifier, std::string_view challenge) {
    constexpr std::size_t shortest = 43;
    constexpr std::size_t longest = 128;
    if (verifier.size() < shortest || verifier.size() > longest || !is_unreserved(verifier)) return false;
    const Digest digest = sha256(verifier);
    return equal_in_constant_time(base64url_encode({reinterpret_cast<const char*>(digest.data()), digest.size()}),
                                  challenge);
}

}  // namespace iamlocal::signin
