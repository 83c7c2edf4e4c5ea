// The policies of a simulation: documents that come with the request and those of a user, group or role, compiled and
// named as the simulator's answers name them.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "iam/kinds.hpp"
#include "policy/decide.hpp"
#include "store/entities.hpp"
#include "store/principals.hpp"

namespace iamlocal::iam {

/// Policies of one type. What it hands out points into it, so it cannot be copied or moved.
class SimulatedPolicies {
  public:
    SimulatedPolicies() = default;
    SimulatedPolicies(const SimulatedPolicies&) = delete;
    SimulatedPolicies& operator=(const SimulatedPolicies&) = delete;

    /// A document of the request. Throws InvalidInput for what IAM would not store.
    void add_input(std::string name, std::string_view document, policy::DocumentKind kind);
    /// Documents of the request, named `LIST.1`, `LIST.2`, …
    void add_inputs(std::string_view list, const std::vector<std::string>& documents, policy::DocumentKind kind);
    /// A stored policy. Throws PolicyEvaluation when it cannot be read.
    void add_stored(policy::Cache& cache, std::string name, const store::GrantedPolicy& source,
                    policy::DocumentKind kind);

    policy::Policies view() const { return list_; }

  private:
    void add(std::string name, std::shared_ptr<const policy::Policy> compiled);

    std::deque<std::string> names_;
    std::vector<std::shared_ptr<const policy::Policy>> compiled_;  ///< some are shared with the worker's cache
    std::vector<policy::SourcedPolicy> list_;
};

/// A policy source that exists.
struct SourceEntity {
    store::EntityKind kind{};
    std::string id;
    std::string name;
    std::string arn;
};

/// The user, group or role that PolicySourceArn names.
struct PolicySource {
    std::variant<LookedUp<UserKind>, LookedUp<GroupKind>, LookedUp<RoleKind>> named;

    /// Throws NoSuchEntity.
    SourceEntity require(Context& ctx);
};

/// Throws InvalidInput unless the ARN names a user, group or role of the caller's account, there or not.
PolicySource policy_source(Context& ctx, std::string_view arn);
/// Messages name its ARN.
Target policy_source_target(Context& ctx, const PolicySource& source);

namespace detail {

inline constexpr auto resolve_policy_source = [](Context& ctx, const auto& in) {
    return policy_source(ctx, in.policy_source_arn);
};
inline constexpr auto target_policy_source = [](Context& ctx, const auto&, const PolicySource& source) {
    return policy_source_target(ctx, source);
};

}  // namespace detail

/// A row. `handler` is `Output f(Context&, const Input&, PolicySource&)`, whose Input has a `policy_source_arn`.
template <auto handler>
constexpr api::Operation on_policy_source(const char* action, db::Access access) {
    return api::operation<handler, detail::target_policy_source, detail::resolve_policy_source>(action, access);
}

/// What is said of the n-th document of PolicyInputList and its like when it cannot be read.
ApiError invalid_list_item(std::string_view number);
/// What is said of a stored policy that cannot be read.
ApiError cannot_be_evaluated(std::string_view name);

/// The policies of an entity, a user's groups included; one that it has twice, once.
store::PrincipalPolicies stored_policies(Context& ctx, const SourceEntity& entity);

/// Loads the policies of an entity, a user's groups included. `boundary` is set if it has one, and stays empty if that
/// one's policy is gone.
void load_policies(Context& ctx, const SourceEntity& entity, SimulatedPolicies& identity,
                   std::optional<SimulatedPolicies>& boundary);

}  // namespace iamlocal::iam
