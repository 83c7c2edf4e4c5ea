// The client's side of Signature Version 4: signs a request of ours. For commands that call a server; the server itself
// only verifies.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"

namespace iamlocal::auth {

/// A POST that is going to be sent, and what it is signed for.
struct ToSign {
    std::string host;  ///< the Host header, with its port if that is not the scheme's
    std::string_view path = "/";
    std::string_view body;  ///< a form; its type is signed with it
    std::string_view service;
    std::string_view region;
    Seconds now;
};

/// Who signs.
struct SigningCredentials {
    std::string access_key_id;
    Secret secret;
    std::string session_token;  ///< empty: none
};

/// Names and values, to be sent as they are.
using SignedHeaders = std::vector<std::pair<std::string, std::string>>;

/// All headers that the signature covers, Host first, and Authorization last.
[[nodiscard]] SignedHeaders sign(const ToSign& request, const SigningCredentials& credentials);

}  // namespace iamlocal::auth
