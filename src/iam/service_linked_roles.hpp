// Making the role of a service of AWS's, for CreateServiceLinkedRole and for what needs such a role on the way.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/target.hpp"
#include "api/context.hpp"
#include "store/roles.hpp"

namespace iamlocal::iam {

/// Names the role of a service for authorization, whether there is one or not; `suffix` may be empty.
access::Target service_linked_role_target(api::Context& ctx, std::string_view service, std::string_view suffix);

/// Makes it, with its policy. Throws InvalidInput for a service without such a role, a suffix that it does not take,
/// and a name that is taken.
store::Role make_service_linked_role(api::Context& ctx, std::string_view service, std::string_view suffix,
                                     const std::optional<std::string>& description);

}  // namespace iamlocal::iam
