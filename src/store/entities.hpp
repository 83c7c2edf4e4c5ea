// What users, groups, roles, managed policies and instance profiles have in common: a unique id, a name that is unique
// per kind without regard to case, a path and a date. They share one table, so that tags, policies and boundaries have
// one kind of owner. The functions are for the store's own files; others use users.hpp and its like, and of this file
// EntityKind alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"

namespace iamlocal::store {

/// Stored as these numbers; never renumber.
enum class EntityKind {
    group = 1,
    role = 2,
    user = 3,
    policy = 4,
    instance_profile = 5,
    mfa_device = 10,  ///< its name is the serial number
};

/// The shared part of every entity's row.
struct Entity {
    AccountId account;
    std::string id;
    std::string name;
    std::string path;
    Seconds created{};
    std::optional<std::string> boundary_arn;
};

namespace entities {

/// Names compare without case.
std::optional<Entity> find(db::Transaction& tx, const AccountId& account, EntityKind kind, std::string_view name);
std::optional<Entity> find_by_id(db::Transaction& tx, const AccountId& account, EntityKind kind, std::string_view id);
bool exists(db::Transaction& tx, const AccountId& account, EntityKind kind, std::string_view name);
/// In order of names; path_prefix may be empty.
Page<Entity> page(db::Transaction& tx, const AccountId& account, EntityKind kind, std::string_view path_prefix,
                  PageRequest request);
std::int64_t count(db::Transaction& tx, const AccountId& account, EntityKind kind);
/// Throws db::ConstraintViolation for a name or id that is taken.
void insert(db::Transaction& tx, EntityKind kind, const Entity& entity);
/// Throws db::ConstraintViolation for a taken name.
void rename(db::Transaction& tx, const AccountId& account, std::string_view id, std::string_view name,
            std::string_view path);
/// nullopt removes the boundary.
void set_boundary(db::Transaction& tx, const AccountId& account, std::string_view id,
                  std::optional<std::string_view> arn);
/// Takes the tags and the kind's own row along. Throws db::ConstraintViolation while something else refers to it.
void remove(db::Transaction& tx, const AccountId& account, std::string_view id);

}  // namespace entities
}  // namespace iamlocal::store
