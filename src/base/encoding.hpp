// Hex, base64 and percent encoding, escapes of JSON. Decoders return nothing for input that is not exactly of the form.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace iamlocal {

/// Lower-case hexadecimal.
std::string hex_encode(std::span<const unsigned char> bytes);
/// Appends lower-case hexadecimal to `out`.
void hex_append(std::string& out, std::span<const unsigned char> bytes);

/// RFC 4648, capital letters, without padding.
std::string base32_encode(std::span<const unsigned char> bytes);

/// RFC 4648 with padding.
std::string base64_encode(std::span<const unsigned char> bytes);
std::optional<std::string> base64_decode(std::string_view text);

/// RFC 4648's base64 for addresses, as JSON Web Tokens have it: without padding.
std::string base64url_encode(std::string_view bytes);
std::optional<std::string> base64url_decode(std::string_view text);

/// RFC 3986: everything but letters, digits and `-._~` becomes %XX in upper case; a space is %20.
std::string percent_encode(std::string_view text);
void percent_append(std::string& out, std::string_view text);

/// The values of hexadecimal digits; -1 of other bytes.
inline constexpr std::array<signed char, 256> hex_values = [] {
    std::array<signed char, 256> table{};
    for (auto& value : table) value = -1;
    for (int i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = static_cast<signed char>(i);
    for (int i = 0; i < 6; ++i) {
        table[static_cast<std::size_t>('a' + i)] = static_cast<signed char>(10 + i);
        table[static_cast<std::size_t>('A' + i)] = static_cast<signed char>(10 + i);
    }
    return table;
}();

constexpr int hex_value(char c) { return hex_values[static_cast<unsigned char>(c)]; }

enum class PlusIs { plus, space };

/// Reads one byte of percent-encoded text and moves `at`, which is within it, behind what it read. Nothing, and `at`
/// unmoved, for a '%' without two hex digits. Here, so that those who decode every request have it in their loops.
inline std::optional<char> take_encoded_byte(std::string_view text, std::size_t& at, PlusIs plus) {
    const char c = text[at];
    if (c == '%') {
        if (text.size() - at < 3) return std::nullopt;
        const int high = hex_value(text[at + 1]);
        const int low = hex_value(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        at += 3;
        return static_cast<char>(high * 16 + low);
    }
    ++at;
    return c == '+' && plus == PlusIs::space ? ' ' : c;
}

/// Takes the pairs of a form or a query string one by one; names and values are still encoded, and a pair without '='
/// has no value. Empty pairs (`&&`) are skipped.
class FormPairs {
  public:
    struct Pair {
        std::string_view name;
        std::string_view value;
    };
    explicit FormPairs(std::string_view text) : text_(text) {}

    /// Nothing when there are no more.
    std::optional<Pair> next() {
        while (at_ < text_.size()) {
            const std::size_t end = std::min(text_.find('&', at_), text_.size());
            const std::string_view pair = text_.substr(at_, end - at_);
            at_ = end + 1;
            if (pair.empty()) continue;
            const std::size_t equals = std::min(pair.find('='), pair.size());
            return Pair{pair.substr(0, equals), pair.substr(std::min(equals + 1, pair.size()))};
        }
        return std::nullopt;
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

/// Decodes %XX, and '+' as a space where `plus` says so. Nothing for a '%' without two hex digits.
std::optional<std::string> percent_decode(std::string_view text, PlusIs plus);

/// Appends a text as it stands between the quotation marks of a JSON string. DEL is escaped too, so that no line of a
/// log has a control character. Bytes that are not UTF-8, which JSON cannot have, become U+FFFD.
void json_append(std::string& out, std::string_view text);

/// Whether `text` is well-formed UTF-8 (no overlong forms, surrogates, or code points past U+10FFFF).
bool is_utf8(std::string_view text);

/// Appends `text` with U+FFFD in place of each byte that belongs to no well-formed UTF-8.
void append_repaired(std::string& out, std::string_view text);

/// ASCII lower case; other bytes stay.
std::string fold_case(std::string_view text);
constexpr char fold_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// For equals_ignoring_case: texts of one size.
bool equal_bytes_ignoring_case(const char* a, const char* b, std::size_t size);

/// ASCII letters are the same in both cases. Here, so that of most pairs, which differ in size, nothing is called: each
/// header of a request is asked for its name many times.
inline bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && equal_bytes_ignoring_case(a.data(), b.data(), a.size());
}

/// The bytes of a text, for the functions above.
inline std::span<const unsigned char> as_bytes(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace iamlocal
