// The least policy that allows what somebody was seen doing, by rules that stand beside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/observation.hpp"
#include "analysis/resource_groups.hpp"

namespace iamlocal::analysis {

struct GenerateOptions {
    std::size_t wildcard_from = usual_wildcard_from;
    bool include_refused = false;  ///< whether what was refused is to be allowed, too
};

/// A policy, and what is to be known of it.
struct GeneratedPolicy {
    std::string document;              ///< JSON, indented; empty: there is nothing to allow
    std::vector<std::string> remarks;  ///< what is not certain, in sentences
    std::vector<Observation> refused;  ///< that it does not care for
    std::uint64_t requests = 0;        ///< that it allows
    std::size_t size = 0;              ///< characters without white space, as IAM counts them
    bool confirmed = false;            ///< the engine allows each of them by this document alone
};

/// Whether a policy that names the key is narrower for it: `iam:passedtoservice`, `sts:externalid`,
/// `aws:requesttag/team`. The name is in lower case.
[[nodiscard]] bool narrows(std::string_view key);

/// How policies are written with these options, in sentences.
[[nodiscard]] std::vector<std::string> rules_of(const GenerateOptions& options);

/// Writes the policy. Every observation is held against it by the engine before it is given out.
[[nodiscard]] GeneratedPolicy write_policy(std::span<const Observation> observations,
                                           const GenerateOptions& options = {});

/// More values of a key than these are not listed; the key is left out instead.
inline constexpr std::size_t most_values = 20;

}  // namespace iamlocal::analysis
