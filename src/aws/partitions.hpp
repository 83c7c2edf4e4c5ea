// AWS's partitions: separate installations of AWS, named in the second part of every ARN.
#pragma once

#include <array>
#include <string_view>

namespace iamlocal::aws {

inline constexpr std::array<std::string_view, 8> partitions{"aws",       "aws-cn",    "aws-us-gov", "aws-iso",
                                                            "aws-iso-b", "aws-iso-e", "aws-iso-f",  "aws-eusc"};

[[nodiscard]] bool is_partition(std::string_view text);

}  // namespace iamlocal::aws
