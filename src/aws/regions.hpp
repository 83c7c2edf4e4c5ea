// AWS's Regions, known by the form of their names, so that one that AWS opens next year is known today.
#pragma once

#include <string_view>

namespace iamlocal::aws {

/// Whether a text is named as the Regions of some partition are: `eu-west-1`, `us-gov-east-1`, `eusc-de-east-1`; or as
/// SDKs call all of a partition's: `aws-global`.
[[nodiscard]] bool is_region_name(std::string_view text);

/// Whether it is a Region of AWS's that accounts have to turn on, as all younger ones are.
[[nodiscard]] bool is_opt_in_region(std::string_view text);

}  // namespace iamlocal::aws
