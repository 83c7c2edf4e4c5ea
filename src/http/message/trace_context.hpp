// To which trace of its client's a request belongs: the header `traceparent` of W3C's Trace Context.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "http/message/request.hpp"

namespace iamlocal::http {

/// Views into the header, in lower-case hex.
struct TraceContext {
    std::string_view trace_id;  ///< 32 digits; not all are 0
    std::string_view span_id;   ///< 16 digits, not all 0: of the client's span, which the request is a part of
};

/// Reads a value: version 00 exactly, later versions as far as 00 goes. Nothing for any other text.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view value);

/// That of a request: nothing where there is no such header, where it cannot be read, or where there are several.
[[nodiscard]] std::optional<TraceContext> find_trace_context(std::span<const Header> headers);

}  // namespace iamlocal::http
