#include "sts/operations.hpp"

#include <array>

namespace iamlocal::sts {

std::span<const std::span<const api::Operation>> operations() {
    static const std::array all = {caller_identity_operations(), assume_role_operations(), session_operations(),
                                   authorization_message_operations()};
    return all;
}

std::span<const char* const> unbuilt_operations() {
    static constexpr std::array names = {
        "AssumeRoleWithSAML",      "AssumeRoleWithWebIdentity", "AssumeRoot",
        "GetDelegatedAccessToken", "GetFederationToken",        "GetWebIdentityToken",
    };
    return names;
}

}  // namespace iamlocal::sts
