// What the files about managed policies share besides their answers: the door for documents and the usage filter.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/policy_documents.hpp"
#include "iam/errors.hpp"
#include "iam/quotas.hpp"
#include "store/policies.hpp"

namespace iamlocal::iam {

/// Throws MalformedPolicyDocument, or LimitExceeded for a document that is too large.
inline void admit_managed_policy(const api::Context& ctx, std::string_view document) {
    const std::int64_t size = api::admit_policy(document, policy::DocumentKind::identity, policy::Strictness::managed);
    if (size > quota(ctx, Quota::policy_size)) throw quota_exceeded(ctx, Quota::policy_size);
}

/// What PolicyUsageFilter asks for; an absent one is empty.
inline store::policies::Usage policy_usage(std::string_view filter) {
    if (filter == "PermissionsPolicy") return store::policies::Usage::attached;
    if (filter == "PermissionsBoundary") return store::policies::Usage::boundary;
    return store::policies::Usage::any;
}

}  // namespace iamlocal::iam
