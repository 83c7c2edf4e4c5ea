// From where an address can be reached.
#pragma once

#include <string_view>

namespace iamlocal::http {

enum class AddressScope {
    global,    ///< from the whole internet
    loopback,  ///< from this machine alone
    local,     ///< from some network: private, link-local, shared, reserved, multicast, or no address at all
};

/// Of an IPv4 or IPv6 address in text. One that stands for an IPv4 address (mapped, NAT64, 6to4) has that one's scope.
[[nodiscard]] AddressScope scope_of(std::string_view address);

}  // namespace iamlocal::http
