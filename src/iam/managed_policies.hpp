// What the files about managed policies share besides their answers: the door for documents and the usage filter.
#pragma once

#include <string_view>

#include "api/errors.hpp"
#include "api/policy_documents.hpp"
#include "iam/quotas.hpp"
#include "store/policies.hpp"

namespace iamlocal::iam {

/// Throws MalformedPolicyDocument, or LimitExceeded for a document that is too large.
inline void admit_managed_policy(std::string_view document) {
    if (api::admit_policy(document, policy::DocumentKind::identity) > quota::policy_size.limit)
        throw api::quota_exceeded(quota::policy_size.name, quota::policy_size.limit);
}

/// What PolicyUsageFilter asks for; an absent one is empty.
inline store::policies::Usage policy_usage(std::string_view filter) {
    if (filter == "PermissionsPolicy") return store::policies::Usage::attached;
    if (filter == "PermissionsBoundary") return store::policies::Usage::boundary;
    return store::policies::Usage::any;
}

}  // namespace iamlocal::iam
