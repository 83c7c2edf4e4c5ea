// Users. Names are unique in the account without regard to case.
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

struct User {
    AccountId account;
    std::string id;  ///< AIDA…
    std::string name;
    std::string path;
    Seconds created{};
    std::optional<std::string> boundary_arn;
    std::vector<Tag> tags;  ///< insert() stores them; finding leaves them out (tags::all)
};

namespace users {

/// What stands in the way of deleting a user.
struct DeleteBlockers {
    std::int64_t access_keys = 0;
    std::int64_t inline_policies = 0;
    std::int64_t attached_policies = 0;
    std::int64_t groups = 0;
    std::int64_t mfa_devices = 0;
};

/// Names compare without case; the user comes back with the name as created.
std::optional<User> find(db::Transaction& tx, const AccountId& account, std::string_view name);
std::optional<User> find_by_id(db::Transaction& tx, const AccountId& account, std::string_view id);
bool exists(db::Transaction& tx, const AccountId& account, std::string_view name);
/// Users whose path begins with `path_prefix` (empty: all), in order of their names.
Page<User> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix, PageRequest request);
std::int64_t count(db::Transaction& tx, const AccountId& account);
DeleteBlockers delete_blockers(db::Transaction& tx, const AccountId& account, std::string_view id);

/// Throws db::ConstraintViolation for a name or id that is taken.
void insert(db::Transaction& tx, const User& user);
/// New name and path; everything that belongs to the user stays. Throws db::ConstraintViolation for a taken name.
void rename(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view name,
            std::string_view path);
/// `arn`: a managed policy that exists; nullopt removes the boundary.
void set_boundary(db::Transaction& tx, const AccountId& account, std::string_view id,
                  std::optional<std::string_view> arn);
/// Takes the tags along. Throws db::ConstraintViolation while something else belongs to the user (delete_blockers()).
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace users
}  // namespace iamlocal::store
