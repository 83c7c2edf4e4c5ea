#include "policy/decide.hpp"

#include <algorithm>
#include <utility>

#include "aws/arn.hpp"
#include "policy/document.hpp"
#include "policy/evaluate.hpp"

namespace iamlocal::policy {
namespace {

/// What the policies of one type say together, and the statement that makes them say it.
struct Finding {
    TypeVerdict says = TypeVerdict::nothing;
    PrincipalSpecificity specificity = PrincipalSpecificity::none;  ///< of the best Allow
    const SourcedPolicy* policy = nullptr;
    std::size_t statement = 0;
};

/// A request on its way through all types.
struct Inquiry {
    Inquiry(const Request& request, Boundary boundary, Trace* wanted_trace)
        : subject(request, boundary), trace(wanted_trace) {}

    const Subject subject;
    std::optional<IndexTarget> target;  ///< made when the first policy has an index
    Trace* const trace;                 ///< null when nobody wants to see it
};

/// Evaluates all policies of one type. Without a trace it stops at the first Deny and skips what cannot change the
/// result.
Finding evaluate_type(Policies policies, PolicyType type, Inquiry& inquiry) {
    Trace* const trace = inquiry.trace;
    Finding found;
    const auto wanted = [&] {
        return !trace && found.specificity == PrincipalSpecificity::direct ? Wanted::denials : Wanted::all;
    };
    // As with a policy that cannot be read: nobody knows what it forbids.
    const auto is_exhausted = [&](const SourcedPolicy& source, std::size_t i) {
        if (!inquiry.subject.exhausted()) return false;
        found = {TypeVerdict::deny, PrincipalSpecificity::none, &source, i};
        return true;
    };
    // Looks at one statement; false when nothing after it matters.
    const auto look = [&](const SourcedPolicy& source, std::size_t i) {
        const Statement& statement = source.policy->statements[i];
        const bool denies = statement.effect == Effect::deny;
        if (!denies && wanted() == Wanted::denials) return true;
        const Match result = match(*source.policy, statement, inquiry.subject);
        if (is_exhausted(source, i)) return false;
        if (!result.applies()) return true;
        if (trace) trace->applied.push_back({type, &source, i, statement.effect});
        if (found.says == TypeVerdict::deny) return true;
        if (denies) {
            found = {TypeVerdict::deny, PrincipalSpecificity::none, &source, i};
            return trace != nullptr;
        }
        if (result.specificity > found.specificity) found = {TypeVerdict::allow, result.specificity, &source, i};
        return true;
    };
    for (const SourcedPolicy& source : policies) {
        if (!source.policy) {
            if (found.says != TypeVerdict::deny) found = {TypeVerdict::deny, PrincipalSpecificity::none, &source, 0};
            if (!trace) return found;
            continue;
        }
        const Index& index = source.policy->index;
        if (index.empty()) {
            for (std::size_t i = 0; i < source.policy->statements.size(); ++i) {
                if (!look(source, i)) return found;
            }
            continue;
        }
        if (!inquiry.target) inquiry.target.emplace(inquiry.subject);
        Index::Walk walk(index, *inquiry.target);
        for (auto next = walk.next(wanted()); next; next = walk.next(wanted())) {
            if (!look(source, *next)) return found;
        }
        // An index looks at values, too.
        if (is_exhausted(source, 0)) return found;
    }
    return found;
}

/// Every level must allow; a Deny at any level denies.
Finding evaluate_levels(std::span<const Policies> levels, PolicyType type, Inquiry& inquiry) {
    Finding all;
    all.says = TypeVerdict::allow;
    for (const Policies& level : levels) {
        const Finding found = evaluate_type(level, type, inquiry);
        if (all.says == TypeVerdict::deny) continue;
        if (found.says == TypeVerdict::deny) {
            all = found;
            if (!inquiry.trace) return all;
        } else if (found.says == TypeVerdict::nothing) {
            all = {};
        }
    }
    return all;
}

/// Whether the caller has identity-based policies, or at least could have.
bool has_identity(PrincipalKind kind) {
    switch (kind) {
        case PrincipalKind::user:
        case PrincipalKind::user_session:
        case PrincipalKind::role_session:
        case PrincipalKind::federated_user:
            return true;
        default:
            return false;
    }
}

/// Temporary credentials that root made act for root, whose permissions no identity-based policy gives.
bool acts_for_root(const Principal& principal) {
    return principal.kind == PrincipalKind::root ||
           ((principal.kind == PrincipalKind::federated_user || principal.kind == PrincipalKind::user_session) &&
            principal.user_arn.ends_with(":root"));
}

/// Neither SCPs nor RCPs have any effect on service-linked roles ("Service control policies", "Resource control
/// policies" in the Organizations guide).
bool is_service_linked(const Principal& principal) {
    return principal.kind == PrincipalKind::role_session && arn::is_service_linked_role(principal.role_arn);
}

}  // namespace

Boundary boundary_of(const PolicySet& policies, const Request& request) {
    const bool present = policies.boundary && request.principal && has_identity(request.principal->kind);
    return present ? Boundary::present : Boundary::absent;
}

namespace {

/// What each type says, and the flow chart on top of it.
class Decider {
  public:
    Decider(const PolicySet& policies, const Request& request, Trace* trace)
        : policies_(policies),
          inquiry_(request, boundary_of(policies, request), trace),
          kind_(caller().kind),
          resource_type_(policies.resource_type()),
          cross_account_(!request.resource_account.empty() && request.resource_account != "aws" &&
                         request.resource_account != caller().account) {}

    Decision run() {
        evaluate_all();
        // An explicit deny of any type comes before everything else.
        for (std::size_t i = 0; i < policy_type_count; ++i) {
            const std::optional<Finding>& found = found_[i];
            if (found && found->says == TypeVerdict::deny) {
                return {Outcome::explicit_deny, static_cast<PolicyType>(i), found->policy, found->statement,
                        inquiry_.subject.exhausted()};
            }
        }
        if (!allows_if_present(PolicyType::rcp)) return refused_by(PolicyType::rcp);
        if (!allows_if_present(PolicyType::scp)) return refused_by(PolicyType::scp);
        const Decision granted = grant();
        if (granted.allowed() && !allows_if_present(PolicyType::scope_down)) return refused_by(PolicyType::scope_down);
        return granted;
    }

  private:
    /// What there is without organization and layers.
    Decision grant() const {
        const bool has_account = has_identity(kind_) || kind_ == PrincipalKind::root;
        if (!has_account) return resource_grants() ? granted_by(resource_type_) : refused_by(resource_type_);
        return cross_account_ ? across_accounts() : within_account();
    }

    void evaluate_all() {
        if (has_identity(kind_)) {
            find(PolicyType::identity, policies_.identity);
            if (policies_.boundary) find(PolicyType::boundary, *policies_.boundary);
        }
        if (policies_.session && (has_identity(kind_) || kind_ == PrincipalKind::root))
            find(PolicyType::session, *policies_.session);
        if (!policies_.scope_down.empty()) find_levels(PolicyType::scope_down, policies_.scope_down);
        if (policies_.resource) find(resource_type_, *policies_.resource);
        if (inquiry_.trace) inquiry_.trace->cross_account = cross_account_;
        if (policies_.scp.empty() && policies_.rcp.empty()) return;
        if (is_service_linked(caller())) return;
        const bool is_member = has_identity(kind_) || kind_ == PrincipalKind::root;
        if (is_member && !policies_.scp.empty()) find_levels(PolicyType::scp, policies_.scp);
        if (!policies_.rcp.empty()) find_levels(PolicyType::rcp, policies_.rcp);
    }

    void find(PolicyType type, Policies policies) { keep(type, evaluate_type(policies, type, inquiry_)); }
    void find_levels(PolicyType type, std::span<const Policies> levels) {
        keep(type, evaluate_levels(levels, type, inquiry_));
    }
    void keep(PolicyType type, const Finding& found) {
        found_[static_cast<std::size_t>(type)] = found;
        if (inquiry_.trace) inquiry_.trace->said[static_cast<std::size_t>(type)] = found.says;
    }

    /// Both sides must agree; nothing in the resource's account replaces the identity side's Allow.
    Decision across_accounts() const {
        if (const auto refused = identity_side_refuses()) return *refused;
        return resource_grants() ? granted_by(resource_type_) : refused_by(resource_type_);
    }

    Decision within_account() const {
        const PrincipalSpecificity granted = specificity_of_grant();
        if (granted == PrincipalSpecificity::none && needs_delegation()) return refused_by(resource_type_);
        if (kind_ == PrincipalKind::root) return granted_by(PolicyType::identity);
        switch (granted) {
            case PrincipalSpecificity::direct:
                return granted_by(resource_type_);
            case PrincipalSpecificity::via_role:
            case PrincipalSpecificity::via_user: {
                // The identity behind the session is named: its own policies need not allow, what limits it counts.
                const auto refused = limits_refuse();
                return refused ? *refused : granted_by(resource_type_);
            }
            case PrincipalSpecificity::account:
            case PrincipalSpecificity::none:
                break;
        }
        const auto refused = identity_side_refuses();
        return refused ? *refused : granted_by(PolicyType::identity);
    }

    /// Whether neither root nor identity-based policies count unless the resource's policy grants to the account.
    bool needs_delegation() const {
        if (!policies_.resource) return policies_.resource_part == ResourcePolicyPart::trust;
        return policies_.resource_part != ResourcePolicyPart::grants;
    }

    /// Identity-based policies, then what limits them.
    std::optional<Decision> identity_side_refuses() const {
        if (!acts_for_root(caller()) && says(PolicyType::identity) != TypeVerdict::allow) {
            return refused_by(PolicyType::identity);
        }
        return limits_refuse();
    }

    /// Boundary and session policy. A federated user without session policy may do nothing.
    std::optional<Decision> limits_refuse() const {
        if (!allows_if_present(PolicyType::boundary)) return refused_by(PolicyType::boundary);
        if (kind_ != PrincipalKind::root && !allows_if_present(PolicyType::session))
            return refused_by(PolicyType::session);
        if (kind_ == PrincipalKind::federated_user && !policies_.session) return refused_by(PolicyType::session);
        return std::nullopt;
    }

    const Principal& caller() const { return inquiry_.subject.principal(); }
    const std::optional<Finding>& found(PolicyType type) const { return found_[static_cast<std::size_t>(type)]; }
    TypeVerdict says(PolicyType type) const { return found(type) ? found(type)->says : TypeVerdict::nothing; }
    bool allows_if_present(PolicyType type) const { return !found(type) || found(type)->says == TypeVerdict::allow; }
    bool resource_grants() const { return says(resource_type_) == TypeVerdict::allow; }
    PrincipalSpecificity specificity_of_grant() const {
        return resource_grants() ? found(resource_type_)->specificity : PrincipalSpecificity::none;
    }

    Decision granted_by(PolicyType type) const {
        const std::optional<Finding>& by = found(type);
        if (!by || by->says != TypeVerdict::allow) return {Outcome::allowed, type};
        return {Outcome::allowed, type, by->policy, by->statement};
    }
    static Decision refused_by(PolicyType type) { return {Outcome::implicit_deny, type}; }

    const PolicySet& policies_;
    Inquiry inquiry_;
    PrincipalKind kind_;
    PolicyType resource_type_;
    bool cross_account_;
    std::array<std::optional<Finding>, policy_type_count> found_;
};

}  // namespace

/// A key's policy is the root of all access to it ("Key policies in AWS KMS").
ResourcePolicyPart usual_part(std::string_view resource) {
    const std::optional<ArnParts> parts = ArnParts::split(resource);
    const bool is_key =
        parts && parts->part[0] == "arn" && parts->part[2] == "kms" && parts->part[5].starts_with("key/");
    return is_key ? ResourcePolicyPart::must_grant : ResourcePolicyPart::grants;
}

std::string_view title_of(PolicyType type) {
    switch (type) {
        case PolicyType::identity:
            return "identity-based policy";
        case PolicyType::boundary:
            return "permissions boundary";
        case PolicyType::session:
            return "session policy";
        case PolicyType::resource:
            return "resource-based policy";
        case PolicyType::trust:
            return "trust policy";
        case PolicyType::scp:
            return "service control policy";
        case PolicyType::rcp:
            return "resource control policy";
        case PolicyType::scope_down:
            return "scope-down policy";
    }
    return {};
}

DocumentKind document_kind(PolicyType type) {
    switch (type) {
        case PolicyType::identity:
            return DocumentKind::identity;
        case PolicyType::boundary:
            return DocumentKind::boundary;
        case PolicyType::session:
            return DocumentKind::session;
        case PolicyType::resource:
            return DocumentKind::resource;
        case PolicyType::trust:
            return DocumentKind::trust;
        case PolicyType::scp:
            return DocumentKind::scp;
        case PolicyType::rcp:
            return DocumentKind::rcp;
        case PolicyType::scope_down:
            return DocumentKind::session;
    }
    return DocumentKind::identity;
}

namespace {

/// A trust policy is the role's resource-based policy, and messages say so. What a session was scoped down by is a
/// policy of the session to them: AWS has named no further type.
PolicyType type_in_messages(PolicyType type) {
    if (type == PolicyType::trust) return PolicyType::resource;
    return type == PolicyType::scope_down ? PolicyType::session : type;
}

}  // namespace

std::vector<MatchedStatement> Trace::decisive(Outcome outcome) const {
    std::vector<MatchedStatement> statements;
    if (outcome == Outcome::implicit_deny) return statements;
    const Effect effect = outcome == Outcome::allowed ? Effect::allow : Effect::deny;
    std::copy_if(applied.begin(), applied.end(), std::back_inserter(statements),
                 [&](const MatchedStatement& statement) { return statement.effect == effect; });
    return statements;
}

Decision decide(const PolicySet& policies, const Request& request) { return Decider(policies, request, nullptr).run(); }

Decision decide(const PolicySet& policies, const Request& request, Trace& trace) {
    trace = {};
    return Decider(policies, request, &trace).run();
}

std::string reason(const Decision& decision, std::string_view action, PolicyArn arn) {
    if (decision.allowed()) return {};
    // AWS limits what it decides on by other means, and has no words for it.
    if (decision.exhausted) return "because its policies and the request together are too long to decide on";
    const std::string_view name = title_of(type_in_messages(decision.decided_by));
    const bool organizations = decision.decided_by == PolicyType::scp || decision.decided_by == PolicyType::rcp;
    std::string text;
    // AWS words a missing Allow in an organization's policies as an explicit deny.
    if (decision.outcome == Outcome::implicit_deny && !organizations) {
        text.append("because no ").append(name).append(" allows the ").append(action).append(" action");
        return text;
    }
    text.append("with an explicit deny in ").append(decision.decided_by == PolicyType::identity ? "an " : "a ");
    text.append(name);
    if (arn == PolicyArn::append && decision.policy && !decision.policy->arn.empty()) {
        text.append(": ").append(decision.policy->arn);
    }
    return text;
}

}  // namespace iamlocal::policy
