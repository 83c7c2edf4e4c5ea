// Texts without the white space around them.
#pragma once

#include <string_view>

namespace iamlocal::tools {

inline std::string_view trim(std::string_view text) {
    constexpr std::string_view white_space = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(white_space);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(white_space) - begin + 1);
}

}  // namespace iamlocal::tools
