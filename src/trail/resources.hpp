// What LookupEvents calls the resources of an event.
#pragma once

#include <string_view>
#include <vector>

#include "trail/json.hpp"
#include "trail/record.hpp"

namespace iamlocal::trail {

/// Sorted by type. None of what only reads or has failed, but of those that assume a role.
std::vector<NamedResource> named_resources(const Event& event);

/// The same of an event that has not failed, by what its record says.
struct RecordedCall {
    std::string_view name;
    bool is_read;
    bool is_iam;  ///< a call of IAM's
    const Json& request;
    const Json& response;
};
std::vector<NamedResource> named_resources(const RecordedCall& call);

}  // namespace iamlocal::trail
