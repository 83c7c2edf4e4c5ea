#include "aws/error.hpp"

#include <array>
#include <cstddef>

namespace iamlocal {
namespace {

constexpr std::array rows = {
    ErrorRow{ErrorCode::invalid_action, "InvalidAction", 400},
    ErrorRow{ErrorCode::missing_action, "MissingAction", 400},
    ErrorRow{ErrorCode::malformed_query_string, "MalformedQueryString", 400},
    ErrorRow{ErrorCode::request_entity_too_large, "RequestEntityTooLarge", 413},
    ErrorRow{ErrorCode::request_header_too_large, "RequestHeaderSectionTooLarge", 431},
    ErrorRow{ErrorCode::unsupported_media_type, "UnsupportedMediaType", 415},
    ErrorRow{ErrorCode::method_not_allowed, "MethodNotAllowed", 405},
    ErrorRow{ErrorCode::request_timeout, "RequestTimeout", 408},
    ErrorRow{ErrorCode::malformed_http, "MalformedHttpRequestException", 400},
    ErrorRow{ErrorCode::not_found, "NotFound", 404},
    ErrorRow{ErrorCode::not_implemented, "NotImplemented", 501},
    ErrorRow{ErrorCode::internal_failure, "InternalFailure", 500},
    ErrorRow{ErrorCode::service_unavailable, "ServiceUnavailable", 503},
    ErrorRow{ErrorCode::missing_authentication_token, "MissingAuthenticationToken", 403},
    ErrorRow{ErrorCode::incomplete_signature, "IncompleteSignature", 400},
    ErrorRow{ErrorCode::invalid_client_token_id, "InvalidClientTokenId", 403},
    ErrorRow{ErrorCode::signature_does_not_match, "SignatureDoesNotMatch", 403},
    ErrorRow{ErrorCode::expired_token, "ExpiredToken", 403},
    ErrorRow{ErrorCode::validation_error, "ValidationError", 400},
    ErrorRow{ErrorCode::access_denied, "AccessDenied", 403},
    ErrorRow{ErrorCode::no_such_entity, "NoSuchEntity", 404},
    ErrorRow{ErrorCode::entity_already_exists, "EntityAlreadyExists", 409},
    ErrorRow{ErrorCode::delete_conflict, "DeleteConflict", 409},
    ErrorRow{ErrorCode::limit_exceeded, "LimitExceeded", 409},
    ErrorRow{ErrorCode::malformed_policy_document, "MalformedPolicyDocument", 400},
    ErrorRow{ErrorCode::invalid_input, "InvalidInput", 400},
    ErrorRow{ErrorCode::policy_not_attachable, "PolicyNotAttachable", 400},
    ErrorRow{ErrorCode::unmodifiable_entity, "UnmodifiableEntity", 400},
    ErrorRow{ErrorCode::packed_policy_too_large, "PackedPolicyTooLarge", 400},
    ErrorRow{ErrorCode::concurrent_modification, "ConcurrentModification", 409},
    ErrorRow{ErrorCode::service_failure, "ServiceFailure", 500},
    ErrorRow{ErrorCode::policy_evaluation, "PolicyEvaluation", 500},
    ErrorRow{ErrorCode::invalid_authorization_message, "InvalidAuthorizationMessageException", 400},
    ErrorRow{ErrorCode::invalid_parameter_value, "InvalidParameterValue", 400},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (static_cast<std::size_t>(rows[i].code) != i) return false;
    return true;
}
static_assert(in_order(), "rows stand in the order of ErrorCode");

}  // namespace

const ErrorRow& row_of(ErrorCode code) { return rows[static_cast<std::size_t>(code)]; }

ApiError invalid_action(const std::string& action, const std::string& version) {
    return {ErrorCode::invalid_action, "Could not find operation " + action + " for version " + version};
}

ApiError not_implemented(const std::string& action) {
    return {ErrorCode::not_implemented, "The operation " + action + " is not implemented."};
}

ApiError missing_action() { return {ErrorCode::missing_action, "The request must contain the parameter Action."}; }

ApiError validation_error(std::string message) { return {ErrorCode::validation_error, std::move(message)}; }

ApiError internal_failure() {
    return {ErrorCode::internal_failure,
            "The request processing has failed because of an unknown error, exception or failure."};
}

ApiError service_unavailable() {
    return {ErrorCode::service_unavailable, "The request has failed due to a temporary failure of the server."};
}

}  // namespace iamlocal
