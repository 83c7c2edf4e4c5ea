// Groups and who is in them. Names are unique in the account without regard to case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"
#include "store/users.hpp"

namespace iamlocal::store {

struct Group {
    AccountId account;
    std::string id;  ///< AGPA…
    std::string name;
    std::string path;
    Seconds created{};
};

namespace groups {

/// What stands in the way of deleting a group.
struct DeleteBlockers {
    std::int64_t users = 0;
    std::int64_t inline_policies = 0;
    std::int64_t attached_policies = 0;
};

/// Names compare without case.
std::optional<Group> find(db::Transaction& tx, const AccountId& account, std::string_view name);
bool exists(db::Transaction& tx, const AccountId& account, std::string_view name);
/// Groups whose path begins with `path_prefix` (empty: all), in order of their names.
Page<Group> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix, PageRequest request);
std::int64_t count(db::Transaction& tx, const AccountId& account);
DeleteBlockers delete_blockers(db::Transaction& tx, const AccountId& account, std::string_view id);

/// Throws db::ConstraintViolation for a name or id that is taken.
void insert(db::Transaction& tx, const Group& group);
void rename(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view name,
            std::string_view path);
/// Throws db::ConstraintViolation while something belongs to the group (delete_blockers()).
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

/// Whether the user was not in the group yet; adding a member twice is no error, as with AWS.
bool add_member(db::Transaction& tx, const AccountId& account, std::string_view group_id, std::string_view user_id);
/// Whether the user was in the group.
bool remove_member(db::Transaction& tx, const AccountId& account, std::string_view group_id, std::string_view user_id);
bool is_member(db::Transaction& tx, const AccountId& account, std::string_view group_id, std::string_view user_id);
/// The group's users in order of their names.
Page<User> members(db::Transaction& tx, const AccountId& account, std::string_view group_id, PageRequest request);
/// The user's groups in order of their names.
Page<Group> of_user(db::Transaction& tx, const AccountId& account, std::string_view user_id, PageRequest request);

}  // namespace groups
}  // namespace iamlocal::store
