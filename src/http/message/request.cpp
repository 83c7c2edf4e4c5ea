#include "http/message/request.hpp"

#include "base/encoding.hpp"

namespace iamlocal::http {

std::string_view find_header(std::span<const Header> headers, std::string_view name) {
    for (const Header& header : headers)
        if (equals_ignoring_case(header.name, name)) return header.value;
    return {};
}

std::string_view find_list(std::span<const Header> headers, std::string_view name, std::string& buffer) {
    std::string_view found;
    bool more = false;
    for (const Header& header : headers) {
        if (!equals_ignoring_case(header.name, name)) continue;
        if (!found.empty() && !more) buffer = found;
        more |= !found.empty();
        if (more)
            buffer.append(", ").append(header.value);
        else
            found = header.value;
    }
    return more ? std::string_view(buffer) : found;
}

}  // namespace iamlocal::http
