#include "federation/discovery_document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "federation/published_json.hpp"

namespace iamlocal::federation {
namespace {

using nlohmann::json;

std::string_view without_last_slash(std::string_view url) {
    if (url.ends_with('/')) url.remove_suffix(1);
    return url;
}

/// Empty for what is absent or no text.
std::string text_in(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || !found->is_string() ? std::string() : found->get<std::string>();
}

}  // namespace

std::string discovery_address(std::string_view issuer) {
    return std::string(without_last_slash(issuer)).append("/.well-known/openid-configuration");
}

std::variant<JwksAddress, DiscoveryFault> parse_discovery_document(std::string_view text, std::string_view issuer) {
    const std::optional<json> read = parse_published_json(text);
    if (!read || !read->is_object()) return DiscoveryFault{"its discovery document is no JSON object"};
    const json& document = *read;
    const std::string named = text_in(document, "issuer");
    if (without_last_slash(named) != without_last_slash(issuer))
        return DiscoveryFault{"its discovery document is that of another issuer"};
    std::string keys = text_in(document, "jwks_uri");
    if (keys.empty()) return DiscoveryFault{"its discovery document has no jwks_uri"};
    return JwksAddress{std::move(keys)};
}

}  // namespace iamlocal::federation
