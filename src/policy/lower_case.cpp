#include "policy/lower_case.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utf8proc.h>
#include <vector>

#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

constexpr utf8proc_int32_t capital_sigma = 0x3A3;
constexpr utf8proc_int32_t final_sigma = 0x3C2;
constexpr utf8proc_int32_t capital_dotted_i = 0x130;

/// A character, or a byte that belongs to none.
struct Piece {
    utf8proc_int32_t code = -1;  ///< -1: no character
    std::string_view text;
};

std::vector<Piece> pieces_of(std::string_view text) {
    std::vector<Piece> pieces;
    while (!text.empty()) {
        utf8proc_int32_t code = -1;
        const auto length =
            utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),  // NOLINT: bytes are bytes
                             static_cast<utf8proc_ssize_t>(text.size()), &code);
        const std::size_t size = length > 0 ? static_cast<std::size_t>(length) : 1;
        pieces.push_back({length > 0 ? code : -1, text.substr(0, size)});
        text.remove_prefix(size);
    }
    return pieces;
}

bool has_case(const Piece& piece) {
    const utf8proc_category_t category = utf8proc_category(piece.code);
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LL || category == UTF8PROC_CATEGORY_LT;
}

/// What may stand within a word: letters, marks, digits, and the signs that part none (`'`, `.`, `:`).
bool is_within_words(const Piece& piece) {
    switch (utf8proc_category(piece.code)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ME:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_PC:
            return true;
        default:
            break;
    }
    constexpr std::array<utf8proc_int32_t, 5> signs{'\'', '.', ':', 0xB7, 0x2019};
    return std::find(signs.begin(), signs.end(), piece.code) != signs.end();
}

/// Whether a letter of the same word stands on one side: in the pieces from `begin` on.
template <class Iterator>
bool goes_on(Iterator begin, Iterator end) {
    const auto found =
        std::find_if(begin, end, [](const Piece& piece) { return has_case(piece) || !is_within_words(piece); });
    return found != end && has_case(*found);
}

void append(std::string& out, utf8proc_int32_t code) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const auto size = static_cast<std::size_t>(utf8proc_encode_char(code, bytes.data()));
    out.append(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
}

}  // namespace

std::string lower_case(std::string_view text) {
    const bool is_ascii = std::none_of(text.begin(), text.end(), [](char c) { return (c & '\x80') != 0; });
    if (is_ascii) return fold_case(text);
    const std::vector<Piece> pieces = pieces_of(text);
    std::string lower;
    lower.reserve(text.size());
    // A run of letters without a word's end is looked through once, however many sigmas are in it: the next cased
    // letter ends the search, and a sigma is one.
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const Piece& piece = pieces[i];
        if (piece.code < 0) {
            lower.append(piece.text);
        } else if (piece.code == capital_dotted_i) {
            lower.append("i\u0307");
        } else if (piece.code == capital_sigma) {
            const auto at = pieces.begin() + static_cast<std::ptrdiff_t>(i);
            const bool ends_word =
                goes_on(std::make_reverse_iterator(at), pieces.rend()) && !goes_on(at + 1, pieces.end());
            append(lower, ends_word ? final_sigma : utf8proc_tolower(capital_sigma));
        } else {
            append(lower, utf8proc_tolower(piece.code));
        }
    }
    return lower;
}

}  // namespace iamlocal::policy
