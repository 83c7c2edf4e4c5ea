#include "sts/mfa.hpp"

#include "api/errors.hpp"

namespace iamlocal::sts {

void require_no_mfa(const std::optional<std::string>& serial_number, const std::optional<std::string>& token_code) {
    if (serial_number || token_code)
        throw api::access_denied("MultiFactorAuthentication failed with invalid MFA one time pass code.");
}

}  // namespace iamlocal::sts
