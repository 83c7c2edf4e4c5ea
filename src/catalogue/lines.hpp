// Reading the texts in the catalogue's blocks: lines, and fields between tabs.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace iamlocal::catalogue {

/// What is before the first `end`, or all of it; `text` is left with what is behind.
inline std::string_view cut(std::string_view& text, char end) {
    const std::size_t at = text.find(end);
    const std::string_view part = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return part;
}

/// Decimal digits and nothing else.
template <class Number>
std::optional<Number> parse_number(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

}  // namespace iamlocal::catalogue
