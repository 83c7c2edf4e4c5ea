// What AWS wants of the claims of a token, and its words where they are not so. The signature is another matter
// (federation/jwks.hpp), and so is who may take on a role.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "federation/jwt.hpp"

namespace iamlocal::federation {

enum class TokenError { invalid_identity_token, expired_token };

/// Why a token is refused.
struct TokenFault {
    TokenError error = TokenError::invalid_identity_token;
    std::string message;

    friend bool operator==(const TokenFault&, const TokenFault&) = default;
};

TokenFault not_a_token();                         ///< no JWT
TokenFault no_provider(std::string_view issuer);  ///< whose provider nobody has made
TokenFault no_key();                              ///< Verified::no_key
TokenFault not_valid();                           ///< Verified::no, and whatever has no words of its own

/// Whom a token is for and about, as the answer of AssumeRoleWithWebIdentity has it.
struct WebIdentity {
    std::string subject;
    std::string audience;  ///< one of the provider's client ids

    friend bool operator==(const WebIdentity&, const WebIdentity&) = default;
};

/// The issuer, which says whose keys are to be asked for.
std::variant<std::string, TokenFault> issuer_of(const Claims& claims);
/// Of a token whose signature holds. `now` is in seconds since 1970, `client_ids` are the provider's.
std::variant<WebIdentity, TokenFault> check_claims(const Claims& claims, std::int64_t now,
                                                   std::span<const std::string> client_ids);
/// Whether the token names the role; a fault where it names roles and not this one. `is_role_arn` says what is one.
std::variant<bool, TokenFault> check_roles(const Claims& claims, std::string_view role_arn,
                                           bool (*is_role_arn)(std::string_view text));

}  // namespace iamlocal::federation
