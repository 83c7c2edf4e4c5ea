// Unpacking what gzip has packed, into memory of the caller's and never more than it allows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace iamlocal {

enum class InflateError {
    corrupt,    ///< broken, cut short, or followed by something else
    too_large,  ///< more than the limit
};

/// `packed`: one member with gzip's header and trailer (RFC 1952). Writes to the beginning of `buffer`, which keeps the
/// size that it was grown to, so that it may serve again. The size of what was written, or why not.
[[nodiscard]] std::variant<std::size_t, InflateError> inflate(std::string_view packed, std::string& buffer,
                                                              std::size_t limit);

}  // namespace iamlocal
