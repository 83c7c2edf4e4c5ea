#include "http/message/request.hpp"

#include "base/encoding.hpp"

namespace iamlocal::http {

std::string_view find_header(std::span<const Header> headers, std::string_view name) {
    for (const Header& header : headers)
        if (equals_ignoring_case(header.name, name)) return header.value;
    return {};
}

}  // namespace iamlocal::http
