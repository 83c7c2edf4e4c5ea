// Values of settings, from their texts and back. Setting one from an impossible text gives false.
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace iamlocal::cli {

template <class Number>
bool set_number(Number& target, const std::string& text, Number least, Number most) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) return false;
    target = number;
    return true;
}

inline bool set_seconds(std::chrono::seconds& target, const std::string& text) {
    std::int64_t count = 0;
    if (!set_number<std::int64_t>(count, text, 1, 86400)) return false;
    target = std::chrono::seconds(count);
    return true;
}

template <class Enum>
struct Choice {
    const char* text;
    Enum value;
};

template <class Enum, std::size_t N>
bool set_choice(Enum& target, const std::string& text, const Choice<Enum> (&choices)[N]) {
    const auto* found =
        std::find_if(std::begin(choices), std::end(choices), [&](const auto& choice) { return text == choice.text; });
    if (found == std::end(choices)) return false;
    target = found->value;
    return true;
}

template <class Enum, std::size_t N>
std::string show_choice(Enum value, const Choice<Enum> (&choices)[N]) {
    for (const auto& choice : choices)
        if (choice.value == value) return choice.text;
    return {};
}

/// Takes a list with commas, each item of which must be good.
inline bool set_list(std::vector<std::string>& target, std::string_view text, bool (*is_good)(std::string_view item)) {
    target.clear();
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        const std::string_view item = text.substr(begin, comma - begin);
        if (!is_good(item)) return false;
        target.emplace_back(item);
        begin = comma + 1;
    }
    return true;
}

inline std::string show_list(const std::vector<std::string>& list) { return fmt::format("{}", fmt::join(list, ",")); }

inline bool is_not_empty(std::string_view text) { return !text.empty(); }

inline bool is_host_name(std::string_view text) {
    return text == "*" || (!text.empty() && text.find_first_of(":/*@ ") == std::string_view::npos);
}

/// As browsers write it: scheme, name and port, without a path.
inline bool is_origin(std::string_view text) {
    if (text == "*" || text == "null") return true;
    const std::size_t colon = text.find("://");
    if (colon == 0 || colon == std::string_view::npos) return false;
    const std::string_view authority = text.substr(colon + 3);
    return !authority.empty() && authority.find_first_of("/?#*@ ") == std::string_view::npos && fold_case(text) == text;
}

/// NAME=VALUE and so on.
inline bool set_pairs(std::map<std::string, std::string>& target, const std::string& text) {
    std::vector<std::string> items;
    if (!set_list(items, text, is_not_empty)) return false;
    target.clear();
    for (const std::string& item : items) {
        const std::size_t equals = item.find('=');
        if (equals == 0 || equals == std::string::npos || equals + 1 == item.size()) return false;
        if (!target.emplace(item.substr(0, equals), item.substr(equals + 1)).second) return false;
    }
    return true;
}

inline std::string show_pairs(const std::map<std::string, std::string>& pairs) {
    std::string out;
    for (const auto& [name, value] : pairs) out.append(fmt::format("{}{}={}", out.empty() ? "" : ",", name, value));
    return out;
}

}  // namespace iamlocal::cli
