// What is wrong with a request's credentials: one factory per finding. Where a factory names a public issue, the text
// is the one that AWS's answer quoted there; the others follow AWS's style, and their exact words are not established.
//
// Messages repeat what the client sent, as AWS's do (credential scope, Authorization header): they go to that client
// and must not be logged. No message carries a secret.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "aws/error.hpp"
#include "base/clock.hpp"

namespace iamlocal::auth {

struct SignatureError {
    ErrorType type;
    std::string message;
};

/// 403: the request is not signed at all.
SignatureError missing_authentication_token();

/// 403: the access key does not exist, is inactive, was deleted, or its session token is not the right one.
SignatureError invalid_client_token_id();
/// For a session that is no good where it is used.
SignatureError invalid_session_here();
/// 403: temporary credentials after their time.
SignatureError expired_token();

// IncompleteSignature (400): what is presented is not of the form that Signature Version 4 prescribes.

/// The header lacks parameters, or the request lacks a date. All that is missing is listed (aws/aws-sdk-ruby#317,
/// aws/chalice#828).
struct MissingFromHeader {
    bool credential = false;
    bool signature = false;
    bool signed_headers = false;
    bool date = false;
    bool any() const { return credential || signature || signed_headers || date; }
};
SignatureError incomplete_header(const MissingFromHeader& missing, std::string_view authorization);

/// The same for a presigned query.
struct MissingFromQuery {
    bool algorithm = false;
    bool credential = false;
    bool signature = false;
    bool signed_headers = false;
    bool date = false;
    bool any() const { return algorithm || credential || signature || signed_headers || date; }
};
SignatureError incomplete_query(const MissingFromQuery& missing);

/// Something between the commas is no key=value pair (iann0036/cloud9-sync#10).
SignatureError not_a_key_value_pair(std::string_view pair, std::string_view authorization);
/// A parameter (of header or query) came twice.
SignatureError repeated_parameter(std::string_view name);
/// More than one Authorization header, or one beside a presigned query.
SignatureError more_than_one_signature();
SignatureError unsupported_algorithm(std::string_view algorithm);
/// kubernetes-sigs/aws-iam-authenticator#374 shows it for sts.
SignatureError malformed_credential(std::string_view credential);
SignatureError malformed_date(std::string_view date);
/// X-Amz-Expires is no number from 1 to 604800.
SignatureError malformed_expires(std::string_view expires);
/// Names of signed headers are lower case, sorted and each there once.
SignatureError malformed_signed_headers(std::string_view signed_headers);

// SignatureDoesNotMatch (403): well-formed, but not what this service accepts now. aws/aws-sdk-go#1034 and
// devsecops/bootcamp#101 show the code; the JSON services call it InvalidSignatureException.

/// Everything that is wrong with the credential scope, one sentence each (cllunsford/aws-signing-proxy#25: service).
struct ScopeFindings {
    bool region = false;
    bool service = false;
    bool terminator = false;
    bool date = false;
    bool any() const { return region || service || terminator || date; }
};
struct Scope {
    std::string_view date;
    std::string_view terminator;
    std::string_view timestamp;         ///< of the request, `YYYYMMDDThhmmssZ`
    std::string_view expected_service;  ///< `iam` or `sts`
};
SignatureError wrong_scope(const ScopeFindings& findings, const Scope& scope);

/// aws/aws-cli#6676 shows it for GetCallerIdentity; also for presigned requests after their time.
SignatureError signature_expired(Seconds signed_at, Seconds now, std::chrono::seconds window);
/// serverless/enterprise#11.
SignatureError signature_not_yet_current(Seconds signed_at, Seconds now, std::chrono::seconds window);
/// aws/aws-sdk-php#2469.
SignatureError host_not_signed();
/// A header that says when, who or what is sent, but not signed.
SignatureError header_not_signed(std::string_view name);
SignatureError signed_header_not_sent();
/// What AWS says since 2019, and no more: canonical request and string to sign are for the operator (verify_signature).
SignatureError signature_does_not_match();

}  // namespace iamlocal::auth
