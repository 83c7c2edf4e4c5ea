// What ends a request: an ApiError, thrown by handlers and by the pipeline and caught in one place. Messages are made
// by named factories beside what they are about; here are the types that all
// services share.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace iamlocal {

/// A kind of error as it goes over the wire. The fault is the sender's for every status below 500.
struct ErrorType {
    std::string_view name;  ///< AWS's, for example "NoSuchEntity"
    int status;             ///< of HTTP

    friend bool operator==(const ErrorType&, const ErrorType&) = default;
};

/// Those that any service may answer with. What one service alone has stands beside that service, in a namespace
/// `error_type` of its own that also shows these.
namespace error_type {
// protocol
inline constexpr ErrorType invalid_action{"InvalidAction", 400};
inline constexpr ErrorType missing_action{"MissingAction", 400};
inline constexpr ErrorType malformed_query_string{"MalformedQueryString", 400};
inline constexpr ErrorType malformed_input{"MalformedInput", 400};
inline constexpr ErrorType request_entity_too_large{"RequestEntityTooLarge", 413};
inline constexpr ErrorType request_header_too_large{"RequestHeaderSectionTooLarge", 431};
inline constexpr ErrorType unsupported_media_type{"UnsupportedMediaType", 415};
inline constexpr ErrorType method_not_allowed{"MethodNotAllowed", 405};
inline constexpr ErrorType request_timeout{"RequestTimeout", 408};
inline constexpr ErrorType malformed_http{"MalformedHttpRequestException", 400};
inline constexpr ErrorType not_found{"NotFound", 404};
inline constexpr ErrorType not_implemented{"NotImplemented", 501};
inline constexpr ErrorType internal_failure{"InternalFailure", 500};
inline constexpr ErrorType service_unavailable{"ServiceUnavailable", 503};
// authentication
inline constexpr ErrorType missing_authentication_token{"MissingAuthenticationToken", 403};
inline constexpr ErrorType incomplete_signature{"IncompleteSignature", 400};
inline constexpr ErrorType invalid_client_token_id{"InvalidClientTokenId", 403};
inline constexpr ErrorType signature_does_not_match{"SignatureDoesNotMatch", 403};
inline constexpr ErrorType expired_token{"ExpiredToken", 403};
// validation and authorization
inline constexpr ErrorType validation_error{"ValidationError", 400};
inline constexpr ErrorType access_denied{"AccessDenied", 403};
// what the helpers of src/api answer for several services
inline constexpr ErrorType malformed_policy_document{"MalformedPolicyDocument", 400};
inline constexpr ErrorType invalid_input{"InvalidInput", 400};
inline constexpr ErrorType limit_exceeded{"LimitExceeded", 409};
inline constexpr ErrorType entity_already_exists{"EntityAlreadyExists", 409};
inline constexpr ErrorType concurrent_modification{"ConcurrentModification", 409};
}  // namespace error_type

class ApiError final : public std::exception {
  public:
    ApiError(ErrorType type, std::string message) : type_(type), message_(std::move(message)) {}

    const ErrorType& type() const { return type_; }
    const std::string& message() const { return message_; }
    const char* what() const noexcept override { return message_.c_str(); }

  private:
    ErrorType type_;
    std::string message_;
};

/// `Could not find operation X for version Y`, for actions that AWS does not have.
ApiError invalid_action(const std::string& action, const std::string& version);
/// Of an operation that the endpoint does not have.
ApiError unknown_operation();
/// An operation of AWS's model that is not built yet.
ApiError not_implemented(const std::string& action);
ApiError missing_action();
/// For a value that cannot be read as what it should be, before any constraint is looked at.
ApiError malformed_input(std::string message);
ApiError validation_error(std::string message);
ApiError internal_failure();
/// For a moment only: SDKs ask again.
ApiError service_unavailable();

}  // namespace iamlocal
