// Unpacking what was packed with deflate, into memory of the caller's and never more than it allows.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace iamlocal {

enum class PackedAs {
    gzip,  ///< one member with gzip's header and trailer (RFC 1952)
    raw,   ///< a deflate stream alone (RFC 1951)
};

enum class InflateError {
    corrupt,    ///< broken, cut short, or followed by something else
    too_large,  ///< more than the limit
};

/// Writes to the beginning of `buffer`, which keeps the size that it was grown to, so that it may serve again. The size
/// of what was written, or why not. `dictionary`: what a raw stream was packed with, if anything.
[[nodiscard]] std::variant<std::size_t, InflateError> inflate(std::string_view packed, PackedAs form,
                                                              std::string& buffer, std::size_t limit,
                                                              std::string_view dictionary = {});

}  // namespace iamlocal
