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
#include "policy/document.hpp"
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
    void add_stored(std::string name, std::string_view document, policy::DocumentKind kind);

    policy::Policies view() const { return list_; }

  private:
    void add(std::string name, policy::Policy compiled);

    std::deque<std::string> names_;
    std::deque<policy::Policy> compiled_;
    std::vector<policy::SourcedPolicy> list_;
};

/// `user`, `group` or `role`.
std::string_view kind_name(store::EntityKind kind);

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

/// The policies of an entity, a user's groups included, as they are stored: what reads them needs no transaction. One
/// that it has twice is there once.
struct StoredPolicies {
    SourceEntity entity;
    store::PrincipalPolicies policies;

    bool has_boundary() const { return policies.boundary.has_value(); }
    /// Reads the identity-based ones.
    void add_identity_to(SimulatedPolicies& list) const;
    /// Sets the list if there is a boundary, and leaves it empty if that one's policy is gone.
    void add_boundary_to(std::optional<SimulatedPolicies>& list) const;
};

StoredPolicies load_policies(Context& ctx, SourceEntity entity);

}  // namespace iamlocal::iam
