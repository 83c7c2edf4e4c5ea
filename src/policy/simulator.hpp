// The decisions of IAM's policy simulator: one action against several resources, under policies and a context that
// somebody supplies, in the shape of SimulateCustomPolicy's answer. Who only wants to know what is allowed calls
// decide().
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
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
    /// `*` alone stands for no resource in particular.
    std::span<const std::string> resources;
    /// The account that owns resources whose ARN names none. Absent: who owns them is not asked, and the caller's own
    /// policies decide alone.
    std::optional<std::string_view> owner;

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
};

/// One action on all resources.
struct ActionResult {
    std::string_view action;
    Outcome outcome = Outcome::implicit_deny;      ///< of several resources the strictest
    std::vector<MatchedStatement> matched;         ///< of a single resource
    std::optional<bool> allowed_by_boundary;       ///< by all of several
    std::optional<bool> allowed_by_organizations;  ///< absent without SCPs
    /// Absent for `*` within one account, and when SCPs ended the simulation; empty within one account.
    std::optional<DecisionDetails> details;
    std::vector<ResourceResult> resources;  ///< none for `*`, and when SCPs ended the simulation
};

/// Simulates one action. SCPs that do not allow it on any resource end the simulation as an implicit deny
/// ("EvaluationResult"); a resource among others that they do not allow is an implicit deny of its own.
[[nodiscard]] ActionResult simulate(const Simulation& simulation, std::string_view action);

/// The condition keys and variables that the policies use (SCPs apart) and the context does not have, as spelled, in
/// order of first use.
[[nodiscard]] std::vector<std::string> missing_context_keys(const Simulation& simulation);

/// Gathers the context keys of several policies: each once, as spelled first, in order of first use.
class ContextKeyList {
  public:
    void add(const Policy& policy);
    [[nodiscard]] std::vector<std::string> take() && { return std::move(keys_); }

  private:
    std::vector<std::string> keys_;
    std::unordered_set<std::string> folded_;
};

}  // namespace iamlocal::policy
