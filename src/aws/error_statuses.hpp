// With which status of HTTP AWS sends an error, by its code: those of IAM's and STS's models, and those that every
// service of AWS's Query protocol has in common.
#pragma once

#include <optional>
#include <string_view>

namespace iamlocal::aws {

/// Nothing for a code that is not known.
std::optional<int> find_error_status(std::string_view code);
/// What AWS says with it, where that is always the same; otherwise empty.
std::string_view usual_error_message(std::string_view code);

}  // namespace iamlocal::aws
