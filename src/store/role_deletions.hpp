// The tasks by which service-linked roles are deleted, which outlive the roles, and the roles whose deletion fails.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

/// The resources in one Region that a role is used for.
struct RoleUsage {
    std::string region;                  ///< without white space
    std::vector<std::string> resources;  ///< ARNs without line ends; never empty

    friend bool operator==(const RoleUsage&, const RoleUsage&) = default;
};

struct RoleDeletion {
    enum class Result { success, failure };

    std::string id;  ///< task/aws-service-role/SERVICE/ROLE/UUID
    Seconds submitted{};
    std::optional<std::vector<RoleUsage>> usage = std::nullopt;  ///< why the task fails; nullopt: it succeeds
};

namespace role_deletions {

std::optional<RoleDeletion> find(db::Transaction& tx, const AccountId& account, std::string_view id);
/// The newest one with that result of a role of that name, in any case.
std::optional<RoleDeletion> find_by_role(db::Transaction& tx, const AccountId& account, std::string_view role_name,
                                         RoleDeletion::Result result);
void insert(db::Transaction& tx, const AccountId& account, std::string_view role_name, const RoleDeletion& deletion);

}  // namespace role_deletions

/// Roles, there or not, whose deletion is to fail. They are declared by the test bench.
namespace undeletable_roles {

/// What the role is used for, which may be nothing in particular; nullopt for one that can be deleted.
std::optional<std::vector<RoleUsage>> find(db::Transaction& tx, const AccountId& account, std::string_view role_name);
/// All of them with what they are used for, in the order of their names, which are in lower case.
std::vector<std::pair<std::string, std::vector<RoleUsage>>> all(db::Transaction& tx, const AccountId& account);
void set(db::Transaction& tx, const AccountId& account, std::string_view role_name,
         const std::vector<RoleUsage>& usage);
/// Whether the role was one.
bool remove(db::Transaction& tx, const AccountId& account, std::string_view role_name);

}  // namespace undeletable_roles
}  // namespace iamlocal::store
