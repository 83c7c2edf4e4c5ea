#include "http/message/trace_context.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace iamlocal::http {
namespace {

// "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
constexpr std::size_t trace_at = 3;
constexpr std::size_t trace_size = 32;
constexpr std::size_t span_at = trace_at + trace_size + 1;
constexpr std::size_t span_size = 16;
constexpr std::size_t flags_at = span_at + span_size + 1;
constexpr std::size_t whole_size = flags_at + 2;

bool is_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) { return is_hex(text) && text.find_first_not_of('0') != text.npos; }

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view value) {
    if (value.size() < whole_size) return std::nullopt;
    const std::string_view version = value.substr(0, 2);
    if (!is_hex(version) || version == "ff") return std::nullopt;
    // What later versions may add stands behind one more dash.
    if (value.size() > whole_size && (version == "00" || value[whole_size] != '-')) return std::nullopt;
    if (value[trace_at - 1] != '-' || value[span_at - 1] != '-' || value[flags_at - 1] != '-') return std::nullopt;
    const TraceContext context{value.substr(trace_at, trace_size), value.substr(span_at, span_size)};
    if (!is_id(context.trace_id) || !is_id(context.span_id) || !is_hex(value.substr(flags_at, 2))) return std::nullopt;
    return context;
}

std::optional<TraceContext> find_trace_context(std::span<const Header> headers) {
    constexpr std::string_view name = "traceparent";
    const Header* found = nullptr;
    for (const Header& header : headers) {
        // Nearly every header is told apart by its length alone.
        if (header.name.size() != name.size() || !equals_ignoring_case(header.name, name)) continue;
        if (found != nullptr) return std::nullopt;
        found = &header;
    }
    return found == nullptr ? std::nullopt : parse_traceparent(found->value);
}

}  // namespace iamlocal::http
