// Headers that claim to be a traceparent. What is taken from one is what a log may have: ids in lower-case hex, from
// within the header, and the same when only the flags differ.
#include "http/message/trace_context.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace iamlocal::http;

namespace {

void require_id(std::string_view id, std::size_t size, std::string_view header) {
    if (id.size() != size || id.find_first_not_of("0123456789abcdef") != id.npos) std::abort();
    if (id.find_first_not_of('0') == id.npos || header.find(id) == header.npos) std::abort();
    if (id.data() < header.data() || id.data() + id.size() > header.data() + header.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view header(reinterpret_cast<const char*>(data), size);
    const auto context = parse_traceparent(header);
    if (!context) return 0;
    require_id(context->trace_id, 32, header);
    require_id(context->span_id, 16, header);
    std::string other(header);
    other[53] = other[54] = '0';
    const auto again = parse_traceparent(other);
    if (!again || again->trace_id != context->trace_id || again->span_id != context->span_id) std::abort();
    return 0;
}
