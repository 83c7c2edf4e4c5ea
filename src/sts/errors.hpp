// The types of error that STS alone has.
#pragma once

#include "aws/error.hpp"

namespace iamlocal::sts::error_type {

using namespace iamlocal::error_type;
inline constexpr ErrorType packed_policy_too_large{"PackedPolicyTooLarge", 400};
inline constexpr ErrorType invalid_authorization_message{"InvalidAuthorizationMessageException", 400};
inline constexpr ErrorType invalid_identity_token{"InvalidIdentityToken", 400};
inline constexpr ErrorType expired_token_exception{"ExpiredTokenException", 400};
inline constexpr ErrorType idp_rejected_claim{"IDPRejectedClaim", 403};
inline constexpr ErrorType idp_communication_error{"IDPCommunicationError", 400};
inline constexpr ErrorType jwt_payload_size_exceeded{"JWTPayloadSizeExceededException", 400};
inline constexpr ErrorType outbound_federation_disabled{"OutboundWebIdentityFederationDisabledException", 403};
inline constexpr ErrorType session_duration_escalation{"SessionDurationEscalationException", 403};
/// Not in STS's model, which it answers all the same.
inline constexpr ErrorType invalid_parameter_value{"InvalidParameterValue", 400};

}  // namespace iamlocal::sts::error_type
