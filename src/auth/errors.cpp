#include "auth/errors.hpp"

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/time_format.hpp"

namespace iamlocal::auth {
namespace {

/// What the client sent, fit for an XML document: control characters (but the line ends of a canonical request) and
/// bytes that are not UTF-8 become question marks.
std::string shown(std::string_view text) {
    const bool readable = is_utf8(text);
    std::string out(text);
    for (char& c : out) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\n') || byte == 0x7f || (byte >= 0x80 && !readable)) c = '?';
    }
    return out;
}

SignatureError incomplete(std::string message) { return {error_type::incomplete_signature, std::move(message)}; }
SignatureError mismatch(std::string message) { return {error_type::signature_does_not_match, std::move(message)}; }

/// "15 min.", as AWS writes its window; other lifetimes of a presigned request may need seconds.
std::string window_text(std::chrono::seconds window) {
    if (window.count() % 60 == 0) return fmt::format("{} min.", window.count() / 60);
    return fmt::format("{} sec.", window.count());
}

}  // namespace

SignatureError missing_authentication_token() {
    return {error_type::missing_authentication_token, "Request is missing Authentication Token"};
}

SignatureError invalid_session_here() {
    return {error_type::invalid_client_token_id, "The security token included in the request is invalid"};
}

SignatureError invalid_client_token_id() {
    return {error_type::invalid_client_token_id, "The security token included in the request is invalid."};
}

SignatureError expired_token() {
    return {error_type::expired_token, "The security token included in the request is expired"};
}

SignatureError incomplete_header(const MissingFromHeader& missing, std::string_view authorization) {
    std::string message;
    if (missing.credential) message += "Authorization header requires 'Credential' parameter. ";
    if (missing.signature) message += "Authorization header requires 'Signature' parameter. ";
    if (missing.signed_headers) message += "Authorization header requires 'SignedHeaders' parameter. ";
    if (missing.date)
        message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    return incomplete(message + "Authorization=" + shown(authorization));
}

SignatureError incomplete_query(const MissingFromQuery& missing) {
    std::string message;
    const auto require = [&](bool absent, const char* name) {
        if (absent) message += fmt::format("AWS query-string parameters must include '{}'. ", name);
    };
    require(missing.algorithm, "X-Amz-Algorithm");
    require(missing.credential, "X-Amz-Credential");
    require(missing.signature, "X-Amz-Signature");
    require(missing.signed_headers, "X-Amz-SignedHeaders");
    require(missing.date, "X-Amz-Date");
    return incomplete(message + "Re-examine the query-string parameters.");
}

SignatureError not_a_key_value_pair(std::string_view pair, std::string_view authorization) {
    return incomplete(fmt::format("'{}' not a valid key=value pair (missing equal-sign) in Authorization header: '{}'.",
                                  shown(pair), shown(authorization)));
}

SignatureError repeated_parameter(std::string_view name) {
    return incomplete(fmt::format("'{}' is there more than once.", shown(name)));
}

SignatureError more_than_one_signature() {
    return incomplete(
        "Only one signature is allowed: either one Authorization header or the X-Amz-* parameters of the query "
        "string.");
}

SignatureError unsupported_algorithm(std::string_view algorithm) {
    return incomplete(fmt::format("Unsupported AWS 'algorithm': '{}'.", shown(algorithm)));
}

SignatureError malformed_credential(std::string_view credential) {
    return incomplete(fmt::format(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{}'",
        shown(credential)));
}

SignatureError malformed_date(std::string_view date) {
    return incomplete(fmt::format(
        "Date must be in ISO-8601 'basic format'. Got '{}'. See http://en.wikipedia.org/wiki/ISO_8601", shown(date)));
}

SignatureError malformed_expires(std::string_view expires) {
    return incomplete(
        fmt::format("X-Amz-Expires must be a number of seconds from 1 to 604800 (a week). Got '{}'", shown(expires)));
}

SignatureError malformed_signed_headers(std::string_view signed_headers) {
    return incomplete(fmt::format(
        "'SignedHeaders' must be lower-case names in alphabetical order, each once, with ';' between. Got '{}'",
        shown(signed_headers)));
}

SignatureError wrong_scope(const ScopeFindings& findings, const Scope& scope) {
    std::string message;
    const auto say = [&](const std::string& sentence) { message.append(message.empty() ? "" : " ").append(sentence); };
    if (findings.region) say("Credential should be scoped to a valid region.");
    if (findings.service)
        say(fmt::format("Credential should be scoped to correct service: '{}'.", scope.expected_service));
    if (findings.terminator)
        say(fmt::format("Credential should be scoped with a valid terminator: 'aws4_request', not '{}'.",
                        shown(scope.terminator)));
    if (findings.date)
        say(fmt::format(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' "
            "!= '{}', from '{}'.",
            shown(scope.date), scope.timestamp.substr(0, 8), scope.timestamp));
    return mismatch(std::move(message));
}

SignatureError signature_expired(Seconds signed_at, Seconds now, std::chrono::seconds window) {
    return mismatch(fmt::format("Signature expired: {} is now earlier than {} ({} - {})", format_amz_date(signed_at),
                                format_amz_date(now - window), format_amz_date(now), window_text(window)));
}

SignatureError signature_not_yet_current(Seconds signed_at, Seconds now, std::chrono::seconds window) {
    return mismatch(fmt::format("Signature not yet current: {} is still later than {} ({} + {})",
                                format_amz_date(signed_at), format_amz_date(now + window), format_amz_date(now),
                                window_text(window)));
}

SignatureError host_not_signed() {
    return mismatch("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
}

SignatureError header_not_signed(std::string_view name) {
    return mismatch(fmt::format("'{}' must be a 'SignedHeader' in the AWS Authorization.", shown(name)));
}

SignatureError signed_header_not_sent() {
    return mismatch("'SignedHeaders' names headers that the request does not have.");
}

SignatureError signature_does_not_match() {
    return mismatch(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.");
}

}  // namespace iamlocal::auth
