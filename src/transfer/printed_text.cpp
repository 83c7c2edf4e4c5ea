#include "transfer/printed_text.hpp"

#include <cstdint>

namespace iamlocal::transfer {
namespace {

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";
constexpr std::uint32_t replacement = 0xfffd;

void append_utf8(std::string& out, std::uint32_t c) {
    const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xc0 | c >> 6);
    } else {
        if (c < 0x10000) {
            put(0xe0 | c >> 12);
        } else {
            put(0xf0 | c >> 18);
            put(0x80 | (c >> 12 & 0x3f));
        }
        put(0x80 | (c >> 6 & 0x3f));
    }
    put(0x80 | (c & 0x3f));
}

bool is_high(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

std::string utf8_of_utf16(std::string_view bytes, bool big_endian) {
    std::string out;
    const auto unit_at = [&](std::size_t at) -> std::uint32_t {
        if (at + 1 >= bytes.size()) return replacement;
        const auto first = static_cast<unsigned char>(bytes[at]);
        const auto second = static_cast<unsigned char>(bytes[at + 1]);
        return big_endian ? first << 8U | second : second << 8U | first;
    };
    for (std::size_t at = 0; at < bytes.size(); at += 2) {
        const std::uint32_t unit = unit_at(at);
        if (is_high(unit) && is_low(unit_at(at + 2))) {
            append_utf8(out, 0x10000 + ((unit - 0xd800) << 10) + (unit_at(at + 2) - 0xdc00));
            at += 2;
        } else {
            append_utf8(out, is_high(unit) || is_low(unit) ? replacement : unit);
        }
    }
    return out;
}

}  // namespace

std::string_view utf8_of_printed(std::string_view bytes, std::string& converted) {
    const bool big_endian = bytes.starts_with("\xfe\xff");
    if (big_endian || bytes.starts_with("\xff\xfe")) {
        converted = utf8_of_utf16(bytes.substr(2), big_endian);
        return converted;
    }
    if (bytes.starts_with(utf8_mark)) bytes.remove_prefix(utf8_mark.size());
    return bytes;
}

std::vector<std::string_view> json_parts(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    std::size_t depth = 0;
    bool in_text = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_text) {
            if (c == '\\')
                ++at;
            else if (c == '"')
                in_text = false;
            continue;
        }
        if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && depth > 0 && --depth == 0) {
            parts.push_back(text.substr(begin, at + 1 - begin));
            begin = at + 1;
        }
    }
    const std::string_view rest = text.substr(begin);
    if (parts.empty() || rest.find_first_not_of(" \t\r\n") != std::string_view::npos) parts.push_back(rest);
    return parts;
}

}  // namespace iamlocal::transfer
