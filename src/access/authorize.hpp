// May this caller do this to that? For anybody who can name caller, action, resource and circumstances: the API's
// operations, and whoever serves requests of other services.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "access/condition_keys.hpp"
#include "access/enforcement.hpp"
#include "access/identity.hpp"
#include "access/organization.hpp"
#include "access/required_facts.hpp"
#include "access/target.hpp"
#include "policy/decide.hpp"

namespace iamlocal::access {

struct DecisionRecord;

/// The question. Views only: everything must outlive it.
struct AccessRequest {
    const Identity& caller;
    const Organization* organization;  ///< null: none is declared
    RequestFacts facts;
    std::string_view action;  ///< a literal, "iam:CreateUser"
    const Target& target;     ///< with the tags of its resources loaded where `required` says so
    RequiredFacts required;   ///< required_facts() of caller, organization and the target's resource policy
};

/// What a permission is decided on. Enforcement makes one, and so does whoever explains the decision later.
class Evaluation {
  public:
    struct Sources {
        const Identity& caller;
        const ResourcePolicy* resource_policy;  ///< null: the resource has no policy of its own
        const Organization* organization;       ///< null: there is none
        /// What explanations show in place of the resource policy's text; of the same structure. Empty: that text.
        std::string_view resource_policy_text = {};
    };
    /// Everything must outlive this.
    Evaluation(const Sources& sources, std::string_view action, std::string_view resource,
               const policy::RequestContext& keys);
    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

    const policy::PolicySet& policies() const { return set_; }
    const policy::Request& request() const { return request_; }

  private:
    policy::SourcedPolicy resource_policy_;
    policy::PolicySet set_;
    policy::Request request_;
};

/// One of the permissions of a request: number 0 is the operation's own, the others are dependent ones, in their order.
struct PermissionView {
    PermissionView(std::string_view action, const Target& target, std::size_t number);

    std::string_view action;
    std::string_view resource;
    std::string_view shown;
    const RequestKeys& keys;
    const ResourceTags& tags;
    bool sees_request_tags;
    /// A policy counts for every permission on its resource.
    const ResourcePolicy* resource_policy;

    /// The tags that the request sends, as far as the permission sees them.
    TagKeys::Sent sent(const Target& target) const;
};

/// The answer.
struct Verdict {
    std::string_view decision = "-";  ///< "allow", "deny", "audit-deny", "exempt", "off" or "-": none was made
    std::string denied;               ///< what was or would have been refused, in the words of AWS's message
    /// Where policies were asked: what came of the operation's own permission, or of the first that is refused.
    policy::Outcome outcome = policy::Outcome::implicit_deny;
    policy::PolicyType decided_by = policy::PolicyType::identity;  ///< likewise

    bool refused() const { return decision == "deny"; }
    /// Whether policies were asked.
    bool is_decision() const { return decision == "allow" || decision == "deny" || decision == "audit-deny"; }
};

/// What the policies that count for the caller may ask for, and a resource policy beside them.
RequiredFacts required_facts(const Identity& caller, const Organization* organization,
                             const ResourcePolicy* resource_policy);

/// Decides everything that the target needs. `record` is filled in unless it is null.
Verdict authorize(Enforcement enforcement, const AccessRequest& request, DecisionRecord* record);

}  // namespace iamlocal::access
