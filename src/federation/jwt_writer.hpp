// JSON Web Tokens and keys that this server makes: the other side of federation/jwt.hpp and federation/jwks.hpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/signing_key.hpp"

namespace iamlocal::federation {

/// What stands in front of a token's claims.
struct JwtHeader {
    std::string_view algorithm;              ///< "RS256"; one that find_algorithm() knows, for the key that signs
    std::optional<std::string_view> key_id;  ///< nothing: the token names no key
    std::optional<std::string_view> type = "JWT";
};

/// The compact form. `claims`: an object of JSON, which is taken as it is. Throws std::logic_error for an algorithm
/// that is not known or not for this key. It takes a millisecond.
std::string write_jwt(const SigningKey& key, const JwtHeader& header, std::string_view claims);

/// The public half of a key, as an object of JSON.
std::string write_jwk(const SigningKey& key, std::string_view key_id, std::string_view algorithm);
/// A set of what write_jwk() gives.
std::string write_jwks(std::span<const std::string> keys);

}  // namespace iamlocal::federation
