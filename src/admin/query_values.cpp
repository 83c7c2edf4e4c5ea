#include "admin/query_values.hpp"

#include <charconv>

#include "base/time_format.hpp"

namespace iamlocal::admin {

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Instant> parse_since(std::string_view text, Instant now) {
    if (const auto seconds = parse_number(text); seconds && *seconds < 253402300800)
        return Instant(std::chrono::seconds(*seconds));
    if (const auto ago = parse_duration(text)) return now - *ago;
    return parse_iso8601(text);
}

}  // namespace iamlocal::admin
