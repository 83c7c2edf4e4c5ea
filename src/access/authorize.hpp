// May the caller do this? Every operation names its target; authorize() gathers the caller's policies and the request's
// facts, asks the policy engine and refuses in AWS's words.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/context.hpp"
#include "policy/decide.hpp"
#include "store/tags.hpp"

namespace iamlocal::access {

/// Condition keys that come with a request; names in lower case.
using RequestKeys = std::vector<std::pair<std::string_view, policy::Values>>;

/// A further permission that an operation needs, for example iam:TagUser for CreateUser with tags.
struct Permission {
    std::string_view action;  ///< "iam:TagUser"
    std::string resource;
    std::string shown = {};  ///< as messages name the resource; empty: `resource`
    RequestKeys keys = {};
    /// Whose tags are the resource tags of this permission; empty: nobody's.
    std::string tagged_id = {};
    bool iam_tags = false;  ///< as Target::iam_tags
    /// Whether aws:RequestTag and aws:TagKeys are there for it; sts:SetSourceIdentity does not see them.
    bool sees_request_tags = true;
};

/// The resource policy of a target: a role's trust policy.
struct TrustPolicy {
    /// As stored; shared with the worker's cache. Null: there is no such role. One that cannot be read denies.
    std::shared_ptr<const policy::CompiledDocument> document;
    AccountId account;  ///< the account that owns the role

    const policy::Policy* compiled() const { return document ? document->compiled() : nullptr; }
};

/// What an operation acts on.
struct Target {
    std::string resource = "*";  ///< ARN, or "*" for operations without one
    /// As messages name it, for example `user bob`; empty: `resource`.
    std::string shown;
    /// Whose tags are aws:ResourceTag; empty: nobody's.
    std::string tagged_id;
    /// Users and roles offer their tags as iam:ResourceTag, too.
    bool iam_tags = false;
    /// aws:RequestTag and aws:TagKeys.
    std::span<const store::Tag> request_tags;
    /// aws:TagKeys of an operation that removes tags.
    std::span<const std::string> tag_keys;
    RequestKeys keys;
    std::vector<Permission> also;
    std::optional<TrustPolicy> trust;
    /// STS gives no reason when nothing allows an AssumeRole, so as not to tell which side refused.
    bool reasonless = false;
    /// No policy can grant or forbid the operation.
    bool exempt = false;
};

/// What a permission is decided on. Enforcement makes one, and so does whoever explains the decision later.
class Evaluation {
  public:
    struct Sources {
        const Identity& caller;
        const TrustPolicy* trust;          ///< null: the resource has no policy of its own
        const Organization* organization;  ///< null: there is none
        /// What explanations show in place of the trust policy's text; of the same structure. Empty: that text.
        std::string_view trust_text = {};
    };
    /// Everything must outlive this.
    Evaluation(const Sources& sources, std::string_view action, std::string_view resource,
               const policy::Context& context);
    Evaluation(const Evaluation&) = delete;
    Evaluation& operator=(const Evaluation&) = delete;

    const policy::PolicySet& policies() const { return set_; }
    const policy::Request& request() const { return request_; }

  private:
    policy::SourcedPolicy trust_;
    policy::PolicySet set_;
    policy::Request request_;
};

/// For operations that need no permission: GetCallerIdentity, GetSessionToken.
Target needs_no_permission();

/// Throws AccessDenied unless everything that `target` needs is allowed. Under `audit` the refusal is only noted in the
/// context's trace. The target goes into the decision's record, if one is kept.
void authorize(api::Context& ctx, std::string_view action, Target target);

}  // namespace iamlocal::access
