// The condition keys that AWS makes of a token's claims ("Available keys for AWS OIDC federation").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "federation/web_identity.hpp"

namespace iamlocal::federation {

/// `PROVIDER:name` in a policy.
struct ClaimKey {
    std::string_view name;  ///< in lower case
    std::vector<std::string> values;
    bool is_list = false;
    bool stays = false;  ///< whether the session has it, too

    friend bool operator==(const ClaimKey&, const ClaimKey&) = default;
};

/// Those of this provider; `identity` is what check_claims() made of the claims. Of most claims there is no key.
std::vector<ClaimKey> claim_keys(const Claims& claims, const WebIdentity& identity, std::string_view provider);

}  // namespace iamlocal::federation
