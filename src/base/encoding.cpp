#include "base/encoding.hpp"

#include <array>
#include <cstdint>

namespace iamlocal {
namespace {

constexpr char lower_hex[] = "0123456789abcdef";
constexpr char upper_hex[] = "0123456789ABCDEF";
constexpr char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<bool, 256> unreserved = [] {
    std::array<bool, 256> table{};
    for (int c = 'a'; c <= 'z'; ++c) table[c] = true;
    for (int c = 'A'; c <= 'Z'; ++c) table[c] = true;
    for (int c = '0'; c <= '9'; ++c) table[c] = true;
    for (const char c : {'-', '.', '_', '~'}) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

constexpr std::array<std::int16_t, 256> base64_values = [] {
    std::array<std::int16_t, 256> table{};
    for (auto& value : table) value = -1;
    for (int i = 0; i < 64; ++i) table[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::int16_t>(i);
    return table;
}();

/// How many bytes at the beginning are well-formed UTF-8.
std::size_t utf8_prefix(std::string_view text) {
    const std::size_t size = text.size();
    std::size_t i = 0;
    while (i < size) {
        if (size - i >= 8 && (load_word(text.data() + i) & 0x8080808080808080U) == 0) {
            i += 8;
            continue;
        }
        const auto first = static_cast<unsigned char>(text[i]);
        if (first < 0x80) {
            ++i;
            continue;
        }
        std::size_t length = 0;
        std::uint32_t code = 0;
        std::uint32_t least = 0;
        if ((first & 0xe0) == 0xc0) {
            length = 2, code = first & 0x1f, least = 0x80;
        } else if ((first & 0xf0) == 0xe0) {
            length = 3, code = first & 0x0f, least = 0x800;
        } else if ((first & 0xf8) == 0xf0) {
            length = 4, code = first & 0x07, least = 0x10000;
        } else {
            return i;
        }
        if (size - i < length) return i;
        for (std::size_t k = 1; k < length; ++k) {
            const auto next = static_cast<unsigned char>(text[i + k]);
            if ((next & 0xc0) != 0x80) return i;
            code = (code << 6) | (next & 0x3f);
        }
        if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return i;
        i += length;
    }
    return size;
}

}  // namespace

void hex_append(std::string& out, std::span<const unsigned char> bytes) {
    const std::size_t begin = out.size();
    out.resize(begin + bytes.size() * 2);
    char* digit = out.data() + begin;
    for (const unsigned char byte : bytes) {
        *digit++ = lower_hex[byte >> 4];
        *digit++ = lower_hex[byte & 15];
    }
}

std::string hex_encode(std::span<const unsigned char> bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    hex_append(out, bytes);
    return out;
}

std::string base32_encode(std::span<const unsigned char> bytes) {
    constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string out;
    out.reserve((bytes.size() * 8 + 4) / 5);
    std::uint32_t bits = 0;
    int count = 0;
    for (const unsigned char byte : bytes) {
        bits = ((bits << 8) | byte) & 0xfff;  // at most four bits are left over, and eight come
        for (count += 8; count >= 5; count -= 5) out.push_back(digits[(bits >> (count - 5)) & 31]);
    }
    if (count > 0) out.push_back(digits[(bits << (5 - count)) & 31]);
    return out;
}

std::string base64_encode(std::span<const unsigned char> bytes) {
    std::string out((bytes.size() + 2) / 3 * 4, '=');
    char* at = out.data();
    const auto put = [&at](std::uint32_t group, int digits) {
        for (int shift = 18; digits > 0; shift -= 6, --digits) *at++ = base64_alphabet[(group >> shift) & 63];
    };
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3)
        put((std::uint32_t{bytes[i]} << 16) | (std::uint32_t{bytes[i + 1]} << 8) | bytes[i + 2], 4);
    if (bytes.size() - i == 1) put(std::uint32_t{bytes[i]} << 16, 2);
    if (bytes.size() - i == 2) put((std::uint32_t{bytes[i]} << 16) | (std::uint32_t{bytes[i + 1]} << 8), 3);
    return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::size_t padding = 0;
    while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
    const std::string_view digits = text.substr(0, text.size() - padding);
    std::string out;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : digits) {
        const int value = base64_values[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt;
        bits = (bits << 6) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            out.push_back(static_cast<char>((bits >> count) & 0xff));
        }
    }
    if ((bits & ((1U << count) - 1)) != 0) return std::nullopt;
    return out;
}

void percent_append(std::string& out, std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (unreserved[byte]) {
            out.push_back(c);
            continue;
        }
        out.push_back('%');
        out.push_back(upper_hex[byte >> 4]);
        out.push_back(upper_hex[byte & 15]);
    }
}

std::string percent_encode(std::string_view text) {
    std::string out;
    out.reserve(text.size() + text.size() / 2);
    percent_append(out, text);
    return out;
}

std::optional<std::string> percent_decode(std::string_view text, PlusIs plus) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::optional<char> byte = take_encoded_byte(text, at, plus);
        if (!byte) return std::nullopt;
        out.push_back(*byte);
    }
    return out;
}

void json_append(std::string& out, std::string_view text) {
    std::string repaired;
    if (!is_utf8(text)) {
        append_repaired(repaired, text);
        text = repaired;
    }
    std::size_t copied = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool control = byte < 0x20 || byte == 0x7f;
        if (!control && byte != '"' && byte != '\\') continue;
        out.append(text, copied, i - copied);
        copied = i + (control ? 1 : 0);
        out.push_back('\\');
        if (control) {
            out.append("u00");
            out.push_back(lower_hex[byte >> 4]);
            out.push_back(lower_hex[byte & 15]);
        }
    }
    out.append(text, copied);
}

bool is_utf8(std::string_view text) { return utf8_prefix(text) == text.size(); }

void append_repaired(std::string& out, std::string_view text) {
    while (true) {
        const std::size_t good = utf8_prefix(text);
        out.append(text.substr(0, good));
        if (good == text.size()) return;
        out.append("\xEF\xBF\xBD");
        text.remove_prefix(good + 1);
    }
}

std::string fold_case(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = fold_case(c);
    return out;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (fold_case(a[i]) != fold_case(b[i])) return false;
    return true;
}

}  // namespace iamlocal
