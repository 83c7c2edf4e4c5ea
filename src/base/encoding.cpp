#include "base/encoding.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "base/words.hpp"

namespace iamlocal {
namespace {

constexpr char lower_hex[] = "0123456789abcdef";
constexpr char upper_hex[] = "0123456789ABCDEF";
constexpr char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::array<char, 2>, 256> hex_pairs = [] {
    std::array<std::array<char, 2>, 256> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte) table[byte] = {lower_hex[byte >> 4], lower_hex[byte & 15]};
    return table;
}();

constexpr std::array<bool, 256> unreserved = [] {
    std::array<bool, 256> table{};
    for (int c = 'a'; c <= 'z'; ++c) table[c] = true;
    for (int c = 'A'; c <= 'Z'; ++c) table[c] = true;
    for (int c = '0'; c <= '9'; ++c) table[c] = true;
    for (const char c : {'-', '.', '_', '~'}) table[static_cast<unsigned char>(c)] = true;
    return table;
}();

/// The two digits of twelve bits.
constexpr std::array<std::array<char, 2>, 4096> base64_pairs = [] {
    std::array<std::array<char, 2>, 4096> table{};
    for (std::size_t bits = 0; bits < table.size(); ++bits)
        table[bits] = {base64_alphabet[bits >> 6], base64_alphabet[bits & 63]};
    return table;
}();

/// The values of digits, the last two of which differ; for other bytes a value that is none.
constexpr unsigned char no_digit = 0x80;
using DigitValues = std::array<unsigned char, 256>;
constexpr DigitValues values_with(char second_last, char last) {
    DigitValues table{};
    table.fill(no_digit);
    for (unsigned char i = 0; i < 62; ++i) table[static_cast<unsigned char>(base64_alphabet[i])] = i;
    table[static_cast<unsigned char>(second_last)] = 62;
    table[static_cast<unsigned char>(last)] = 63;
    return table;
}
constexpr DigitValues base64_values = values_with('+', '/');
constexpr DigitValues base64url_values = values_with('-', '_');

/// Digits without padding. Nothing where there is something else, or bits that belong to no byte are set.
std::optional<std::string> decode_digits(std::string_view digits, const DigitValues& values) {
    const std::size_t rest = digits.size() % 4;
    if (rest == 1) return std::nullopt;
    std::string out(digits.size() / 4 * 3 + (rest == 0 ? 0 : rest - 1), '\0');
    char* to = out.data();
    const auto value = [&](std::size_t at) { return std::uint32_t{values[static_cast<unsigned char>(digits[at])]}; };
    std::uint32_t wrong = 0;
    std::size_t at = 0;
    for (; digits.size() - at >= 4; at += 4) {
        const std::uint32_t a = value(at), b = value(at + 1), c = value(at + 2), d = value(at + 3);
        wrong |= a | b | c | d;
        const std::uint32_t bits = (a << 18) | (b << 12) | (c << 6) | d;
        *to++ = static_cast<char>(bits >> 16);
        *to++ = static_cast<char>(bits >> 8);
        *to++ = static_cast<char>(bits);
    }
    if (rest > 0) {
        const std::uint32_t a = value(at), b = value(at + 1), c = rest == 3 ? value(at + 2) : 0;
        wrong |= a | b | c;
        const std::uint32_t bits = (a << 12) | (b << 6) | c;
        *to++ = static_cast<char>(bits >> 10);
        if (rest == 3) *to++ = static_cast<char>(bits >> 2);
        if ((bits & (rest == 3 ? 3U : 1023U)) != 0) return std::nullopt;
    }
    if ((wrong & no_digit) != 0) return std::nullopt;
    return out;
}

/// Whether eight bytes stand in JSON as they are.
constexpr bool is_plain_json(std::uint64_t word) {
    return (any_less(word, 0x20) | any_equal(word, 0x7f) | any_equal(word, '"') | any_equal(word, '\\')) == 0;
}

/// How many bytes at the beginning are well-formed UTF-8.
std::size_t utf8_prefix(std::string_view text) {
    const std::size_t size = text.size();
    std::size_t i = 0;
    while (i < size) {
        if (size - i >= 8 && any_beyond_ascii(load_word(text.data() + i)) == 0) {
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
        std::memcpy(digit, hex_pairs[byte].data(), 2);
        digit += 2;
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
    const unsigned char* byte = bytes.data();
    std::size_t left = bytes.size();
    // Two digits at a time: a session token has hundreds.
    for (; left >= 3; left -= 3, byte += 3, at += 4) {
        std::memcpy(at, base64_pairs[(byte[0] << 4) | (byte[1] >> 4)].data(), 2);
        std::memcpy(at + 2, base64_pairs[((byte[1] & 15) << 8) | byte[2]].data(), 2);
    }
    if (left == 0) return out;
    std::memcpy(at, base64_pairs[(byte[0] << 4) | (left == 2 ? byte[1] >> 4 : 0)].data(), 2);
    if (left == 2) at[2] = base64_alphabet[(byte[1] & 15) << 2];
    return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    return decode_digits(text, base64_values);
}

std::string base64url_encode(std::string_view bytes) {
    std::string text = base64_encode(as_bytes(bytes));
    while (text.ends_with('=')) text.pop_back();
    for (char& c : text) {
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return text;
}

std::optional<std::string> base64url_decode(std::string_view text) { return decode_digits(text, base64url_values); }

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
        while (text.size() - i >= 8 && is_plain_json(load_word(text.data() + i))) i += 8;
        if (i == text.size()) break;
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

bool equal_bytes_ignoring_case(const char* a, const char* b, std::size_t size) {
    std::size_t i = 0;
    for (; size - i >= 8; i += 8)
        if (fold_case(load_word(a + i)) != fold_case(load_word(b + i))) return false;
    for (; i < size; ++i)
        if (fold_case(a[i]) != fold_case(b[i])) return false;
    return true;
}

}  // namespace iamlocal
