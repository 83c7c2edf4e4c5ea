// Values of query strings that several of our paths take.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal::admin {

/// Nothing but digits, within 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// A time, seconds since 1970, or how long ago: `2030-01-01T00:00:00Z`, `1893456000`, `15m`.
std::optional<Instant> parse_since(std::string_view text, Instant now);

}  // namespace iamlocal::admin
