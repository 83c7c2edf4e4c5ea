// AWS's partitions: separate installations of AWS, named in the second part of every ARN.
#pragma once

#include <array>
#include <string_view>

namespace iamlocal::aws {

inline constexpr std::array<std::string_view, 8> partitions{"aws",       "aws-cn",    "aws-us-gov", "aws-iso",
                                                            "aws-iso-b", "aws-iso-e", "aws-iso-f",  "aws-eusc"};

/// What the names of AWS's endpoints end in, over all partitions.
inline constexpr std::array<std::string_view, 10> dns_suffixes{"amazonaws.com",
                                                               "amazonaws.com.cn",
                                                               "amazonaws.eu",
                                                               "api.aws",
                                                               "c2s.ic.gov",
                                                               "sc2s.sgov.gov",
                                                               "cloud.adc-e.uk",
                                                               "csp.hci.ic.gov",
                                                               "api.amazonwebservices.com.cn",
                                                               "api.amazonwebservices.eu"};

[[nodiscard]] bool is_partition(std::string_view text);

}  // namespace iamlocal::aws
