#include "sts/operations.hpp"

#include <array>

namespace iamlocal::sts {

std::span<const std::span<const api::Operation>> operations() {
    static const std::array all = {caller_identity_operations(), assume_role_operations(), session_operations(),
                                   authorization_message_operations(), saml_operations(),
                                   web_identity_token_operations()};
    return all;
}

}  // namespace iamlocal::sts
