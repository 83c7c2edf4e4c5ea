// All policies of a request to one decision, as AWS's flow chart combines them ("Policy evaluation logic"). Enforcement
// and the simulator call the same function.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document_kind.hpp"
#include "policy/request.hpp"

namespace iamlocal::policy {

enum class Outcome { allowed, explicit_deny, implicit_deny };

enum class PolicyType { identity, boundary, session, resource, trust, scp, rcp, scope_down };
inline constexpr std::size_t policy_type_count = 8;

/// What people call a type: `identity-based policy`, `permissions boundary`, `trust policy`, ….
[[nodiscard]] std::string_view title_of(PolicyType type);

/// Whether there are policies of a type one above the other, each of which must allow: those of the units of an
/// organization, and those that a session was scoped down by, one after the other.
[[nodiscard]] constexpr bool has_levels(PolicyType type) {
    return type == PolicyType::scp || type == PolicyType::rcp || type == PolicyType::scope_down;
}

/// What a document must be to count as a policy of that type.
[[nodiscard]] DocumentKind document_kind(PolicyType type);

/// A policy and what to call it. A null policy stands for a stored document that cannot be read: since nobody knows
/// what it forbids, it denies everything explicitly, wherever it stands.
struct SourcedPolicy {
    const Policy* policy = nullptr;
    std::string_view name;
    std::string_view arn;        ///< of a managed policy; empty for an inline one
    std::string_view text = {};  ///< the document, where explanations may need it; decisions never look
    /// Whose it is, where that is not the caller: the name of a group; of SCPs and RCPs the unit or account.
    std::string_view owner = {};
};

using Policies = std::span<const SourcedPolicy>;

/// What the policy of a resource does in a decision. Whoever asks says it: it is a property of the service.
enum class ResourcePolicyPart {
    grants,      ///< within the account its Allow suffices, beside the identity-based policies; the usual one
    must_grant,  ///< nobody's policies count unless it grants to their account: a KMS key's policy
    trust,       ///< a role's trust policy, which must grant, too
};

/// For those who know nothing but the resource's ARN: `must_grant` for a KMS key, else `grants`.
[[nodiscard]] ResourcePolicyPart usual_part(std::string_view resource);

/// Everything that may have a say. Nothing is owned. An absent optional means "this type does not apply"; an empty list
/// means "applies and grants nothing". Types that cannot apply to the kind of caller are ignored (a root user has no
/// identity-based policies, a service has neither boundary nor session policy).
struct PolicySet {
    Policies identity;  ///< inline and attached, those of all groups included; a federated user's are its user's
    std::optional<Policies> boundary;
    /// The session's inline policy and PolicyArns together. Of root only what they deny counts: the tasks of
    /// AssumeRoot.
    std::optional<Policies> session;
    std::optional<Policies> resource;
    ResourcePolicyPart resource_part = ResourcePolicyPart::grants;
    std::span<const Policies> scp;  ///< one list per level, from root to account; none: no organization
    std::span<const Policies> rcp;  ///< the same on the resource's side
    /// One list per layer, for any caller. Nothing that grants comes past them, a resource's policy neither.
    std::span<const Policies> scope_down;

    /// What the resource policy is called in a decision.
    [[nodiscard]] PolicyType resource_type() const {
        return resource_part == ResourcePolicyPart::trust ? PolicyType::trust : PolicyType::resource;
    }
};

/// Whether the set limits the caller by a boundary. Only callers who have identity-based policies can have one.
[[nodiscard]] Boundary boundary_of(const PolicySet& policies, const Request& request);

/// Calls `visit` with each list of policies in the set.
template <class Visitor>
void each_list(const PolicySet& set, Visitor visit) {
    visit(set.identity);
    if (set.boundary) visit(*set.boundary);
    if (set.session) visit(*set.session);
    if (set.resource) visit(*set.resource);
    for (const Policies& level : set.scp) visit(level);
    for (const Policies& level : set.rcp) visit(level);
    for (const Policies& level : set.scope_down) visit(level);
}

/// The outcome and who brought it about.
struct Decision {
    Outcome outcome = Outcome::implicit_deny;
    PolicyType decided_by = PolicyType::identity;  ///< allowed: the type that granted; else the type that refused
    const SourcedPolicy* policy = nullptr;         ///< the one that granted or denied explicitly, if there is one
    std::size_t statement = 0;                     ///< index in that policy; 0 when it could not be read
    /// Whether it took more steps than a decision may; then it denies, as with a policy that cannot be read, and
    /// `statement` is where the steps ended.
    bool exhausted = false;

    [[nodiscard]] bool allowed() const { return outcome == Outcome::allowed; }
};

/// What one policy type says by itself.
enum class TypeVerdict { nothing, allow, deny };

/// A statement that applied, for the simulator's MatchedStatements.
struct MatchedStatement {
    PolicyType type = PolicyType::identity;
    const SourcedPolicy* source = nullptr;
    std::size_t statement = 0;
    Effect effect = Effect::deny;
};

/// How a decision came about. Gathering it costs more than deciding: ask for it only to show it.
struct Trace {
    std::array<std::optional<TypeVerdict>, policy_type_count> said;  ///< by PolicyType; absent types stay empty
    std::vector<MatchedStatement> applied;  ///< every statement that applies, in order of PolicyType
    bool cross_account = false;

    [[nodiscard]] std::optional<TypeVerdict> says(PolicyType type) const {
        return said[static_cast<std::size_t>(type)];
    }
    /// Those that decided: the Allow statements of an allowed request, the Deny ones of an explicit deny, else none.
    [[nodiscard]] std::vector<MatchedStatement> decisive(Outcome outcome) const;
};

[[nodiscard]] Decision decide(const PolicySet& policies, const Request& request);
[[nodiscard]] Decision decide(const PolicySet& policies, const Request& request, Trace& trace);

enum class PolicyArn { omit, append };

/// How an AccessDenied message ends ("Troubleshoot access denied error messages"), for example `because no
/// identity-based policy allows the iam:GetUser action`; empty for an allowed request. With `append`, an explicit deny
/// by a managed policy is followed by `: ` and its ARN, as AWS does since 2026.
[[nodiscard]] std::string reason(const Decision& decision, std::string_view action, PolicyArn arn = PolicyArn::omit);

}  // namespace iamlocal::policy
