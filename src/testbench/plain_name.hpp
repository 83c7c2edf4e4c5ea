// What somebody may call a snapshot or a recording: it stands in paths, and may be a file's name.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace iamlocal::testbench {

inline constexpr std::size_t longest_plain_name = 64;

/// 1 to 64 letters, digits and `._-`, the first of which is a letter or digit.
inline bool is_plain_name(std::string_view text) {
    const auto is_letter_or_digit = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    return !text.empty() && text.size() <= longest_plain_name && is_letter_or_digit(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [&](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace iamlocal::testbench
