// Amazon Resource Names: `arn:partition:service:region:account:resource`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/named.hpp"

namespace iamlocal {

/// The parts of an ARN as views into the text it was parsed from.
struct Arn {
    std::string_view partition;
    std::string_view service;
    std::string_view region;
    std::string_view account;
    std::string_view resource;  ///< everything after the fifth colon

    /// Nothing unless the text starts with `arn:`, has five colons, and partition, service and resource are not empty.
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

}  // namespace arn
}  // namespace iamlocal
