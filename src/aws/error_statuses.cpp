#include "aws/error_statuses.hpp"

#include <algorithm>

namespace iamlocal::aws {
namespace {

struct KnownError {
    std::string_view code;
    int status;
    std::string_view message = {};
};

// In the order of their codes.
constexpr KnownError known_errors[] = {
    {"AccessDenied", 403},
    {"AccountNotManagementOrDelegatedAdministratorException", 400},
    {"CallerIsNotManagementAccountException", 400},
    {"ConcurrentModification", 409},
    {"DeleteConflict", 409},
    {"DuplicateCertificate", 409},
    {"DuplicateSSHPublicKey", 400},
    {"EntityAlreadyExists", 409},
    {"EntityTemporarilyUnmodifiable", 409},
    {"ExpiredToken", 403, "The security token included in the request is expired"},
    {"ExpiredTokenException", 400},
    {"ExpiredTradeInTokenException", 400},
    {"FeatureDisabled", 404},
    {"FeatureEnabled", 409},
    {"IDPCommunicationError", 400},
    {"IDPRejectedClaim", 403},
    {"IncompleteSignature", 400},
    {"InsufficientSessionLifetime", 400},
    {"InternalError", 500},
    {"InternalFailure", 500, "The request processing has failed because of an unknown error, exception or failure."},
    {"InvalidAction", 400},
    {"InvalidAuthenticationCode", 403},
    {"InvalidAuthorizationMessageException", 400},
    {"InvalidCertificate", 400},
    {"InvalidClientTokenId", 403, "The security token included in the request is invalid."},
    {"InvalidContextAssertion", 400},
    {"InvalidIdentityToken", 400},
    {"InvalidInput", 400},
    {"InvalidParameterValue", 400},
    {"InvalidPublicKey", 400},
    {"InvalidSubjectCredentials", 400},
    {"InvalidUserType", 400},
    {"JWTPayloadSizeExceededException", 400},
    {"KeyPairMismatch", 400},
    {"LimitExceeded", 409},
    {"MalformedCertificate", 400},
    {"MalformedPolicyDocument", 400},
    {"MalformedQueryString", 400},
    {"MissingAction", 400},
    {"MissingAuthenticationToken", 403},
    {"NameConflict", 409},
    {"NoSuchEntity", 404},
    {"NotAuthorized", 400},
    {"NotSupportedService", 404},
    {"OpenIdIdpCommunicationError", 400},
    {"OptInRequired", 403, "The AWS Access Key Id needs a subscription for the service"},
    {"OrganizationNotFoundException", 400},
    {"OrganizationNotInAllFeaturesModeException", 400},
    {"OutboundWebIdentityFederationDisabledException", 403},
    {"PackedPolicyTooLarge", 400},
    {"PasswordPolicyViolation", 400},
    {"PolicyEvaluation", 500},
    {"PolicyNotAttachable", 400},
    {"RegionDisabledException", 403},
    {"ReportExpired", 410},
    {"ReportGenerationLimitExceeded", 409},
    {"ReportInProgress", 404},
    {"ReportNotPresent", 410},
    {"RequestExpired", 400, "Request has expired."},
    {"RequestLimitExceeded", 400, "Request limit exceeded."},
    {"RoleModified", 409},
    {"RoleTemplateDisabled", 400},
    {"ServiceAccessNotEnabledException", 400},
    {"ServiceFailure", 500, "The request processing has failed because of an unknown error, exception or failure."},
    {"ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."},
    {"SessionDurationEscalationException", 403},
    {"SignatureDoesNotMatch", 403},
    {"Throttling", 400, "Rate exceeded"},
    {"ThrottlingException", 400, "Rate exceeded"},
    {"TooManyRequestsException", 429},
    {"UnmodifiableEntity", 400},
    {"UnrecognizedPublicKeyEncoding", 400},
    {"ValidationError", 400},
};

const KnownError* find_known(std::string_view code) {
    const auto* const found =
        std::lower_bound(std::begin(known_errors), std::end(known_errors), code,
                         [](const KnownError& known, std::string_view c) { return known.code < c; });
    return found != std::end(known_errors) && found->code == code ? found : nullptr;
}

}  // namespace

std::optional<int> find_error_status(std::string_view code) {
    const KnownError* const known = find_known(code);
    return known == nullptr ? std::nullopt : std::optional(known->status);
}

std::string_view usual_error_message(std::string_view code) {
    const KnownError* const known = find_known(code);
    return known == nullptr ? std::string_view() : known->message;
}

}  // namespace iamlocal::aws
