// What an event of CloudTrail was about: as far as it is certain.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace iamlocal::analysis {

/// The resources of one event, for one of its actions.
struct TrailResources {
    std::vector<std::string> arns;
    /// Patterns that stand for one resource of which not all is known: `…:user/alice` and `…:user/*/alice`, as trails
    /// do not tell paths.
    std::vector<std::string> patterns;
    std::string example;  ///< one that the patterns match
    std::string remark;   ///< why neither is known; then `*` stands for it
};

/// What is known of where and by whom.
struct TrailPlace {
    std::string partition;  ///< `aws`
    std::string region;
    std::string account;     ///< that the resource belongs to
    std::string caller_arn;  ///< of a user; else empty
};

/// The place of an event; its texts are empty where the event does not say them.
[[nodiscard]] TrailPlace place_of_event(const nlohmann::json& event);

/// @param action one that the service reference knows
[[nodiscard]] TrailResources resources_of_event(const nlohmann::json& event, const std::string& action,
                                                const TrailPlace& place);

/// ARNs of roles in what the request sent, for iam:PassRole.
[[nodiscard]] std::vector<std::string> roles_in_request(const nlohmann::json& event);

/// The text of a member; empty where there is none, or one that no policy can have.
[[nodiscard]] std::string text_member(const nlohmann::json& object, const char* name);

}  // namespace iamlocal::analysis
