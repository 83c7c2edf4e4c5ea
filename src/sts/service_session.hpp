// A role's session for a program that runs on a service of AWS's: the service assumes the role, as EC2 does for an
// instance, and hands over the credentials.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/identity.hpp"
#include "access/target.hpp"
#include "api/context.hpp"
#include "store/tags.hpp"
#include "sts/role_session.hpp"

namespace iamlocal::sts {

struct ServiceSessionWish {
    AccountId account;  ///< of the role
    std::string role_name;
    std::string session_name;
    std::vector<store::Tag> tags;
    bool tags_are_transitive = false;
    access::RequestKeys keys;                                  ///< what the service says of itself: aws:SourceArn
    std::vector<std::pair<std::string, std::string>> context;  ///< condition keys of the session; names in lower case
    std::chrono::seconds duration{};
};

/// The caller by whom this is done: `ec2.amazonaws.com`.
std::shared_ptr<const access::Identity> service_identity(std::string_view principal);

/// Decides sts:AssumeRole by the role's trust policy, and sts:TagSession where there are tags, and gives out the
/// session. The role's MaxSessionDuration is not for services. The call's caller is a service_identity(). Throws
/// AccessDenied, also for a role that does not exist, and PackedPolicyTooLarge.
RoleSession assume_for_service(api::Call& call, const ServiceSessionWish& wish);

}  // namespace iamlocal::sts
