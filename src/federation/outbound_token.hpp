// The claims of the tokens that STS signs for identities of an account (outbound identity federation).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace iamlocal::federation {

/// What such a token says. What is empty or absent is left out of it.
struct OutboundToken {
    using Tags = std::vector<std::pair<std::string, std::string>>;

    std::string id;  ///< a UUID
    std::string issuer;
    std::string subject;
    std::vector<std::string> audience;  ///< at least one
    Seconds issued{};
    Seconds expires{};
    std::string account;
    std::string region;
    std::string principal;          ///< the ARN of the user, role or root user that asked
    std::string organization;       ///< o-…
    std::string organization_path;  ///< as aws:PrincipalOrgPaths has it
    Tags principal_tags;
    Tags request_tags;
    std::optional<Seconds> session_expires;  ///< of the session that asked
    std::string source_identity;
    std::string federated_provider;  ///< whose word the session began with: an ARN, or the host of one that needs none
};

/// Claims of more bytes are refused by AWS.
inline constexpr std::size_t most_outbound_claims = 14'984;

/// An object of JSON.
std::string write_outbound_claims(const OutboundToken& token);

}  // namespace iamlocal::federation
