// The tasks by which service-linked roles were deleted. They outlive the roles.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

struct RoleDeletion {
    std::string id;  ///< task/aws-service-role/SERVICE/ROLE/UUID
    Seconds submitted{};
};

namespace role_deletions {

std::optional<RoleDeletion> find(db::Transaction& tx, const AccountId& account, std::string_view id);
/// The newest one of a role of that name, in any case.
std::optional<RoleDeletion> find_by_role(db::Transaction& tx, const AccountId& account, std::string_view role_name);
void insert(db::Transaction& tx, const AccountId& account, std::string_view role_name, const RoleDeletion& deletion);

}  // namespace role_deletions
}  // namespace iamlocal::store
