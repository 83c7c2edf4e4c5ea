// What a refused request lacks, or what would have to be added to its policies, found by trying. A part of explain().
#pragma once

#include <cstddef>
#include <vector>

#include "policy/explanation.hpp"

namespace iamlocal::policy {

/// The levels of SCPs or RCPs, of `levels` in all, where no statement of an explanation's policies allows, from the
/// root down.
[[nodiscard]] std::vector<std::size_t> silent_levels(const Explanation& explanation, PolicyType type,
                                                     std::size_t levels);

/// Sets what an implicit deny lacks and what might be added: for the type that refuses, then the next one, until the
/// request would be allowed. `explanation` has the reports of all policies, and `sources` the policies that they are
/// of. Nothing is proposed that gives access to everybody; the obstacle then says so.
void advise(const PolicySet& set, const Request& request, const std::vector<const SourcedPolicy*>& sources,
            Explanation& explanation);

}  // namespace iamlocal::policy
