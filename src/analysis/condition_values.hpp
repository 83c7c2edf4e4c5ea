// Values that a request may have for a condition key, made from what policies compare it with: those, their neighbours
// and something else.
#pragma once

#include <set>
#include <span>
#include <string>

#include "analysis/conditions.hpp"

namespace iamlocal::analysis {

struct CandidateValues {
    std::set<std::string> texts;
    /// Whether a single value of any text behaves as one of these under all conditions.
    bool are_all = false;
};

/// Of conditions that are about one key. `given`: the values of variables.
[[nodiscard]] CandidateValues candidate_values(std::span<const Literal> of_key, const Keys& given);

}  // namespace iamlocal::analysis
