// Query strings of our lists: the values that several of them take.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal::admin {

/// Nothing but digits, within 64 bits.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// A time, seconds since 1970, or how long ago: `2030-01-01T00:00:00Z`, `1893456000`, `15m`.
std::optional<Instant> parse_since(std::string_view text, Instant now);

/// What every list can be asked for, the newest first: since when, and which page.
struct ListQuery {
    std::optional<Instant> since;
    std::size_t limit = 100;
    std::uint64_t before = UINT64_MAX;  ///< `cursor`: sequence number of the last that was shown
    std::set<std::string> given;        ///< the names of the parameters
};

/// Reads one more parameter of a list's own. What is wrong with it, or nothing.
using ReadParameter = std::function<std::optional<std::string>(std::string_view name, const std::string& value)>;

/// Reads what follows the question mark, and says what is wrong with it. `now` is what `since=15m` counts from.
std::optional<std::string> read_query(std::string_view text, Instant now, ListQuery& query,
                                      const ReadParameter& read_own);

/// What is wrong with a parameter that a list does not have.
std::string unknown_parameter(std::string_view name);

}  // namespace iamlocal::admin
