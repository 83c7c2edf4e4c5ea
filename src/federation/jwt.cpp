#include "federation/jwt.hpp"

#include <algorithm>
#include <charconv>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"

namespace iamlocal::federation {
namespace {

using nlohmann::json;

constexpr std::string_view tags_claim = "https://aws.amazon.com/tags";
constexpr std::string_view flat_tag_prefix = "https://aws.amazon.com/tags/principal_tags/";
constexpr std::string_view flat_transitive_claim = "https://aws.amazon.com/tags/transitive_tag_keys";
constexpr std::string_view roles_claim = "https://aws.amazon.com/roles";

struct Parts {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
};

std::optional<Parts> split(std::string_view compact) {
    const std::size_t first = compact.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t second = compact.find('.', first + 1);
    if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos)
        return std::nullopt;
    return Parts{compact.substr(0, first), compact.substr(first + 1, second - first - 1), compact.substr(second + 1)};
}

/// Of two equal names the reader keeps the last. It takes a NUL for the end.
std::optional<json> read_object(std::string_view encoded) {
    const std::optional<std::string> text = base64url_decode(encoded);
    if (!text || text->find('\0') != std::string::npos) return std::nullopt;
    json object = json::parse(*text, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    return object;
}

/// Null if there is none, or if it is null.
const json* find(const json& object, std::string_view name) {
    const auto found = object.find(std::string(name));
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> text_of(const json& value) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number() || value.is_boolean()) return value.dump();
    return std::nullopt;
}

std::optional<std::vector<std::string>> texts_of(const json& list) {
    std::vector<std::string> texts;
    for (const json& item : list) {
        std::optional<std::string> text = text_of(item);
        if (!text) return std::nullopt;
        texts.push_back(*std::move(text));
    }
    return texts;
}

std::optional<std::vector<std::string>> strings_of(const json& value) {
    std::vector<std::string> texts;
    if (!value.is_array()) return std::nullopt;
    for (const json& item : value) {
        if (!item.is_string()) return std::nullopt;
        texts.push_back(item.get<std::string>());
    }
    return texts;
}

TokenTime read_time(const json& claims, std::string_view name) {
    const json* const value = find(claims, name);
    if (value == nullptr) return {};
    TokenTime time{.is_given = true, .seconds = {}};
    const std::string text = value->is_string() ? value->get<std::string>() : value->dump();
    if (!value->is_string() && !value->is_number_integer()) return time;
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error == std::errc{} && end == text.data() + text.size()) time.seconds = seconds;
    return time;
}

void read_registered(const json& object, Claims& claims) {
    const auto read_text = [&](std::string_view name, std::optional<std::string>& into, bool takes_numbers) {
        const json* const value = find(object, name);
        if (value == nullptr) return;
        if (value->is_string() || (takes_numbers && value->is_number()))
            into = text_of(*value);
        else
            claims.has_wrong_types = true;
    };
    read_text("iss", claims.issuer, false);
    read_text("sub", claims.subject, true);
    read_text("azp", claims.authorized_party, false);
    if (const json* const audience = find(object, "aud")) {
        claims.audience = audience->is_string() ? std::vector{audience->get<std::string>()} : strings_of(*audience);
        if (!claims.audience) claims.has_wrong_types = true;
    }
    claims.issued_at = read_time(object, "iat");
    claims.expires = read_time(object, "exp");
    claims.not_before = read_time(object, "nbf");
}

void read_values(const json& object, Claims& claims) {
    for (const auto& [name, value] : object.items()) {
        if (std::optional<std::string> text = text_of(value))
            claims.values.push_back({name, {*std::move(text)}, false});
        else if (value.is_array())
            if (auto texts = texts_of(value)) claims.values.push_back({name, *std::move(texts), true});
    }
}

/// {"principal_tags": {"key": ["value"]}, "transitive_tag_keys": ["key"]}
bool read_nested_tags(const json& tags, Claims& claims) {
    if (!tags.is_object()) return false;
    if (const json* const principal = find(tags, "principal_tags")) {
        if (!principal->is_object()) return false;
        for (const auto& [key, values] : principal->items()) {
            if (!values.is_array() || values.size() != 1 || !values[0].is_string()) return false;
            claims.principal_tags.emplace_back(key, values[0].get<std::string>());
        }
    }
    if (const json* const transitive = find(tags, "transitive_tag_keys")) {
        auto keys = strings_of(*transitive);
        if (!keys) return false;
        claims.transitive_tag_keys = *std::move(keys);
    }
    return true;
}

bool read_flat_tags(const json& object, Claims& claims) {
    for (const auto& [name, value] : object.items()) {
        if (!std::string_view(name).starts_with(flat_tag_prefix)) continue;
        if (!value.is_string()) return false;
        claims.principal_tags.emplace_back(name.substr(flat_tag_prefix.size()), value.get<std::string>());
    }
    if (const json* const transitive = find(object, flat_transitive_claim)) {
        auto keys = strings_of(*transitive);
        if (!keys) return false;
        claims.transitive_tag_keys.insert(claims.transitive_tag_keys.end(), keys->begin(), keys->end());
    }
    return true;
}

void read_tags(const json& object, Claims& claims) {
    const json* const nested = find(object, tags_claim);
    claims.has_wrong_tags =
        (nested != nullptr && !read_nested_tags(*nested, claims)) || !read_flat_tags(object, claims);
}

/// A list, or a text with semicolons. What is neither names no role.
void read_roles(const json& object, Claims& claims) {
    const json* const roles = find(object, roles_claim);
    if (roles == nullptr) return;
    claims.roles.emplace();
    if (roles->is_string()) {
        const std::string text = roles->get<std::string>();
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t end = std::min(text.find(';', at), text.size());
            if (end > at) claims.roles->push_back(text.substr(at, end - at));
            at = end + 1;
        }
    } else if (auto list = strings_of(*roles)) {
        claims.roles = *std::move(list);
    }
}

}  // namespace

std::optional<Jwt> parse_jwt(std::string_view compact) {
    if (compact.size() > longest_token) return std::nullopt;
    const std::optional<Parts> parts = split(compact);
    if (!parts || parts->signature.empty()) return std::nullopt;
    const std::optional<json> header = read_object(parts->header);
    const std::optional<json> payload = read_object(parts->payload);
    std::optional<std::string> signature = base64url_decode(parts->signature);
    if (!header || !payload || !signature || header->contains("crit")) return std::nullopt;
    const json* const algorithm = find(*header, "alg");
    const json* const key_id = find(*header, "kid");
    if (algorithm == nullptr || !algorithm->is_string() || (key_id != nullptr && !key_id->is_string()))
        return std::nullopt;

    Jwt token;
    token.algorithm = algorithm->get<std::string>();
    if (key_id != nullptr) token.key_id = key_id->get<std::string>();
    token.signed_text = compact.substr(0, parts->header.size() + 1 + parts->payload.size());
    token.signature = *std::move(signature);
    read_registered(*payload, token.claims);
    read_values(*payload, token.claims);
    read_tags(*payload, token.claims);
    read_roles(*payload, token.claims);
    return token;
}

}  // namespace iamlocal::federation
