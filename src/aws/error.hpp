// What ends a request: an ApiError, thrown by handlers and by the pipeline and caught in one place. Messages are made
// by named factories beside what they are about; here is the table of codes.
#pragma once

#include <exception>
#include <string>
#include <utility>

namespace iamlocal {

enum class ErrorCode {
    // protocol
    invalid_action,
    missing_action,
    malformed_query_string,
    request_entity_too_large,
    request_header_too_large,
    unsupported_media_type,
    method_not_allowed,
    request_timeout,
    malformed_http,
    not_found,
    not_implemented,
    internal_failure,
    service_unavailable,
    // authentication
    missing_authentication_token,
    incomplete_signature,
    invalid_client_token_id,
    signature_does_not_match,
    expired_token,
    // validation and authorization
    validation_error,
    access_denied,
    // modelled by IAM and STS
    no_such_entity,
    entity_already_exists,
    delete_conflict,
    limit_exceeded,
    malformed_policy_document,
    invalid_input,
    policy_not_attachable,
    unmodifiable_entity,
    packed_policy_too_large,
    concurrent_modification,
    service_failure,
    policy_evaluation,
    invalid_authorization_message,
    // used by STS, not in its model
    invalid_parameter_value,
};

/// How a code goes over the wire.
struct ErrorRow {
    ErrorCode code;
    const char* name;  ///< AWS's, for example "NoSuchEntity"
    int status;        ///< HTTP status
};

/// The row of `code`; the fault is the sender's for every status below 500.
const ErrorRow& row_of(ErrorCode code);

class ApiError final : public std::exception {
  public:
    ApiError(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

    ErrorCode code() const { return code_; }
    const std::string& message() const { return message_; }
    const char* what() const noexcept override { return message_.c_str(); }

  private:
    ErrorCode code_;
    std::string message_;
};

/// `Could not find operation X for version Y`, for actions that AWS does not have.
ApiError invalid_action(const std::string& action, const std::string& version);
/// An operation of AWS's model that is not built yet.
ApiError not_implemented(const std::string& action);
ApiError missing_action();
ApiError validation_error(std::string message);
ApiError internal_failure();
/// For a moment only: SDKs ask again.
ApiError service_unavailable();

}  // namespace iamlocal
