// The whole of an account, entity by entity with all that belongs to each. A page takes a fixed number of statements,
// however many entities are on it.
#pragma once

#include <string>
#include <vector>

#include "base/named.hpp"
#include "db/transaction.hpp"
#include "store/attachments.hpp"
#include "store/groups.hpp"
#include "store/instance_profiles.hpp"
#include "store/page.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "store/users.hpp"

namespace iamlocal::store {

struct InlinePolicy {
    std::string name;
    std::string document;
};

struct UserDetails {
    User user;                        ///< with its tags
    std::vector<std::string> groups;  ///< their names
    std::vector<InlinePolicy> inlined;
    std::vector<AttachedPolicy> attached;
};

struct GroupDetails {
    Group group;
    std::vector<InlinePolicy> inlined;
    std::vector<AttachedPolicy> attached;
};

struct RoleDetails {
    Role role;  ///< with its tags
    std::vector<InstanceProfile> profiles;
    std::vector<InlinePolicy> inlined;
    std::vector<AttachedPolicy> attached;
};

struct PolicyDetails {
    ManagedPolicy policy;
    std::vector<PolicyVersion> versions;  ///< newest first, with their documents
};

namespace account_details {

/// All in order of their names.
Page<UserDetails> users(db::Transaction& tx, const AccountId& account, PageRequest request);
Page<GroupDetails> groups(db::Transaction& tx, const AccountId& account, PageRequest request);
Page<RoleDetails> roles(db::Transaction& tx, const AccountId& account, PageRequest request);
/// The account's own policies.
Page<PolicyDetails> local_policies(db::Transaction& tx, const AccountId& account, PageRequest request);
/// Those of AWS's policies that something in the account uses.
Page<PolicyDetails> aws_policies(db::Transaction& tx, const AccountId& account, PageRequest request);

}  // namespace account_details
}  // namespace iamlocal::store
