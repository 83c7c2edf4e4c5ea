#include "api/shape_text.hpp"

#include <utf8proc.h>

namespace iamlocal::shape {

bool every_code_point(std::string_view text, bool (*predicate)(std::int32_t code_point)) {
    auto rest = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t code = 0;
        const utf8proc_ssize_t length = utf8proc_iterate(rest, left, &code);
        if (length <= 0 || !predicate(code)) return false;
        rest += length;
        left -= length;
    }
    return true;
}

bool is_name(std::string_view text) {
    return !text.empty() && every(text, [](char c) { return is_word(c) || is_one_of(c, "+=,.@-"); });
}

bool is_document(std::string_view text) {
    return !text.empty() && every_code_point(text, [](std::int32_t c) {
        return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xff);
    });
}

}  // namespace iamlocal::shape
