#include "access/organization.hpp"

#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "policy/control_policy.hpp"

namespace iamlocal::access {
namespace {

using policy::DocumentKind;
using store::ControlPolicyKind;

constexpr std::string_view full_access =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
constexpr std::string_view full_access_of_resources =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";

/// AWS's policies are the catalogue's, whose texts live as long as the program.
store::GrantedPolicy aws_policy(std::string name, std::string arn, std::string_view text) {
    return {store::PolicyOrigin::aws_managed, std::move(name), std::move(arn), {}, {}, text};
}

std::string_view type_of(const store::ControlPolicy& policy) {
    return policy.kind == ControlPolicyKind::service ? "service_control_policy" : "resource_control_policy";
}

/// The ARN that a policy would have in AWS Organizations. Empty while it is not known who manages the organization.
std::string arn_of(const store::DeclaredOrganization& organization, const store::ControlPolicy& policy) {
    if (!organization.management_account) return {};
    return fmt::format("arn:aws:organizations::{}:policy/{}/{}/{}", organization.management_account->view(),
                       organization.id, type_of(policy), control_policy_id(organization, policy));
}

/// `/`, `/workloads`, `/workloads/prod` for the last of them.
std::vector<std::string> units_on_the_way(std::string_view path) {
    std::vector<std::string> units = {"/"};
    for (std::size_t slash = path.find('/', 1); path.size() > 1; slash = path.find('/', slash + 1)) {
        units.emplace_back(path.substr(0, slash));
        if (slash == std::string_view::npos) break;
    }
    return units;
}

bool is_service_linked(const Identity& caller) {
    return caller.is_role_session() && arn::is_service_linked_role(caller.arn);
}

}  // namespace

std::string control_policy_id(const store::DeclaredOrganization& organization, const store::ControlPolicy& policy) {
    const Digest digest = sha256(fmt::format("{}\n{}\n{}", organization.id, type_of(policy), policy.name));
    return "p-" + hex_encode(std::span(digest).first(4));
}

/// A declaration by target: there may be thousands of accounts, and as many targets of a policy.
struct Organization::Declared {
    struct Policy {
        const store::ControlPolicy* policy;
        std::string arn;
    };
    static inline const std::vector<Policy> none;

    explicit Declared(const store::DeclaredOrganization& organization)
        : without_full_access(organization.without_full_access.begin(), organization.without_full_access.end()) {
        for (const store::ControlPolicy& policy : organization.policies) {
            const std::string arn = arn_of(organization, policy);
            for (const std::string& target : policy.targets) policies[target].push_back({&policy, arn});
        }
    }

    std::unordered_map<std::string_view, std::vector<Policy>> policies;  ///< in the order of the declaration
    std::unordered_set<std::string_view> without_full_access;
};

Organization::Organization(store::DeclaredOrganization declared, policy::Cache& cache, UnreadableLog& unreadable)
    : id_(declared.id), management_account_(declared.management_account) {
    const Declared by_target(declared);
    std::map<AccountId, std::string> accounts = declared.accounts;
    // The management account may go without a place in the tree.
    if (declared.management_account) accounts.emplace(*declared.management_account, "/");
    for (const auto& [account, unit] : accounts) {
        Member member;
        member.path = id_ + "/";
        for (const std::string& path : units_on_the_way(unit)) {
            const auto known = declared.units.find(path);
            if (known != declared.units.end()) member.path.append(known->second).append("/");
        }
        if (account != declared.management_account) {
            std::vector<std::string> levels = units_on_the_way(unit);
            levels.push_back(account.str());
            for (const std::string& level : levels) {
                const Attached& attached = attached_to(level, by_target, cache, unreadable);
                member.service_control.push_back(attached.service_control.view());
                member.resource_control.push_back(attached.resource_control.view());
            }
        }
        members_.emplace(account, std::move(member));
    }
}

const Organization::Attached& Organization::attached_to(const std::string& target, const Declared& declared,
                                                        policy::Cache& cache, UnreadableLog& unreadable) {
    const auto [entry, is_new] = attached_.try_emplace(target);
    if (!is_new) return *entry->second;
    const std::string& owner = entry->first;
    auto attached = std::make_unique<Attached>();
    if (!declared.without_full_access.contains(target))
        attached->service_control.add(
            cache,
            aws_policy("FullAWSAccess", "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess",
                       full_access),
            DocumentKind::scp, owner);
    attached->resource_control.add(
        cache,
        aws_policy("RCPFullAWSAccess", "arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess",
                   full_access_of_resources),
        DocumentKind::rcp, owner);
    const auto policies = declared.policies.find(target);
    for (const Declared::Policy& declared_policy :
         policies == declared.policies.end() ? Declared::none : policies->second) {
        const store::ControlPolicy& policy = *declared_policy.policy;
        const bool of_service = policy.kind == ControlPolicyKind::service;
        const DocumentKind kind = of_service ? DocumentKind::scp : DocumentKind::rcp;
        PolicyList& list = of_service ? attached->service_control : attached->resource_control;
        const bool readable = list.add(
            cache, {store::PolicyOrigin::customer_managed, policy.name, declared_policy.arn, {}, policy.document, {}},
            kind, owner);
        if (!readable) unreadable.note({{}, id_, policy.name, kind, policy.document});
    }
    required_ |= attached->service_control.required_facts();
    required_ |= attached->resource_control.required_facts();
    entry->second = std::move(attached);
    return *entry->second;
}

const Organization::Member* Organization::find(const AccountId& account) const {
    const auto found = members_.find(account);
    return found == members_.end() ? nullptr : &found->second;
}

void Organization::limit(policy::PolicySet& set, const Identity& caller, std::string_view action,
                         const AccountId& owner) const {
    if (is_service_linked(caller)) return;
    if (const Member* const member = find(caller.account)) set.scp = member->service_control;
    if (!policy::supports_resource_control(action)) return;
    if (const Member* const member = find(owner)) set.rcp = member->resource_control;
}

const Organization* OrganizationCache::current() {
    const std::uint64_t revision = connection_.database().revision(store::organization::revision_key());
    if (revision_ == revision) return organization_.get();
    db::Transaction tx(connection_, db::Access::read);
    std::optional<store::DeclaredOrganization> declared = store::organization::find(tx);
    organization_ =
        declared ? std::make_unique<const Organization>(*std::move(declared), policies_, unreadable_) : nullptr;
    revision_ = revision;
    return organization_.get();
}

}  // namespace iamlocal::access
