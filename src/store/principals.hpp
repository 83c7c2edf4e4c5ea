// Everything a decision about a user or a role needs, in one call: for the hot path's cache.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

enum class PolicyOrigin { inlined, customer_managed, aws_managed };

/// One policy document and where it comes from.
struct GrantedPolicy {
    PolicyOrigin origin{};
    std::string name;
    std::string arn;    ///< empty for inline policies
    std::string group;  ///< the group it comes through; empty: the principal's own
    std::string stored_text;
    std::string_view catalogue_text;  ///< of AWS's policies; lives as long as the program

    std::string_view text() const { return origin == PolicyOrigin::aws_managed ? catalogue_text : stored_text; }
};

struct PrincipalPolicies {
    std::vector<GrantedPolicy> identity;  ///< own inline, own attached, then the groups'
    /// nullopt: it has none. Empty: the boundary's policy does not exist any more, so nothing is allowed.
    std::optional<std::vector<GrantedPolicy>> boundary;
};

PrincipalPolicies load_user_policies(db::Transaction& tx, const AccountId& account, std::string_view user_id);
/// Its own only; a group has no boundary.
PrincipalPolicies load_group_policies(db::Transaction& tx, const AccountId& account, std::string_view group_id);
PrincipalPolicies load_role_policies(db::Transaction& tx, const AccountId& account, std::string_view role_id);

}  // namespace iamlocal::store
