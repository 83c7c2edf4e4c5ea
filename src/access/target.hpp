// What somebody wants to act on: named by whoever serves the request, decided on by authorize().
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/named.hpp"
#include "policy/cache.hpp"
#include "policy/decide.hpp"
#include "policy/request.hpp"
#include "store/tags.hpp"

namespace iamlocal::access {

/// Condition keys that come with a request; names in lower case.
using RequestKeys = std::vector<std::pair<std::string_view, policy::Values>>;

/// A policy of the resource itself: a role's trust policy, a bucket's or a key's policy.
struct ResourcePolicy {
    /// Shared with whoever has compiled it. Null: the resource has none, or does not exist, and grants nothing. One
    /// that cannot be read denies.
    std::shared_ptr<const policy::CompiledDocument> document;
    AccountId owner;  ///< the account that the resource belongs to
    policy::ResourcePolicyPart part = policy::ResourcePolicyPart::grants;

    friend bool operator==(const ResourcePolicy&, const ResourcePolicy&) = default;
};

/// The tags of a resource, as aws:ResourceTag/….
struct ResourceTags {
    std::string id;  ///< of the tagged resource; empty: it has no tags
    /// To be loaded by whoever knows `id`, at least where RequiredFacts of the policies say that somebody may ask.
    std::vector<store::Tag> tags = {};
    bool as_iam_keys = false;  ///< users and roles offer them as iam:ResourceTag/…, too

    friend bool operator==(const ResourceTags&, const ResourceTags&) = default;
};

/// A further permission that an operation needs, for example iam:TagUser for CreateUser with tags.
struct Permission {
    std::string_view action;  ///< "iam:TagUser", a literal
    std::string resource;
    std::string shown = {};  ///< as messages name the resource; empty: `resource`
    RequestKeys keys = {};
    ResourceTags tags = {};
    /// Whether aws:RequestTag and aws:TagKeys are there for it; sts:SetSourceIdentity does not see them.
    bool sees_request_tags = true;

    friend bool operator==(const Permission&, const Permission&) = default;
};

/// What an operation acts on.
struct Target {
    std::string resource = "*";  ///< ARN, or "*" for operations without one
    std::string shown;           ///< as messages name it, for example `user bob`; empty: `resource`
    ResourceTags tags;
    std::vector<store::Tag> request_tags;  ///< aws:RequestTag and aws:TagKeys
    std::vector<std::string> tag_keys;     ///< aws:TagKeys of an operation that removes tags
    RequestKeys keys;
    std::vector<Permission> dependent_permissions;
    std::optional<ResourcePolicy> resource_policy;
    /// STS gives no reason when nothing allows an AssumeRole, so as not to tell which side refused.
    bool hide_reason = false;
    /// None for explicit denials either, as of AssumeRoot.
    bool hide_denials = false;
    /// No policy can grant or forbid the operation.
    bool exempt = false;

    friend bool operator==(const Target&, const Target&) = default;
};

/// For operations that need no permission: GetCallerIdentity, GetSessionToken.
Target needs_no_permission();

}  // namespace iamlocal::access
