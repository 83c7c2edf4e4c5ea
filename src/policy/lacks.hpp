// What a refused request lacks: the conditions of Allow statements that fit it in all else. A part of explain().
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "policy/explanation.hpp"

namespace iamlocal::policy {

/// The conditions of a statement that do not hold, from the first that was found on. `source` has its text.
[[nodiscard]] std::vector<LackedCondition> find_lacked(const SourcedPolicy& source, std::size_t statement,
                                                       const Request& request);

/// The Condition element of a statement with the request's own values in place of those that do not fit, as JSON.
/// Nothing where that is no narrow grant: the request lacks the key, or the condition asks for more than a text to
/// equal (an MFA code, a date, another text than some).
[[nodiscard]] std::optional<std::string> keep_conditions(const SourcedPolicy& source, std::size_t statement,
                                                         const Request& request);

}  // namespace iamlocal::policy
