// SAML responses as AssumeRoleWithSAML takes them, and AWS's words where it does not. The one assertion in a response
// is verified by its own signature, and read from the very bytes that were signed.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "federation/saml_assertion.hpp"

namespace iamlocal::federation {

/// How much is demanded of assertions.
enum class SamlChecks {
    as_aws,  ///< what AWS checks
    strict,  ///< recipient, audience, NotBefore, and the dates of the signing certificate as well
};

/// What a response is held against.
struct SamlTrust {
    std::string metadata;              ///< of the identity provider
    std::vector<Secret> private_keys;  ///< in PEM, for encrypted assertions
    bool requires_encryption = false;
    SamlChecks checks = SamlChecks::as_aws;
    Instant now{};
};

/// Why a response is refused.
struct SamlFault {
    enum class Error { invalid_identity_token, expired_token };
    Error error = Error::invalid_identity_token;
    std::string message;
    /// The code of the service that reads responses for AWS, which is named behind the message; empty: it is not.
    std::string_view service_code = {};

    friend bool operator==(const SamlFault&, const SamlFault&) = default;
};

/// Its message as AWS's answer has it; `id` is that of a request to the other service.
std::string saml_message(const SamlFault& fault, std::string_view id);
/// There is no such provider.
SamlFault no_saml_provider();

/// Whether this build can verify signatures in XML; one that cannot refuses every response.
bool verifies_saml();
/// Whether what it needs is installed, too. The first call loads it: not on a thread that others wait for.
bool has_what_saml_needs();

/// The assertion of a response in base64. It takes milliseconds.
std::variant<SamlAssertion, SamlFault> verify_saml_response(std::string_view base64, const SamlTrust& trust);

}  // namespace iamlocal::federation
