// What is asked of the sign-in: parameters of query strings and bodies, and what they must be.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "http/message/request.hpp"

namespace iamlocal::signin {

using Fields = std::map<std::string, std::string, std::less<>>;

/// The pairs of the query string and, for a POST of a form, of the body. Nothing where they are not percent-encoded
/// UTF-8, or one is there twice.
std::optional<Fields> read_fields(const http::Request& request);
/// The members of a JSON object that are texts, or a form with the same names (`clientId` and `client_id` are the
/// same). Nothing for anything else.
std::optional<Fields> read_token_fields(const http::Request& request);
/// The field; empty where it is not there.
std::string_view field(const Fields& fields, std::string_view name);

inline constexpr std::string_view same_device = "arn:aws:signin:::devtools/same-device";
inline constexpr std::string_view cross_device = "arn:aws:signin:::devtools/cross-device";

/// Scheme and authority by which a request came: `http://127.0.0.1:4566`.
std::string origin_of(const http::Request& request);

/// `GET /v1/authorize`.
struct AuthorizeRequest {
    std::string client_id;
    std::string state;
    std::string challenge;
    std::string redirect_uri;

    bool is_remote() const { return client_id == cross_device; }
};
/// Nothing for a request that is not exactly as the AWS CLI sends it. The redirect goes to this machine, or to the page
/// of `origin` that shows the code.
std::optional<AuthorizeRequest> read_authorize(const Fields& fields, const std::string& origin);

/// Whether a browser may be sent there after a login: pages of AWS's console, and of this machine.
bool is_destination(std::string_view url);

/// Whether the verifier of PKCE is that of the challenge.
bool matches_challenge(std::string_view verifier, std::string_view challenge);

}  // namespace iamlocal::signin
