#include "federation/web_identity.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace iamlocal::federation {
namespace {

/// By how much the clocks of others may be wrong.
constexpr std::int64_t tolerance = 300;

TokenFault invalid(std::string message) { return {TokenError::invalid_identity_token, std::move(message)}; }

std::optional<TokenFault> find_missing(const Claims& claims) {
    const auto missing = [](std::string_view name) {
        return invalid(fmt::format("Missing a required claim: {}", name));
    };
    // Of another type is not missing; has_wrong_types says so.
    if (!claims.issuer && !claims.has_wrong_types) return missing("iss");
    if (!claims.subject && !claims.has_wrong_types) return missing("sub");
    if ((!claims.audience && !claims.has_wrong_types) || (claims.audience && claims.audience->empty()))
        return missing("aud");
    if (!claims.issued_at.is_given) return missing("iat");
    if (!claims.expires.is_given) return missing("exp");
    return std::nullopt;
}

std::optional<TokenFault> find_wrong_time(const Claims& claims, std::int64_t now) {
    for (const TokenTime* time : {&claims.issued_at, &claims.expires, &claims.not_before})
        if (time->is_given && !time->seconds) return invalid("Invalid timestamp in token claims.");
    const std::int64_t past = now - tolerance;
    if (*claims.expires.seconds < past)
        return TokenFault{TokenError::expired_token,
                          fmt::format("Token expired: current date/time {} must be before the expiration date/time {}",
                                      past, *claims.expires.seconds)};
    const std::int64_t future = now + tolerance;
    if (*claims.issued_at.seconds > future || claims.not_before.seconds.value_or(now) > future) return not_valid();
    return std::nullopt;
}

/// The party that is authorized decides, where there is one.
std::variant<std::string, TokenFault> audience_of(const Claims& claims, std::span<const std::string> client_ids) {
    const auto is_client = [&](const std::string& id) {
        return std::find(client_ids.begin(), client_ids.end(), id) != client_ids.end();
    };
    if (claims.authorized_party) {
        if (!is_client(*claims.authorized_party)) return not_valid();
        return *claims.authorized_party;
    }
    if (claims.audience->size() > 1)
        return invalid("Token audience contains more than one audience while authorized party is not present");
    if (!is_client(claims.audience->front())) return invalid("Incorrect token audience");
    return claims.audience->front();
}

}  // namespace

TokenFault not_a_token() {
    return invalid("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)");
}

TokenFault no_provider(std::string_view issuer) {
    return invalid(fmt::format("No OpenIDConnect provider found in your account for {}", issuer));
}

TokenFault no_key() {
    return invalid(
        "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity "
        "documentation for requirements");
}

TokenFault not_valid() {
    return invalid(
        "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for "
        "requirements.");
}

std::variant<std::string, TokenFault> issuer_of(const Claims& claims) {
    if (claims.issuer) return *claims.issuer;
    return claims.has_wrong_types ? not_valid() : invalid("Missing a required claim: iss");
}

std::variant<WebIdentity, TokenFault> check_claims(const Claims& claims, std::int64_t now,
                                                   std::span<const std::string> client_ids) {
    if (auto fault = find_missing(claims)) return *std::move(fault);
    if (claims.has_wrong_types) return not_valid();
    if (auto fault = find_wrong_time(claims, now)) return *std::move(fault);
    std::variant<std::string, TokenFault> audience = audience_of(claims, client_ids);
    if (auto* const fault = std::get_if<TokenFault>(&audience)) return std::move(*fault);
    if (claims.has_wrong_tags) return invalid("principal_tags passed in claim is not in correct format.");
    return WebIdentity{*claims.subject, std::get<std::string>(std::move(audience))};
}

std::variant<bool, TokenFault> check_roles(const Claims& claims, std::string_view role_arn,
                                           bool (*is_role_arn)(std::string_view text)) {
    if (!claims.roles) return false;
    if (std::none_of(claims.roles->begin(), claims.roles->end(), is_role_arn))
        return invalid("The roles claim contains no valid role ARNs");
    if (std::find(claims.roles->begin(), claims.roles->end(), role_arn) == claims.roles->end())
        return invalid("The target role ARN is not present in the roles claim of the identity token");
    return true;
}

}  // namespace iamlocal::federation
