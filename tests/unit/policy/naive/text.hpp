// Characters, wildcards and policy variables, the plain way: part of the second evaluator (see combine.hpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/request.hpp"

namespace iamlocal::naive {

using Text = std::u32string;

/// UTF-8 to units of UTF-16, which is what `?` counts; a byte that belongs to no character counts as one.
inline Text characters(std::string_view bytes) {
    Text text;
    for (std::size_t i = 0; i < bytes.size();) {
        const auto lead = static_cast<unsigned char>(bytes[i++]);
        const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
        char32_t c = lead & (more == 0 ? 0xFFU : 0x3FU >> more);
        for (std::size_t k = 0; k < more && i < bytes.size(); ++k) {
            c = (c << 6) | (static_cast<unsigned char>(bytes[i++]) & 0x3FU);
        }
        if (c > 0xFFFF) {
            text += 0xD800 + ((c - 0x10000) >> 10);
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        text += c;
    }
    return text;
}

inline std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

/// One character of a pattern: itself, or when `wild` the `*` or `?` that it looks like.
struct Symbol {
    char32_t c;
    bool wild;
};
using Pattern = std::vector<Symbol>;

/// Follows all ways through the pattern at once: the places in the text where what was read of it may have ended.
inline bool glob(const Pattern& pattern, const Text& text) {
    std::vector<bool> ends(text.size() + 1, false);
    ends[0] = true;
    for (const Symbol& symbol : pattern) {
        std::vector<bool> next(text.size() + 1, false);
        for (std::size_t i = 0; i <= text.size(); ++i) {
            if (symbol.wild && symbol.c == U'*') {
                next[i] = ends[i] || (i > 0 && next[i - 1]);
            } else if (i > 0) {
                next[i] = ends[i - 1] && (symbol.wild || symbol.c == text[i - 1]);
            }
        }
        ends = next;
    }
    return ends[text.size()];
}

inline Pattern pattern_of(const Text& text, bool wildcards) {
    Pattern pattern;
    for (const char32_t c : text) pattern.push_back({c, wildcards && (c == U'*' || c == U'?')});
    return pattern;
}

/// The value between `${` and `}`: a special character, the value of a key, or the default of an absent one.
inline std::optional<std::string> value_of_variable(const std::string& name, const policy::RequestContext& context) {
    if (name == "*" || name == "?" || name == "$") return name;
    std::string key = name;
    std::optional<std::string> fallback;
    const std::size_t comma = name.find(", '");
    if (comma != std::string::npos && name.size() > comma + 3 && name.back() == '\'') {
        key = name.substr(0, comma);
        fallback = name.substr(comma + 3, name.size() - comma - 4);
    }
    const std::optional<policy::Values> values = context.find(lowered(key));
    if (!values) return fallback;
    if (values->multivalued) return std::nullopt;
    return values->items.at(0);
}

/// Where the variable that begins at `start` ends: at its `}`, which a default between quotes may contain.
inline std::size_t end_of_variable(std::string_view value, std::size_t start) {
    const std::size_t brace = value.find('}', start);
    const std::size_t quote = value.find(", '", start);
    if (quote >= brace) return brace;
    const std::size_t close = value.find("'}", quote + 3);
    return close == std::string_view::npos ? brace : close + 1;
}

/// A policy value with its variables replaced; nothing when one of them has no value.
inline std::optional<Pattern> expanded(std::string_view value, bool wildcards, bool variables,
                                       const policy::RequestContext& context) {
    Pattern pattern;
    while (!value.empty()) {
        const std::size_t start = variables ? value.find("${") : std::string_view::npos;
        const std::size_t end = start == std::string_view::npos ? start : end_of_variable(value, start);
        const Pattern before =
            pattern_of(characters(value.substr(0, end == std::string_view::npos ? end : start)), wildcards);
        pattern.insert(pattern.end(), before.begin(), before.end());
        if (end == std::string_view::npos) break;
        const auto replacement = value_of_variable(std::string(value.substr(start + 2, end - start - 2)), context);
        if (!replacement) return std::nullopt;
        const Pattern literal = pattern_of(characters(*replacement), false);
        pattern.insert(pattern.end(), literal.begin(), literal.end());
        value.remove_prefix(end + 1);
    }
    return pattern;
}

/// Whether there is a variable in a value; the three special characters are none.
inline bool has_variable(std::string_view value) {
    for (std::size_t start = value.find("${"); start != std::string_view::npos; start = value.find("${", start)) {
        const std::size_t end = end_of_variable(value, start);
        if (end == std::string_view::npos) return false;
        const std::string_view name = value.substr(start + 2, end - start - 2);
        if (name != "*" && name != "?" && name != "$") return true;
        start = end;
    }
    return false;
}

/// A policy value without wildcards as text, its variables replaced. All of them have a value.
inline std::string text_of(std::string_view value, bool variables, const policy::RequestContext& context) {
    std::string text;
    while (true) {
        const std::size_t start = variables ? value.find("${") : std::string_view::npos;
        const std::size_t end = start == std::string_view::npos ? start : end_of_variable(value, start);
        if (end == std::string_view::npos) return text.append(value);
        text.append(value.substr(0, start));
        text.append(*value_of_variable(std::string(value.substr(start + 2, end - start - 2)), context));
        value.remove_prefix(end + 1);
    }
}

/// Cut at the first five colons: at most six parts.
template <class Sequence, class IsColon>
std::vector<Sequence> parts_of_arn(const Sequence& arn, IsColon is_colon) {
    std::vector<Sequence> parts(1);
    for (const auto& c : arn) {
        if (parts.size() < 6 && is_colon(c)) {
            parts.emplace_back();
        } else {
            parts.back().push_back(c);
        }
    }
    return parts;
}

inline std::vector<Text> parts_of_arn(const Text& arn) {
    return parts_of_arn(arn, [](char32_t c) { return c == U':'; });
}

inline std::vector<std::string> parts_of_arn(const std::string& arn) {
    return parts_of_arn(arn, [](char c) { return c == ':'; });
}

}  // namespace iamlocal::naive
