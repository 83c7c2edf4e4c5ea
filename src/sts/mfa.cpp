#include "sts/mfa.hpp"

#include "api/errors.hpp"

namespace iamlocal::sts {

void require_no_mfa(const std::optional<std::string>& serial_number, const std::optional<std::string>& token_code) {
    if (serial_number || token_code)
        throw api::access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is "
            "valid "
            "and associated with this user.");
}

}  // namespace iamlocal::sts
