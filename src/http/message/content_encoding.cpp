#include "http/message/content_encoding.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "base/inflate.hpp"

namespace iamlocal::http {
namespace {

std::variant<std::string_view, ContentError> gunzip(std::string_view body, std::string& buffer, std::size_t limit) {
    const auto result = inflate(body, buffer, limit);
    if (const auto* error = std::get_if<InflateError>(&result))
        return *error == InflateError::too_large ? ContentError::too_large : ContentError::corrupt;
    return std::string_view(buffer).substr(0, std::get<std::size_t>(result));
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::variant<std::string_view, ContentError> decode_content(std::string_view coding, std::string_view body,
                                                            std::string& buffer, std::size_t limit) {
    bool gzip = false;
    while (!coding.empty()) {
        const std::size_t comma = std::min(coding.find(','), coding.size());
        const std::string_view name = trim(coding.substr(0, comma));
        coding.remove_prefix(std::min(comma + 1, coding.size()));
        if (name.empty() || equals_ignoring_case(name, "identity")) continue;
        const bool is_gzip = equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip");
        if (!is_gzip || gzip) return ContentError::unknown_coding;
        gzip = true;
    }
    if (gzip) return gunzip(body, buffer, limit);
    if (body.size() > limit) return ContentError::too_large;
    return body;
}

}  // namespace iamlocal::http
