// The actions of STS that act on a role, and so are all that a role's trust policy can speak of.
#pragma once

#include <array>
#include <string_view>

namespace iamlocal::aws {

/// As trust policies must spell them. AssumeRoot is none of them: it acts on an account's root ("Actions, resources,
/// and condition keys for AWS Security Token Service").
inline constexpr std::array<std::string_view, 6> trust_actions{
    "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession", "sts:SetSourceIdentity",  "sts:SetContext"};

}  // namespace iamlocal::aws
