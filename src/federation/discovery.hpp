// The document of OpenID Connect discovery, by which verifiers find an issuer's keys.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::federation {

struct Discovery {
    std::string issuer;
    std::string keys_url;                 ///< where the JSON Web Key Set is
    std::vector<std::string> algorithms;  ///< of signatures
    std::vector<std::string> claims;      ///< that tokens have
};

/// Of an account's outbound tokens.
Discovery outbound_discovery(std::string issuer, std::string keys_url);

/// An object of JSON.
std::string write_discovery(const Discovery& discovery);

}  // namespace iamlocal::federation
