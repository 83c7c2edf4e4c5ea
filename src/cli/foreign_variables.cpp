#include "cli/foreign_variables.hpp"

#include <algorithm>

namespace iamlocal::cli {
namespace {

bool is_protocol(std::string_view text) { return text == "TCP" || text == "UDP" || text == "SCTP"; }

bool is_number(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// `4566_TCP`, `4566_TCP_PROTO`, `…_PORT`, `…_ADDR`.
bool names_a_port(std::string_view text) {
    const std::size_t end = text.find('_');
    if (end == std::string_view::npos || !is_number(text.substr(0, end))) return false;
    text.remove_prefix(end + 1);
    const std::size_t protocol = text.find('_');
    if (!is_protocol(text.substr(0, protocol))) return false;
    if (protocol == std::string_view::npos) return true;
    const std::string_view what = text.substr(protocol + 1);
    return what == "PROTO" || what == "PORT" || what == "ADDR";
}

bool is_address(std::string_view value) {
    return value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
}

}  // namespace

bool is_of_kubernetes(std::string_view name, std::string_view value) {
    if (name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT")) return true;
    if (name.find("_SERVICE_PORT_") != std::string_view::npos) return true;
    if (name.ends_with("_PORT") && is_address(value)) return true;
    const std::size_t port = name.rfind("_PORT_");
    if (port == std::string_view::npos) return false;
    // Of `…_PORT_4566_TCP_PORT` it is the first one.
    return names_a_port(name.substr(port + 6));
}

}  // namespace iamlocal::cli
