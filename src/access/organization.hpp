// The declared organization as decisions see it: its members, and the policies that limit each, compiled. Without a
// declaration nothing is kept, and a request costs one load of an atomic more.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/identity.hpp"
#include "access/unreadable.hpp"
#include "db/database.hpp"
#include "policy/cache.hpp"
#include "policy/decide.hpp"
#include "store/organization.hpp"

namespace iamlocal::access {

/// The id that AWS Organizations would give the policy, made from its name: `p-…`.
std::string control_policy_id(const store::DeclaredOrganization& organization, const store::ControlPolicy& policy);
/// Of FullAWSAccess, which is AWS's.
inline constexpr std::string_view full_access_policy_id = "p-FullAWSAccess";

/// Immutable once made.
class Organization {
  public:
    /// An account of it.
    struct Member {
        std::string path;  ///< as aws:PrincipalOrgPaths has it: `o-…/r-…/ou-…/`
        /// One list per level, from the root to the account. Both are empty for the management account, which no
        /// policy limits.
        std::vector<policy::Policies> service_control;
        std::vector<policy::Policies> resource_control;
    };

    Organization(store::DeclaredOrganization declared, policy::Cache& cache, UnreadableLog& unreadable);
    Organization(const Organization&) = delete;
    Organization& operator=(const Organization&) = delete;

    const std::string& id() const { return id_; }
    /// Nothing where the declaration names none.
    const std::optional<AccountId>& management_account() const { return management_account_; }
    /// Null for accounts outside.
    const Member* find(const AccountId& account) const;
    /// What its policies ask for, whomever they limit.
    RequiredFacts required_facts() const { return required_; }
    /// Adds to a decision's policies what limits the caller and the resource's owner: SCPs on the caller's side, and
    /// RCPs on the owner's for the services that know them. Neither counts for service-linked roles.
    void limit(policy::PolicySet& set, const Identity& caller, std::string_view action, const AccountId& owner) const;

  private:
    /// The policies attached to one unit or account.
    struct Attached {
        PolicyList service_control;
        PolicyList resource_control;
    };
    struct Declared;
    const Attached& attached_to(const std::string& target, const Declared& declared, policy::Cache& cache,
                                UnreadableLog& unreadable);

    std::string id_;
    std::optional<AccountId> management_account_;
    std::map<std::string, std::unique_ptr<const Attached>> attached_;
    std::map<AccountId, Member> members_;
    RequiredFacts required_;
};

/// Keeps the organization of one worker up to date.
class OrganizationCache {
  public:
    OrganizationCache(db::Connection& connection, policy::Cache& policies, UnreadableLog& unreadable)
        : connection_(connection), policies_(policies), unreadable_(unreadable) {}

    /// The organization as of the last change committed before the call; null when none is declared. Lives until the
    /// next call. Not to be called within a transaction of the connection.
    const Organization* current();
    /// What current() gave last, for those who must keep it.
    const std::shared_ptr<const Organization>& kept() const { return organization_; }

  private:
    db::Connection& connection_;
    policy::Cache& policies_;
    UnreadableLog& unreadable_;
    std::optional<std::uint64_t> revision_;             ///< of what was read last
    std::shared_ptr<const Organization> organization_;  ///< shared with the records of decisions
};

}  // namespace iamlocal::access
