#include "metadata/instance_tokens.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace iamlocal::metadata {
namespace {

constexpr std::string_view binding = "iamlocal instance metadata token";
constexpr std::int64_t longest_lifetime = 21600;

std::optional<std::int64_t> parse_number(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace

std::string InstanceTokens::issue(Seconds now, std::chrono::seconds lifetime) const {
    const std::string end = fmt::format("{}", (now + lifetime).time_since_epoch().count());
    return base64_encode(as_bytes(seal(key_, end, binding, entropy_)));
}

bool InstanceTokens::is_good(std::string_view token, Seconds now) const {
    const std::optional<std::string> sealed = base64_decode(token);
    if (!sealed) return false;
    const std::optional<std::string> end = open_sealed(key_, *sealed, binding);
    const std::optional<std::int64_t> seconds = end ? parse_number(*end) : std::nullopt;
    return seconds && now.time_since_epoch().count() < *seconds;
}

std::optional<std::chrono::seconds> InstanceTokens::parse_lifetime(std::string_view text) {
    const std::optional<std::int64_t> number = parse_number(text);
    if (!number || *number < 1 || *number > longest_lifetime) return std::nullopt;
    return std::chrono::seconds(*number);
}

}  // namespace iamlocal::metadata
