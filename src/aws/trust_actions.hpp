// The actions of STS that act on a role, and so are all that a role's trust policy can speak of.
#pragma once

#include <array>
#include <string_view>

namespace iamlocal::aws {

struct TrustAction {
    std::string_view name;    ///< `sts:TagSession`, as trust policies must spell it
    std::string_view folded;  ///< `tagsession`
};

inline constexpr TrustAction assume_role{"sts:AssumeRole", "assumerole"};
inline constexpr TrustAction assume_role_with_saml{"sts:AssumeRoleWithSAML", "assumerolewithsaml"};
inline constexpr TrustAction assume_role_with_web_identity{"sts:AssumeRoleWithWebIdentity",
                                                           "assumerolewithwebidentity"};
inline constexpr TrustAction tag_session{"sts:TagSession", "tagsession"};
inline constexpr TrustAction set_source_identity{"sts:SetSourceIdentity", "setsourceidentity"};
inline constexpr TrustAction set_context{"sts:SetContext", "setcontext"};

/// All of them. AssumeRoot is none: it acts on an account's root ("Actions, resources, and condition keys for AWS
/// Security Token Service").
inline constexpr std::array<TrustAction, 6> trust_actions{
    assume_role, assume_role_with_saml, assume_role_with_web_identity, tag_session, set_source_identity, set_context};

}  // namespace iamlocal::aws
