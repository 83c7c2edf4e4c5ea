// Packing as gzip does, for files that others read.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal {

/// One member with gzip's header and trailer (RFC 1952), packed quickly rather than well. Throws std::runtime_error
/// where memory lacks.
std::string gzip(std::string_view text);

}  // namespace iamlocal
