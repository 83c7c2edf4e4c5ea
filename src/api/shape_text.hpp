// What the patterns of AWS's models are made of: the predicates of shapes are written with these.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace iamlocal::shape {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
/// `\w`
inline bool is_word(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; }
inline bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

template <class Predicate>
bool every(std::string_view text, Predicate predicate) {
    return std::all_of(text.begin(), text.end(), predicate);
}

/// Characters of well-formed UTF-8, which lengths in AWS's models count.
inline std::size_t length_of(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

/// The parameters of a request are well-formed UTF-8 by the time they get here; false for what is not.
bool every_code_point(std::string_view text, bool (*predicate)(std::int32_t code_point));

// Two patterns that IAM and STS have both.

inline constexpr const char* name_pattern = R"([\w+=,.@-]+)";
bool is_name(std::string_view text);

inline constexpr const char* document_pattern = R"([\u0009\u000A\u000D\u0020-\u00FF]+)";
/// Latin-1 without control characters other than tab and line ends.
bool is_document(std::string_view text);

}  // namespace iamlocal::shape
