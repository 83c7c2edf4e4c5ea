// The services that have credentials of their own.
#pragma once

#include <optional>
#include <string_view>

namespace iamlocal::iam {

/// A service's name as it is stored, which lives as long as the program; nothing for a service that has no such
/// credentials. Case does not matter.
std::optional<std::string_view> find_credential_service(std::string_view name);

}  // namespace iamlocal::iam
