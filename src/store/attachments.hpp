// Which managed policies are attached to which users, groups and roles.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/entities.hpp"
#include "store/page.hpp"
#include "store/policies.hpp"

namespace iamlocal::store {

struct AttachedPolicy {
    std::string name;
    std::string arn;
};

/// A user, group or role that uses a policy.
struct PolicyEntity {
    EntityKind kind{};
    std::string id;
    std::string name;
};

namespace attachments {

struct EntityFilter {
    std::optional<EntityKind> kind;
    policies::Usage usage = policies::Usage::any;
    std::string_view path_prefix;  ///< of the entity
};

/// Whether it was not attached yet; attaching twice is no error, as with AWS. `policy`: from policies::find.
bool attach(db::Transaction& tx, const AccountId& account, std::string_view owner_id, const ManagedPolicy& policy);
/// Whether it was attached.
bool detach(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view policy_arn);
/// For an owner that goes.
void detach_all(db::Transaction& tx, const AccountId& account, std::string_view owner_id);
bool is_attached(db::Transaction& tx, const AccountId& account, std::string_view owner_id, std::string_view policy_arn);
/// Policies of a user, group or role in order of their names.
Page<AttachedPolicy> page(db::Transaction& tx, const AccountId& account, std::string_view owner_id,
                          std::string_view path_prefix, PageRequest request);
/// How many policies a user, group or role has.
std::int64_t count(db::Transaction& tx, const AccountId& account, std::string_view owner_id);
/// Groups, then roles, then users that use the policy, each in order of their names.
Page<PolicyEntity> entities(db::Transaction& tx, const AccountId& account, std::string_view policy_arn,
                            const EntityFilter& filter, PageRequest request);

}  // namespace attachments
}  // namespace iamlocal::store
