#include "aws/quotas.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/nearest.hpp"

namespace iamlocal::aws {
namespace {

struct Row {
    Quota quota;
    std::string_view name;
    std::int64_t limit;
    std::int64_t lowest = 0;  ///< what something cannot be without
};

// How many roles an instance profile may have is not here: AWS raises it for nobody.
constexpr std::array<Row, quota_count> table{{
    {Quota::users_per_account, "UsersPerAccount", 5000},
    {Quota::groups_per_account, "GroupsPerAccount", 300},
    {Quota::roles_per_account, "RolesPerAccount", 1000},
    {Quota::policies_per_account, "PoliciesPerAccount", 1500},
    {Quota::instance_profiles_per_account, "InstanceProfilesPerAccount", 1000},
    {Quota::oidc_providers_per_account, "OpenIdConnectProvidersPerAccount", 100},
    {Quota::saml_providers_per_account, "SAMLProvidersPerAccount", 100},
    {Quota::client_ids_per_oidc_provider, "ClientIdsPerOpenIdConnectProvider", 100},
    {Quota::keys_per_saml_provider, "KeysPerSAMLProvider", 10},
    {Quota::access_keys_per_user, "AccessKeysPerUser", 2},
    {Quota::mfa_devices_per_user, "MFADevicesPerUser", 8},
    {Quota::groups_per_user, "GroupsPerUser", 10},
    {Quota::policies_per_user, "PoliciesPerUser", 10},
    {Quota::policies_per_group, "PoliciesPerGroup", 10},
    {Quota::policies_per_role, "PoliciesPerRole", 10},
    {Quota::versions_per_policy, "VersionsPerPolicy", 5, 1},
    {Quota::policy_versions_in_use, "PolicyVersionsInUse", 10000},
    {Quota::signing_certificates_per_user, "CertificatesPerUser", 2},
    {Quota::ssh_public_keys_per_user, "SSHPublicKeysPerUser", 5},
    {Quota::service_specific_credentials, "ContextSpecificCredentialsPerUserPerContext", 2},
    {Quota::server_certificates, "ServerCertificatesPerAccount", 20},
    {Quota::tags_per_entity, "TagsPerEntity", 50},
    {Quota::policy_size, "PolicySize", 6144},
    {Quota::trust_policy_size, "ACLSizePerRole", 2048},
    {Quota::user_policy_size, "UserPolicySize", 2048},
    {Quota::group_policy_size, "GroupPolicySize", 5120},
    {Quota::role_policy_size, "RolePolicySize", 10240},
    {Quota::session_policy_size, "SessionPolicySize", 2048},
    {Quota::session_token_size, "SessionTokenSize", 4096, 1024},
    {Quota::session_policy_arns, "SessionPolicyArns", 10},
    {Quota::service_control_policy_size, "ServiceControlPolicySize", 10240},
    {Quota::resource_control_policy_size, "ResourceControlPolicySize", 5120},
    {Quota::service_control_policies_per_target, "ServiceControlPoliciesPerTarget", 10},
    {Quota::resource_control_policies_per_target, "ResourceControlPoliciesPerTarget", 5},
    {Quota::organizational_unit_depth, "OrganizationalUnitDepth", 5},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (index_of(table[i].quota) != i) return false;
    }
    return true;
}
static_assert(is_in_order());

}  // namespace

std::string_view name_of(Quota quota) { return table[index_of(quota)].name; }

Quotas::Quotas() : limits_{} {
    for (const Row& row : table) limits_[index_of(row.quota)] = row.limit;
}

Quotas& Quotas::operator=(const Quotas& other) {
    for (std::size_t i = 0; i < limits_.size(); ++i) limits_[i] = other.limits_[i].load(std::memory_order_relaxed);
    return *this;
}

bool operator==(const Quotas& a, const Quotas& b) {
    return std::equal(a.limits_.begin(), a.limits_.end(), b.limits_.begin());
}

std::optional<std::string> Quotas::set(std::string_view name, std::int64_t limit) {
    const auto row = std::find_if(table.begin(), table.end(), [&](const Row& known) { return known.name == name; });
    if (row == table.end()) {
        std::vector<std::string> names;
        for (const Row& known : table) names.emplace_back(known.name);
        const std::string nearest = find_nearest(name, names);
        return fmt::format("there is no quota '{}'{}", name,
                           nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest));
    }
    if (limit < row->lowest || limit > highest)
        return fmt::format("{} must be a number from {} to {}", name, row->lowest, highest);
    limits_[index_of(row->quota)] = limit;
    return std::nullopt;
}

}  // namespace iamlocal::aws
