#include "api/shapes.hpp"

#include <utf8proc.h>

#include "api/shape_text.hpp"

namespace iamlocal::shape {
namespace {

bool is_marker(std::string_view text) {
    return !text.empty() && every_code_point(text, [](std::int32_t c) { return c >= 0x20 && c <= 0xff; });
}

/// Letters, separators and numbers of any script, and a few signs.
bool is_tag_text(std::string_view text) {
    return every_code_point(text, [](std::int32_t c) {
        if (c < 0x80) {
            const char ascii = static_cast<char>(c);
            return (is_word(ascii) || ascii == ' ' || is_one_of(ascii, ".:/=+-@"));
        }
        switch (utf8proc_category(c)) {
            case UTF8PROC_CATEGORY_LU:
            case UTF8PROC_CATEGORY_LL:
            case UTF8PROC_CATEGORY_LT:
            case UTF8PROC_CATEGORY_LM:
            case UTF8PROC_CATEGORY_LO:
            case UTF8PROC_CATEGORY_ZS:
            case UTF8PROC_CATEGORY_ZL:
            case UTF8PROC_CATEGORY_ZP:
            case UTF8PROC_CATEGORY_ND:
            case UTF8PROC_CATEGORY_NL:
            case UTF8PROC_CATEGORY_NO:
                return true;
            default:
                return false;
        }
    });
}

bool is_tag_key(std::string_view text) { return !text.empty() && is_tag_text(text); }

}  // namespace

const TextRule tag_key = {
    .min = 1, .max = 128, .pattern = R"([\p{L}\p{Z}\p{N}_.:/=+\-@]+)", .matches = is_tag_key, .says_not_null = true};
const TextRule tag_value = {.max = 256, .pattern = R"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)", .matches = is_tag_text};
const ListRule tags = {.max = 50, .structure = "Tag"};

const TextRule marker = {.min = 1, .max = 320, .pattern = R"([\u0020-\u00FF]+)", .matches = is_marker};
const NumberRule max_items = {.min = 1, .max = 1000};

}  // namespace iamlocal::shape
