// How much of everything an account may have: "IAM and AWS STS quotas" and "Quotas and service limits for AWS
// Organizations", as of May 2026. One table, whose numbers a server may be given others for.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace iamlocal::aws {

enum class Quota {
    users_per_account,
    groups_per_account,
    roles_per_account,
    policies_per_account,
    instance_profiles_per_account,
    oidc_providers_per_account,
    saml_providers_per_account,
    client_ids_per_oidc_provider,
    keys_per_saml_provider,  ///< certificates in its metadata
    access_keys_per_user,
    mfa_devices_per_user,  ///< root counts as one
    groups_per_user,
    policies_per_user,  ///< attached; likewise the next two
    policies_per_group,
    policies_per_role,
    versions_per_policy,
    policy_versions_in_use,
    signing_certificates_per_user,
    ssh_public_keys_per_user,
    service_specific_credentials,  ///< of a user, for each service
    server_certificates,
    tags_per_entity,
    // Sizes, in characters that are not white space.
    policy_size,
    trust_policy_size,
    user_policy_size,  ///< all inline policies of a user together; likewise the next two
    group_policy_size,
    role_policy_size,
    session_policy_size,
    session_token_size,  ///< in bytes
    session_policy_arns,
    service_control_policy_size,
    resource_control_policy_size,
    // The policy that allows everything included.
    service_control_policies_per_target,
    resource_control_policies_per_target,
    organizational_unit_depth,
};
inline constexpr std::size_t quota_count = 35;

/// As AWS's error messages have it, or in their manner.
[[nodiscard]] std::string_view name_of(Quota quota);
[[nodiscard]] constexpr std::size_t index_of(Quota quota) { return static_cast<std::size_t>(quota); }

/// To how much AWS raises the size of a role's trust policy when it is asked to.
inline constexpr std::int64_t highest_trust_policy_size = 4096;

/// The quotas of one server: AWS's defaults, and what was set instead. Each number may be read while another thread
/// sets it.
class Quotas {
  public:
    Quotas();
    Quotas(const Quotas& other) : limits_{} { *this = other; }
    Quotas& operator=(const Quotas& other);
    ~Quotas() = default;
    static constexpr std::int64_t highest = 1'000'000;

    [[nodiscard]] std::int64_t operator[](Quota quota) const {
        return limits_[index_of(quota)].load(std::memory_order_relaxed);
    }
    /// Sets the quota of that name. Gives what is wrong, in one sentence, if there is no such quota or the number is
    /// not from its least number, mostly 0, to `highest`.
    [[nodiscard]] std::optional<std::string> set(std::string_view name, std::int64_t limit);

    friend bool operator==(const Quotas& a, const Quotas& b);

  private:
    std::array<std::atomic<std::int64_t>, quota_count> limits_;
};

}  // namespace iamlocal::aws
