#include "api/page.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/encoding.hpp"

namespace iamlocal::api {
namespace {

/// In front of every marker before it is encoded, so that a text which merely happens to be base64 is told apart, and
/// so is a place in another operation's list.
constexpr std::string_view any_prefix = "m2:";
std::string marker_prefix(std::string_view operation) { return fmt::format("{}{}:", any_prefix, operation); }

/// Nothing for a marker that this operation has not given.
std::optional<std::string> decode_marker(const PageInput& page) {
    const std::string prefix = marker_prefix(page.operation);
    const std::optional<std::string> text = base64_decode(page.marker);
    if (!text || !text->starts_with(prefix) || !is_utf8(*text) || text->find('\0') != std::string::npos)
        return std::nullopt;
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

store::PageRequest PageInput::request(ApiError (*bad_marker)()) const {
    if (marker.empty()) return {{}, static_cast<std::size_t>(max_items)};
    std::optional<std::string> text = decode_marker(*this);
    if (!text) throw bad_marker();
    return {*std::move(text), static_cast<std::size_t>(max_items)};
}

store::PageRequest PageInput::request() const { return request(invalid_marker); }

bool is_marker(std::string_view marker) {
    const std::optional<std::string> text = base64_decode(marker);
    return text && text->starts_with(any_prefix);
}

void write_page_end(protocol::AnswerWriter& out, const std::string& next, std::string_view is_truncated) {
    out.boolean(is_truncated, !next.empty());
    if (!next.empty()) out.text("Marker", encode_marker(out.root(), next));
}

ApiError invalid_marker() { return validation_error("Invalid Marker."); }

SliceBounds slice(const PageInput& page, std::size_t size, ApiError (*bad_marker)()) {
    std::size_t begin = 0;
    if (!page.marker.empty()) {
        const std::optional<std::string> text = decode_marker(page);
        if (!text) throw bad_marker();
        const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), begin);
        if (error != std::errc{} || end != text->data() + text->size()) throw bad_marker();
    }
    begin = std::min(begin, size);
    const std::size_t end = std::min(size, begin + static_cast<std::size_t>(page.max_items));
    return {begin, end, end < size ? std::to_string(end) : std::string()};
}

}  // namespace iamlocal::api
