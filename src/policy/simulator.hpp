// The decisions of IAM's policy simulator: one action against several resources, under policies and a context that
// somebody supplies, in the shape of SimulateCustomPolicy's answer. Who only wants to know what is allowed calls
// decide().
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/decide.hpp"
#include "policy/request.hpp"

namespace iamlocal::policy {

/// What is simulated. Nothing is owned.
struct Simulation {
    /// identity, boundary, resource and scp count; every policy must have been read.
    PolicySet policies;
    const Principal* principal = nullptr;
    const RequestContext* context = nullptr;  ///< all that the request knows: nothing is added to it
    /// A key, in lower case, that `context` has though nobody supplied it.
    std::string_view assumed_key = {};
    /// `*` alone stands for no resource in particular.
    std::span<const std::string> resources;
    /// The account that owns resources whose ARN names none. Absent: who owns them is not asked, and the caller's own
    /// policies decide alone.
    std::optional<std::string_view> owner;
    /// The boundary is the caller's own: beside a resource's policy its Allow is shown among what granted.
    bool boundary_is_attached = false;

    [[nodiscard]] bool names_resources() const { return resources.size() != 1 || resources[0] != "*"; }
};

/// What each of the types identity, resource and boundary that take part says by itself.
using DecisionDetails = std::vector<std::pair<PolicyType, Outcome>>;

/// One action on one resource.
struct ResourceResult {
    std::string_view resource;
    Outcome outcome = Outcome::implicit_deny;
    std::vector<MatchedStatement> matched;
    std::optional<bool> allowed_by_boundary;  ///< absent without boundary
    DecisionDetails details;                  ///< empty within one account
    std::vector<std::string> missing_keys;    ///< that nobody supplied, as far as it mattered (MissingKeys)
};

/// One action on all resources.
struct ActionResult {
    std::string_view action;
    Outcome outcome = Outcome::implicit_deny;      ///< of several resources the strictest
    std::vector<MatchedStatement> matched;         ///< of all resources, each once
    std::vector<std::string> missing_keys;         ///< likewise
    std::optional<bool> allowed_by_boundary;       ///< by all of several
    std::optional<bool> allowed_by_organizations;  ///< absent without SCPs
    /// Absent for `*` within one account, and when SCPs ended the simulation; empty within one account.
    std::optional<DecisionDetails> details;
    std::vector<ResourceResult> resources;  ///< none for `*`, and when SCPs ended the simulation
};

/// Simulates one action. SCPs that do not allow it on any resource end the simulation as an implicit deny
/// ("EvaluationResult"); a resource among others that they do not allow is an implicit deny of its own.
///
/// @param takes for each of the resources whether the action can have it at all; one that it cannot have is an implicit
///     deny, whatever policies say. Empty: it can have them all.
[[nodiscard]] ActionResult simulate(const Simulation& simulation, std::string_view action,
                                    const std::vector<bool>& takes = {});

}  // namespace iamlocal::policy
