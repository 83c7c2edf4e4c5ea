#include "service/page.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"
#include "wire/error.hpp"

namespace iamlocal::service {
namespace {

/// In front of every marker before it is encoded, so that a text which merely happens to be base64 is told apart.
constexpr std::string_view marker_prefix = "m1:";

std::string decode_marker(const std::string& marker) {
    const std::optional<std::string> text = base64_decode(marker);
    if (!text || !text->starts_with(marker_prefix) || !is_utf8(*text) || text->find('\0') != std::string::npos)
        throw wire::validation_error("Invalid Marker.");
    return text->substr(marker_prefix.size());
}

std::string encode_marker(const std::string& next) {
    const std::string text = std::string(marker_prefix) + next;
    return base64_encode(as_bytes(text));
}

}  // namespace

void PageInput::describe(wire::Fields& f) {
    f.optional("Marker", marker, shape::marker);
    f.optional("MaxItems", max_items, shape::max_items);
}

store::PageRequest PageInput::request(std::string& after) const {
    if (!marker.empty()) after = decode_marker(marker);
    return {after, static_cast<std::size_t>(max_items)};
}

void write_page_end(wire::AnswerWriter& out, const std::string& next) {
    out.boolean("IsTruncated", !next.empty());
    if (!next.empty()) out.text("Marker", encode_marker(next));
}

SliceBounds slice(const PageInput& page, std::size_t size) {
    std::size_t begin = 0;
    if (!page.marker.empty()) {
        const std::string text = decode_marker(page.marker);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), begin);
        if (error != std::errc{} || end != text.data() + text.size()) throw wire::validation_error("Invalid Marker.");
    }
    begin = std::min(begin, size);
    const std::size_t end = std::min(size, begin + static_cast<std::size_t>(page.max_items));
    return {begin, end, end < size ? std::to_string(end) : std::string()};
}

}  // namespace iamlocal::service
