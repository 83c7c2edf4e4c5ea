#include "sts/operations.hpp"

#include <array>

namespace iamlocal::sts {

std::span<const std::span<const api::Operation>> operations() {
    static const std::array all = {
        caller_identity_operations(),    assume_role_operations(),          saml_operations(),
        web_identity_operations(),       assume_root_operations(),          session_operations(),
        federation_token_operations(),   scoped_credentials_operations(),   delegated_access_operations(),
        web_identity_token_operations(), authorization_message_operations()};
    return all;
}

}  // namespace iamlocal::sts
