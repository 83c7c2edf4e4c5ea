// The declared organization: which account is in which organizational unit, and which control policies are attached
// where. There is one at most, and it is replaced as a whole.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/named.hpp"
#include "db/transaction.hpp"

namespace iamlocal::store {

/// Stored as these numbers; never renumber.
enum class ControlPolicyKind { service = 1, resource = 2 };

/// An SCP or RCP.
struct ControlPolicy {
    ControlPolicyKind kind = ControlPolicyKind::service;
    std::string name;
    std::string document;
    std::vector<std::string> targets;  ///< paths of units (`/` is the root) and twelve-digit accounts
    friend bool operator==(const ControlPolicy&, const ControlPolicy&) = default;
};

struct DeclaredOrganization {
    std::string id;  ///< `o-…`
    std::optional<AccountId> management_account;
    std::map<AccountId, std::string> accounts;     ///< to the path of its unit, `/` or `/workloads/prod`
    std::map<std::string, std::string> units;      ///< every path to its id, `/` to `r-…`, others to `ou-…`
    std::vector<ControlPolicy> policies;           ///< in the order of the declaration
    std::vector<std::string> without_full_access;  ///< targets where FullAWSAccess is not attached
    bool all_features = true;                      ///< false: of the feature set CONSOLIDATED_BILLING
    std::set<std::string> trusted_services;        ///< those with trusted access, `iam.amazonaws.com`
    /// Trusted services to the accounts that administer them beside the management account.
    std::map<std::string, std::set<AccountId>> delegated_administrators;
    friend bool operator==(const DeclaredOrganization&, const DeclaredOrganization&) = default;
};

namespace organization {

/// The account under whose revision the declaration counts: Database::revision() of it changes with every change here.
/// It is nobody's account id.
const AccountId& revision_key();

std::optional<DeclaredOrganization> find(db::Transaction& tx);
/// Takes the place of the one that is there. What IAM keeps for an organization (store/root_features.hpp) stays if the
/// id does.
void replace(db::Transaction& tx, const DeclaredOrganization& organization);
/// Whether there was one.
bool remove(db::Transaction& tx);

}  // namespace organization
}  // namespace iamlocal::store
