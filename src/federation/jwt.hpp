// JSON Web Tokens in their compact form, taken apart. Nothing that is in here may be believed before the signature was
// verified (federation/jwks.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace iamlocal::federation {

/// A date in a token: absent, seconds since 1970 (a whole number, or its text), or something else.
struct TokenTime {
    bool is_given = false;
    std::optional<std::int64_t> seconds;
};

/// What an identity provider says about somebody. Of a claim that is there twice the last one counts; null counts as
/// absent.
struct Claims {
    std::optional<std::string> issuer;   ///< only if it is a text
    std::optional<std::string> subject;  ///< a number as its text
    std::optional<std::vector<std::string>> audience;
    std::optional<std::string> authorized_party;
    TokenTime issued_at;
    TokenTime expires;
    TokenTime not_before;
    bool has_wrong_types = false;  ///< whether one of the first four is neither absent nor of its type

    /// All claims that are a text, a number, a boolean, or a list of those, as texts; sorted by name.
    struct Values {
        std::string name;
        std::vector<std::string> values;
        bool is_list = false;
    };
    std::vector<Values> values;

    /// Of `https://aws.amazon.com/tags`, in either form.
    std::vector<std::pair<std::string, std::string>> principal_tags;
    std::vector<std::string> transitive_tag_keys;
    bool has_wrong_tags = false;  ///< whether they are not in the right form
    /// `https://aws.amazon.com/roles`; nothing where it is absent or null.
    std::optional<std::vector<std::string>> roles;
};

struct Jwt {
    std::string algorithm;
    std::optional<std::string> key_id;
    std::string signed_text;
    std::string signature;
    Claims claims;
};

/// More than AWS takes in WebIdentityToken.
inline constexpr std::size_t longest_token = 20'000;

/// Three parts of base64url, two of them objects of JSON. Nothing for what is not exactly that, has no text `alg`, a
/// `kid` that is no text, extensions that must be understood (`crit`), or is longer than `longest_token`. An
/// empty signature is none.
std::optional<Jwt> parse_jwt(std::string_view compact);

}  // namespace iamlocal::federation
