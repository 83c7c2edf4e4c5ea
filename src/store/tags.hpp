// Tags of users, roles, policies, instance profiles: anything with a unique id.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"

namespace iamlocal::store {

struct Tag {
    std::string key;
    std::string value;
    friend bool operator==(const Tag&, const Tag&) = default;
};

namespace tags {

/// Adds tags in order. A key that is there already, in whatever case, is replaced in its place: it takes the new
/// spelling and the new value.
void set(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::span<const Tag> tags);
/// Keys compare without case; absent ones are ignored, as AWS does.
void remove(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
            std::span<const std::string> keys);
/// All of them (at most 50), in the order in which the keys were first set.
std::vector<Tag> all(db::Transaction& tx, const AccountId& account, std::string_view owner_id);
/// In order of their keys without regard to case, as AWS lists them.
Page<Tag> page(db::Transaction& tx, const AccountId& account, std::string_view owner_id, PageRequest request);

}  // namespace tags
}  // namespace iamlocal::store
