// The names by which policies call AWS's services: `ec2.amazonaws.com`.
#pragma once

#include <string_view>

namespace iamlocal::aws {

/// A name within one of the domains that AWS's services have in any partition; which services there are is not known
/// here.
[[nodiscard]] bool is_service_principal(std::string_view text);

}  // namespace iamlocal::aws
