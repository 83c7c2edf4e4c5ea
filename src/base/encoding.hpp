// Hex, base64 and percent encoding. Decoders return nothing for input that is not exactly of the form.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace iamlocal {

/// Lower-case hexadecimal.
std::string hex_encode(std::span<const unsigned char> bytes);
/// Appends lower-case hexadecimal to `out`.
void hex_append(std::string& out, std::span<const unsigned char> bytes);

/// RFC 4648 with padding.
std::string base64_encode(std::span<const unsigned char> bytes);
std::optional<std::string> base64_decode(std::string_view text);

/// RFC 3986: everything but letters, digits and `-._~` becomes %XX in upper case; a space is %20.
std::string percent_encode(std::string_view text);
void percent_append(std::string& out, std::string_view text);

enum class PlusIs { plus, space };
/// Decodes %XX, and '+' as a space where `plus` says so. Nothing for a '%' without two hex digits.
std::optional<std::string> percent_decode(std::string_view text, PlusIs plus);

/// Whether `text` is well-formed UTF-8 (no overlong forms, surrogates, or code points past U+10FFFF).
bool is_utf8(std::string_view text);

/// ASCII lower case; other bytes stay.
std::string fold_case(std::string_view text);
constexpr char fold_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
bool equals_ignoring_case(std::string_view a, std::string_view b);

/// Eight bytes at once, in the machine's order.
inline std::uint64_t load_word(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

/// The bytes of a text, for the functions above.
inline std::span<const unsigned char> as_bytes(std::string_view text) {
    return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

}  // namespace iamlocal
