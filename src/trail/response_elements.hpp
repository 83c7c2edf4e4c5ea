// `responseElements` of a record: an answer in XML or JSON, with what its elements are.
#pragma once

#include <string_view>

#include "trail/json.hpp"

namespace iamlocal::trail {

/// How dates are written.
enum class DateForm {
    iso8601,  ///< as IAM's are recorded: `2026-07-01T12:08:19Z`
    words,    ///< as those of STS: `Jul 1, 2026, 12:08:19 PM`
};

/// The result of an answer that this server has written, without its secrets. Null where it has none, or where answer
/// and kinds do not fit together.
///
/// @param kinds a protocol::ElementKind for each element
Json response_elements(std::string_view answer, std::string_view kinds, DateForm dates);

}  // namespace iamlocal::trail
