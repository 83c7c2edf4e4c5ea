#include "trail/operation_facts.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace iamlocal::trail {
namespace {

constexpr std::string_view assuming = "sts:AssumeRole";  // …WithSAML, …WithWebIdentity
constexpr std::array giving = {std::string_view("sts:AssumeRoot"), std::string_view("sts:GetDelegatedAccessToken"),
                               std::string_view("sts:GetFederationToken"), std::string_view("sts:GetScopedCredentials"),
                               std::string_view("sts:GetSessionToken"), std::string_view("sts:GetWebIdentityToken")};

bool is_sts(std::string_view action) { return action.starts_with("sts:"); }
bool gives(std::string_view action) { return std::find(giving.begin(), giving.end(), action) != giving.end(); }

using Pair = std::pair<std::string_view, std::string_view>;
/// Sorted by code. Errors that are not here are called in the model as they are on the wire.
constexpr std::array shapes = {
    Pair{"ConcurrentModification", "ConcurrentModificationException"},
    Pair{"DeleteConflict", "DeleteConflictException"},
    Pair{"DuplicateCertificate", "DuplicateCertificateException"},
    Pair{"DuplicateSSHPublicKey", "DuplicateSSHPublicKeyException"},
    Pair{"EntityAlreadyExists", "EntityAlreadyExistsException"},
    Pair{"EntityTemporarilyUnmodifiable", "EntityTemporarilyUnmodifiableException"},
    Pair{"FeatureDisabled", "FeatureDisabledException"},
    Pair{"FeatureEnabled", "FeatureEnabledException"},
    Pair{"IDPCommunicationError", "IDPCommunicationErrorException"},
    Pair{"IDPRejectedClaim", "IDPRejectedClaimException"},
    Pair{"InsufficientSessionLifetime", "InsufficientSessionLifetimeException"},
    Pair{"InvalidAuthenticationCode", "InvalidAuthenticationCodeException"},
    Pair{"InvalidCertificate", "InvalidCertificateException"},
    Pair{"InvalidContextAssertion", "InvalidContextAssertionException"},
    Pair{"InvalidIdentityToken", "InvalidIdentityTokenException"},
    Pair{"InvalidInput", "InvalidInputException"},
    Pair{"InvalidPublicKey", "InvalidPublicKeyException"},
    Pair{"InvalidSubjectCredentials", "InvalidSubjectCredentialsException"},
    Pair{"InvalidUserType", "InvalidUserTypeException"},
    Pair{"KeyPairMismatch", "KeyPairMismatchException"},
    Pair{"LimitExceeded", "LimitExceededException"},
    Pair{"MalformedCertificate", "MalformedCertificateException"},
    Pair{"MalformedPolicyDocument", "MalformedPolicyDocumentException"},
    Pair{"NameConflict", "NameConflictException"},
    Pair{"NoSuchEntity", "NoSuchEntityException"},
    Pair{"NotSupportedService", "ServiceNotSupportedException"},
    Pair{"OpenIdIdpCommunicationError", "OpenIdIdpCommunicationErrorException"},
    Pair{"PackedPolicyTooLarge", "PackedPolicyTooLargeException"},
    Pair{"PasswordPolicyViolation", "PasswordPolicyViolationException"},
    Pair{"PolicyEvaluation", "PolicyEvaluationException"},
    Pair{"PolicyNotAttachable", "PolicyNotAttachableException"},
    Pair{"ReportExpired", "CredentialReportExpiredException"},
    Pair{"ReportGenerationLimitExceeded", "ReportGenerationLimitExceededException"},
    Pair{"ReportInProgress", "CredentialReportNotReadyException"},
    Pair{"ReportNotPresent", "CredentialReportNotPresentException"},
    Pair{"RoleModified", "RoleModifiedException"},
    Pair{"RoleTemplateDisabled", "RoleTemplateDisabledException"},
    Pair{"ServiceFailure", "ServiceFailureException"},
    Pair{"UnmodifiableEntity", "UnmodifiableEntityException"},
    Pair{"UnrecognizedPublicKeyEncoding", "UnrecognizedPublicKeyEncodingException"},
};
static_assert(std::is_sorted(shapes.begin(), shapes.end()));

}  // namespace

bool is_read(std::string_view action) {
    if (is_sts(action)) return !gives(action);
    const std::string_view name = action.substr(action.find(':') + 1);
    return name.starts_with("Get") || name.starts_with("List") || name.starts_with("Simulate") ||
           name.starts_with("Generate");
}

bool records_answer(std::string_view action) {
    if (is_sts(action)) return action.starts_with(assuming) || gives(action);
    return !is_read(action);
}

std::string_view shape_of_error(std::string_view code) {
    const auto found = std::lower_bound(shapes.begin(), shapes.end(), code,
                                        [](const Pair& pair, std::string_view wanted) { return pair.first < wanted; });
    return found != shapes.end() && found->first == code ? found->second : code;
}

}  // namespace iamlocal::trail
