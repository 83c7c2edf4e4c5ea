#include "api/page.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "aws/error.hpp"
#include "base/encoding.hpp"

namespace iamlocal::api {
namespace {

/// In front of every marker before it is encoded, so that a text which merely happens to be base64 is told apart, and
/// so is a place in another operation's list.
std::string marker_prefix(std::string_view operation) { return fmt::format("m2:{}:", operation); }

std::string decode_marker(const PageInput& page) {
    const std::string prefix = marker_prefix(page.operation);
    const std::optional<std::string> text = base64_decode(page.marker);
    if (!text || !text->starts_with(prefix) || !is_utf8(*text) || text->find('\0') != std::string::npos)
        throw validation_error("Invalid Marker.");
    return text->substr(prefix.size());
}

std::string encode_marker(std::string_view operation, const std::string& next) {
    const std::string text = marker_prefix(operation) + next;
    return base64_encode(as_bytes(text));
}

}  // namespace

void PageInput::describe(protocol::Fields& f) {
    f.optional("Marker", marker, shape::marker);
    f.optional("MaxItems", max_items, shape::max_items);
    operation = f.operation();
}

store::PageRequest PageInput::request() const {
    return {marker.empty() ? std::string() : decode_marker(*this), static_cast<std::size_t>(max_items)};
}

void write_page_end(protocol::AnswerWriter& out, const std::string& next) {
    out.boolean("IsTruncated", !next.empty());
    if (!next.empty()) out.text("Marker", encode_marker(out.root(), next));
}

SliceBounds slice(const PageInput& page, std::size_t size) {
    std::size_t begin = 0;
    if (!page.marker.empty()) {
        const std::string text = decode_marker(page);
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), begin);
        if (error != std::errc{} || end != text.data() + text.size()) throw validation_error("Invalid Marker.");
    }
    begin = std::min(begin, size);
    const std::size_t end = std::min(size, begin + static_cast<std::size_t>(page.max_items));
    return {begin, end, end < size ? std::to_string(end) : std::string()};
}

}  // namespace iamlocal::api
