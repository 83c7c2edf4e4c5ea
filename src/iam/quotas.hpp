// IAM's default quotas, from "IAM and AWS STS quotas" in the IAM user guide.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/errors.hpp"

namespace iamlocal::iam {

/// A quota under the name that error messages give it.
struct Quota {
    std::string_view name;
    std::int64_t limit;
};

namespace quota {
inline constexpr Quota users{"UsersPerAccount", 5000};
inline constexpr Quota groups{"GroupsPerAccount", 300};
inline constexpr Quota roles{"RolesPerAccount", 1000};
inline constexpr Quota policies{"PoliciesPerAccount", 1500};
inline constexpr Quota instance_profiles{"InstanceProfilesPerAccount", 1000};
inline constexpr Quota access_keys_per_user{"AccessKeysPerUser", 2};
inline constexpr Quota groups_per_user{"GroupsPerUser", 10};
inline constexpr Quota policies_per_user{"PoliciesPerUser", 10};
inline constexpr Quota policies_per_group{"PoliciesPerGroup", 10};
inline constexpr Quota policies_per_role{"PoliciesPerRole", 10};
inline constexpr Quota instance_sessions_per_profile{"InstanceSessionsPerInstanceProfile", 1};
inline constexpr Quota versions_per_policy{"VersionsPerPolicy", 5};
inline constexpr Quota policy_size{"PolicySize", 6144};
// Sums of a principal's inline policies, without white space.
inline constexpr std::int64_t user_inline_size = 2048;
inline constexpr std::int64_t group_inline_size = 5120;
inline constexpr std::int64_t role_inline_size = 10240;
// Shown by GetAccountSummary alone.
inline constexpr std::int64_t policy_versions_in_use = 10000;
inline constexpr std::int64_t signing_certificates_per_user = 2;
inline constexpr std::int64_t server_certificates = 20;
}  // namespace quota

/// Throws LimitExceeded if there are `count` already and no more may be added.
inline void require_quota(const Quota& quota, std::int64_t count) {
    if (count >= quota.limit) throw api::quota_exceeded(quota.name, quota.limit);
}

}  // namespace iamlocal::iam
