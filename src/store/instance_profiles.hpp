// Instance profiles: a name under which at most one role is handed to an instance.
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

struct InstanceProfile {
    AccountId account;
    std::string id;  ///< AIPA…
    std::string name;
    std::string path;
    Seconds created{};
    std::optional<std::string> role_id;  ///< AROA… (roles::find_by_id)
    std::vector<Tag> tags;               ///< insert() stores them; finding leaves them out (tags::all)
};

namespace instance_profiles {

/// Names compare without case.
std::optional<InstanceProfile> find(db::Transaction& tx, const AccountId& account, std::string_view name);
bool exists(db::Transaction& tx, const AccountId& account, std::string_view name);
/// Profiles whose path begins with `path_prefix` (empty: all), in order of their names.
Page<InstanceProfile> page(db::Transaction& tx, const AccountId& account, std::string_view path_prefix,
                           PageRequest request);
/// Profiles that hold the role, in order of their names.
Page<InstanceProfile> of_role(db::Transaction& tx, const AccountId& account, std::string_view role_id,
                              PageRequest request);
std::int64_t count(db::Transaction& tx, const AccountId& account);

/// Throws db::ConstraintViolation for a name or id that is taken. A role_id is stored too.
void insert(db::Transaction& tx, const InstanceProfile& profile);
/// `role_id`: the role to put in; nullopt takes out the one that is there.
void set_role(db::Transaction& tx, const AccountId& account, std::string_view id,
              std::optional<std::string_view> role_id);
/// Takes the tags along. Throws db::ConstraintViolation while a role is in it.
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace instance_profiles
}  // namespace iamlocal::store
