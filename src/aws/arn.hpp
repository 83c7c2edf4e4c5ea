// Amazon Resource Names: `arn:partition:service:region:account:resource`.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/named.hpp"

namespace iamlocal {

/// The parts that a text has when it is cut at its first five colons: six of an ARN, the last with all colons that are
/// left. How many; never none.
std::size_t split_arn(std::string_view text, std::array<std::string_view, 6>& parts);

/// As split_arn, of a policy's text: the colons within a policy variable (`${aws:username}`) part nothing.
std::size_t split_arn_pattern(std::string_view text, std::array<std::string_view, 6>& parts);

/// Six parts, whatever they hold: policies match patterns part by part, and those need not begin with `arn`.
struct ArnParts {
    std::array<std::string_view, 6> part;

    /// nullopt for a text with fewer than five colons.
    static std::optional<ArnParts> split(std::string_view text);
};

/// The parts of an ARN as views into the text it was parsed from.
struct Arn {
    std::string_view partition;
    std::string_view service;
    std::string_view region;
    std::string_view account;
    std::string_view resource;  ///< everything after the fifth colon

    /// nullopt unless the text starts with `arn:`, has five colons, and partition, service and resource are not empty.
    static std::optional<Arn> parse(std::string_view text);
};

namespace arn {

/// `arn:aws:iam::ACCOUNT:TYPE` + path (which begins and ends with '/') + name, for example iam(account, "user", "/a/",
/// "bob") is `arn:aws:iam::ACCOUNT:user/a/bob`.
std::string iam(const AccountId& account, std::string_view type, std::string_view path, std::string_view name);
/// `arn:aws:iam::ACCOUNT:root`
std::string root(const AccountId& account);
/// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`; a session's ARN leaves the role's path out.
std::string assumed_role(const AccountId& account, std::string_view role, std::string_view session);
/// Of a session of GetFederationToken.
std::string federated_user(const AccountId& account, std::string_view name);

/// The path of roles that AWS's services made for themselves.
inline constexpr std::string_view service_role_path = "/aws-service-role/";
/// Whether the ARN is of a role with that path. SCPs and RCPs have no effect on such a role.
bool is_service_linked_role(std::string_view role_arn);

}  // namespace arn
}  // namespace iamlocal
