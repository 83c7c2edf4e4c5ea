// Multi-factor authentication of STS requests: a code of a device that the caller has, verified before anything else is
// looked at.
#pragma once

#include <optional>
#include <string>

#include "api/context.hpp"
#include "aws/error.hpp"
#include "protocol/fields.hpp"

namespace iamlocal::sts {

/// The two members that go together. A request that gives one of them is refused, and never treated as if it had given
/// none.
struct MfaInput {
    std::optional<std::string> serial_number;
    std::optional<std::string> token_code;
    std::optional<Seconds> verified;  ///< set by verify_mfa(): when the code was found to be right

    void describe(protocol::Fields& f);
};

/// Holds the code against the device and notes the try, right or wrong. To be called in a transaction that is committed
/// in either case. The error, if any, is AccessDenied.
std::optional<ApiError> verify_mfa(api::Context& ctx, MfaInput& mfa);

}  // namespace iamlocal::sts
