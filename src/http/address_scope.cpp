#include "http/address_scope.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace iamlocal::http {
namespace {

struct Network4 {
    std::uint32_t address;
    unsigned bits;
};

/// IANA's registry of special-purpose addresses, without loopback; multicast, and what is beyond it.
constexpr Network4 local4[] = {
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // private
    {0x64400000, 10},  // shared
    {0xa9fe0000, 16},  // link-local: instance metadata, among others
    {0xac100000, 12},  // private
    {0xc0000000, 24},  // protocol assignments
    {0xc0000200, 24},  // documentation
    {0xc0586300, 24},  // 6to4 relays
    {0xc0a80000, 16},  // private
    {0xc6120000, 15},  // benchmarks
    {0xc6336400, 24},  // documentation
    {0xcb007100, 24},  // documentation
    {0xe0000000, 3},   // multicast and reserved
};

AddressScope scope_of4(std::uint32_t address) {
    if (address >> 24 == 127) return AddressScope::loopback;
    const bool is_local = std::any_of(std::begin(local4), std::end(local4), [&](const Network4& network) {
        return (address ^ network.address) >> (32 - network.bits) == 0;
    });
    return is_local ? AddressScope::local : AddressScope::global;
}

using Bytes = std::array<unsigned char, 16>;

std::uint32_t four_bytes(const Bytes& bytes, std::size_t at) {
    return static_cast<std::uint32_t>(bytes[at]) << 24 | static_cast<std::uint32_t>(bytes[at + 1]) << 16 |
           static_cast<std::uint32_t>(bytes[at + 2]) << 8 | bytes[at + 3];
}

bool are_zero(const Bytes& bytes, std::size_t from, std::size_t to) {
    return std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(from),
                       bytes.begin() + static_cast<std::ptrdiff_t>(to), [](unsigned char byte) { return byte == 0; });
}

AddressScope scope_of6(const Bytes& bytes) {
    if (are_zero(bytes, 0, 15) && bytes[15] == 1) return AddressScope::loopback;
    if (are_zero(bytes, 0, 10) && bytes[10] == 0xff && bytes[11] == 0xff) return scope_of4(four_bytes(bytes, 12));
    if (four_bytes(bytes, 0) == 0x0064ff9b && are_zero(bytes, 4, 12)) return scope_of4(four_bytes(bytes, 12));
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return scope_of4(four_bytes(bytes, 2));
    // Of the rest only 2000::/3 is given out; in it are Teredo and others (2001::/23), and documentation.
    const bool is_given_out = bytes[0] >> 5 == 1;
    const bool is_special = (four_bytes(bytes, 0) & 0xfffffe00) == 0x20010000 || four_bytes(bytes, 0) == 0x20010db8 ||
                            (four_bytes(bytes, 0) & 0xfffff000) == 0x3fff0000;
    return is_given_out && !is_special ? AddressScope::global : AddressScope::local;
}

}  // namespace

AddressScope scope_of(std::string_view address) {
    // An address of a link names its interface behind a percent sign.
    const std::string text(address.substr(0, address.find('%')));
    in_addr four{};
    if (::inet_pton(AF_INET, text.c_str(), &four) == 1) return scope_of4(ntohl(four.s_addr));
    Bytes bytes{};
    if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return scope_of6(bytes);
    return AddressScope::local;
}

}  // namespace iamlocal::http
