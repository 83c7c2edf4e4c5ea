#include "tools/printable.hpp"

#include "base/encoding.hpp"

namespace iamlocal::tools {
namespace {

/// The length of the character at the front, 1 for bytes that are none.
std::size_t character_size(std::string_view text) {
    for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size)
        if (is_utf8(text.substr(0, size))) return size;
    return 1;
}

bool is_printable(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (first < 0x80) return (first >= ' ' && first != 0x7F) || first == '\n' || first == '\t';
    if (character.size() == 1) return false;  // not UTF-8
    const bool is_c1 = first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
    return !is_c1 && character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";
}

}  // namespace

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::string_view character = text.substr(0, character_size(text));
        if (is_printable(character)) {
            out.append(character);
        } else {
            out.push_back('?');
        }
        text.remove_prefix(character.size());
    }
    return out;
}

}  // namespace iamlocal::tools
