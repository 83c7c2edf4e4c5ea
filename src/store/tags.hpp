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

/// Whether keys that differ in case alone are the same key. They are for users and roles; everything else may
/// have both ("Tags for AWS Identity and Access Management resources").
enum class KeyCase { ignored, kept };
/// By the prefix of the owner's id.
KeyCase key_case_of(std::string_view owner_id);
bool is_same_key(KeyCase key_case, std::string_view a, std::string_view b);

/// Adds tags in order. A key that is there already is replaced in its place: it takes the new spelling and the new
/// value.
void set(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::span<const Tag> tags);
/// Absent keys are ignored, as AWS does.
void remove(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
            std::span<const std::string> keys);
/// All of them (at most 50), in the order in which the keys were first set.
std::vector<Tag> all(db::Transaction& tx, const AccountId& account, std::string_view owner_id);
/// In order of their keys, without regard to case where it is ignored.
Page<Tag> page(db::Transaction& tx, const AccountId& account, std::string_view owner_id, PageRequest request);

}  // namespace tags
}  // namespace iamlocal::store
