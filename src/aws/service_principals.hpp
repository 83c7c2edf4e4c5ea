// The names by which policies call AWS's services: `ec2.amazonaws.com`.
#pragma once

#include <optional>
#include <string_view>

namespace iamlocal::aws {

/// A name within one of the domains that AWS's services have in any partition; which services there are is not known
/// here.
[[nodiscard]] bool is_service_principal(std::string_view text);

/// What stands before the domain: `ec2`, or `s3.us-east-1` where the name has a Region. Nothing for other texts.
[[nodiscard]] std::optional<std::string_view> find_service_name(std::string_view text);

}  // namespace iamlocal::aws
