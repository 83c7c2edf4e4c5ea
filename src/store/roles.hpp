// Roles. Names are unique in the account without regard to case.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"
#include "store/tags.hpp"

namespace iamlocal::store {

/// When and where a role's credentials were last used.
struct RoleUse {
    Seconds at{};
    std::string region;

    friend bool operator==(const RoleUse&, const RoleUse&) = default;
};

struct Role {
    AccountId account;
    std::string id;  ///< AROA…
    std::string name;
    std::string path;
    Seconds created{};
    std::optional<std::string> boundary_arn;
    std::string trust_policy;                ///< with unique ids for users and roles (access/trust_principals.hpp)
    std::optional<std::string> description;  ///< GetRole shows an empty one; it leaves out an absent one
    std::int64_t max_session_duration = 3600;
    std::optional<RoleUse> last_used;  ///< insert() ignores it
    std::vector<Tag> tags;             ///< insert() stores them; finding leaves them out (tags::all)
};

namespace roles {

/// What stands in the way of deleting a role.
struct DeleteBlockers {
    std::int64_t inline_policies = 0;
    std::int64_t attached_policies = 0;
    std::int64_t instance_profiles = 0;
};

/// Names compare without case.
std::optional<Role> find(db::Transaction& tx, const AccountId& account, std::string_view name);
std::optional<Role> find_by_id(db::Transaction& tx, const AccountId& account, std::string_view id);
bool exists(db::Transaction& tx, const AccountId& account, std::string_view name);
/// Roles whose path begins with `path_prefix` (empty: all), in order of their names.
Page<Role> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix, PageRequest request);
std::int64_t count(db::Transaction& tx, const AccountId& account);
DeleteBlockers delete_blockers(db::Transaction& tx, const AccountId& account, std::string_view id);

/// Throws db::ConstraintViolation for a name or id that is taken.
void insert(db::Transaction& tx, const Role& role);
void set_trust_policy(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view document);
void set_description(db::Transaction& tx, const AccountId& account, std::string_view id,
                     std::optional<std::string_view> description);
void set_max_session_duration(db::Transaction& tx, const AccountId& account, std::string_view id, std::int64_t seconds);
/// `arn`: a managed policy that exists; nullopt removes the boundary.
void set_boundary(db::Transaction& tx, const AccountId& account, std::string_view id,
                  std::optional<std::string_view> arn);
/// Does not bump the account's revision. An earlier instant than the recorded one changes nothing.
void record_last_used(db::Transaction& tx, const AccountId& account, std::string_view id, const RoleUse& use);
/// Takes the tags along. Throws db::ConstraintViolation while something else belongs to the role (delete_blockers()).
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace roles
}  // namespace iamlocal::store
