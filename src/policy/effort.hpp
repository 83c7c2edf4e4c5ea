// What a simulation costs, estimated before it runs: whoever supplies policies, resources and context values could
// otherwise keep a server busy, or fill its memory with the answer.
#pragma once

#include <cstddef>

#include "policy/simulator.hpp"

namespace iamlocal::policy {

/// What simulating one action costs at most, in work and answer: in steps of about a nanosecond, two for each byte of
/// the answer. `longest_action` is the size of the longest action's name.
[[nodiscard]] std::size_t effort_of_an_action(const Simulation& simulation, std::size_t longest_action);

}  // namespace iamlocal::policy
