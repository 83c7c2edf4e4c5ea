// What one principal did as a report: the least policy for it, beside what it has. The same for recordings of a server
// and for trails.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "analysis/generate.hpp"
#include "analysis/held.hpp"
#include "policy/decide.hpp"

namespace iamlocal::analysis {

struct PrincipalReport {
    std::string principal;  ///< an ARN; a service's name; `*` for anonymous callers
    std::string note;       ///< a sentence about such a principal, or empty
    GeneratedPolicy policy;
    bool has_held = false;         ///< whether it is known what the principal has
    std::vector<Surplus> surplus;  ///< of that
};

/// `held`: the identity-based policies of the principal, where they are known.
[[nodiscard]] PrincipalReport report_on(std::string principal, std::span<const Observation> observations,
                                        const GenerateOptions& options, std::optional<policy::Policies> held);

/// An object with the members principal, note, requests, policy, size, confirmed, remarks, refused, unused and
/// could_be_narrower; those that are empty are left out, but for policy, which is null then.
[[nodiscard]] nlohmann::ordered_json json_of(const PrincipalReport& report);

/// Several lines for people, and the policy.
[[nodiscard]] std::string text_of(const PrincipalReport& report);

}  // namespace iamlocal::analysis
