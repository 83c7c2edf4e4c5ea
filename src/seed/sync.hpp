// What several kinds of things have in common: tags, and the policies of users, groups and roles, brought to a seed's
// state.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/quotas.hpp"
#include "protocol/fields.hpp"
#include "seed/model.hpp"
#include "seed/work.hpp"

namespace iamlocal::seed {

/// How operations name a thing: `User` in `TagUser`, and the member that says which.
struct Api {
    std::string_view kind;
    std::string_view member;
};

/// The thing that operations are to be called for.
struct Thing {
    Api api;
    std::string name;  ///< or ARN, or serial number: what `member` is to be
    std::string id;    ///< unique, of the store
};

/// Tags that are not given stay.
void sync_tags(Work& work, const Thing& thing, const Pairs& tags);
/// Inline and attached policies and the boundary; what is not given stays.
void sync_policies(Work& work, const Thing& thing, const HolderSeed& wanted,
                   const std::optional<std::string>& boundary_arn);
/// The ARN of a policy that a seed names by its ARN or by its name.
std::string arn_of_policy(Work& work, const Text& named);
/// Refuses what is more than a quota allows: all of a list that a seed gives at `at`.
void require_room(Work& work, aws::Quota quota, std::int64_t count, const tree::Node& at);
/// Refuses what is not as AWS's shape for the parameter has it.
void require_shape(Work& work, const protocol::TextRule& rule, std::string_view parameter, const Text& value);
/// Refuses another path, for things whose path no operation changes.
void require_same_path(Work& work, const Text& wanted, std::string_view path);

/// All of a list that comes in pages: `page(tx, request)`.
template <class ListPage>
auto all_of(Work& work, ListPage page) {
    return work.read([&](db::Transaction& tx) { return page(tx, store::PageRequest{{}, 100'000}).items; });
}

}  // namespace iamlocal::seed
