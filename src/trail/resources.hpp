// What LookupEvents calls the resources of an event.
#pragma once

#include <vector>

#include "trail/record.hpp"

namespace iamlocal::trail {

/// Sorted by type. None of what only reads or has failed, but of those that assume a role.
std::vector<NamedResource> named_resources(const Event& event);

}  // namespace iamlocal::trail
