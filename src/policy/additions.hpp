// What would have to be added to the policies of a refused request, found by trying. A part of explain().
#pragma once

#include <cstddef>
#include <vector>

#include "policy/explanation.hpp"

namespace iamlocal::policy {

/// The levels of SCPs or RCPs, of `levels` in all, where no statement of an explanation's policies allows, from the
/// root down.
[[nodiscard]] std::vector<std::size_t> silent_levels(const Explanation& explanation, PolicyType type,
                                                     std::size_t levels);

/// Adds a statement to the type that refuses and decides again, until the request is allowed. Empty where no addition
/// helps. `explanation` has the reports of all policies.
[[nodiscard]] std::vector<Addition> find_additions(const PolicySet& set, const Request& request,
                                                   const Explanation& explanation);

}  // namespace iamlocal::policy
