// Inline policies of users, groups and roles. Their names are unique per owner without regard to case; a policy
// keeps the name that it was first stored under.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/page.hpp"

namespace iamlocal::store::inline_policies {

struct Document {
    std::string_view text;  ///< as it was given
    std::int64_t size = 0;  ///< characters without white space: what AWS counts against the quota
};

/// Adds or replaces. `owner_id`: AIDA…, AGPA… or AROA….
void put(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view name,
         const Document& document);
/// The document as it was given.
std::optional<std::string> find(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                                std::string_view name);
/// Names in order.
Page<std::string> page(db::Transaction& tx, const AccountId& account, std::string_view owner_id, PageRequest request);
/// The sizes of all the owner's documents but the one called `except`, which is about to be replaced.
std::int64_t total_size(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                        std::string_view except);
/// Whether there was one.
bool remove(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view name);

}  // namespace iamlocal::store::inline_policies
