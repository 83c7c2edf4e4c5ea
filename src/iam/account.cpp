// The account as a whole: its alias and its summary.
#include "store/account.hpp"

#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "store/account_settings.hpp"

namespace iamlocal::iam {
namespace {

using api::PageInput;
using protocol::AnswerWriter;
using protocol::Fields;

// Aliases

struct AccountAliasInput {
    std::string account_alias;
    void describe(Fields& f) { f.required("AccountAlias", account_alias, shape::account_alias); }
};

/// An account has one alias at most: a new one takes the place of the old. Aliases are unique among all accounts.
void create_account_alias(api::Context& ctx, const AccountAliasInput& in) {
    if (store::account::find_by_alias(ctx.tx, in.account_alias))
        throw ApiError(error_type::entity_already_exists,
                       fmt::format("The account alias {} already exists.", in.account_alias));
    store::account::set_alias(ctx.tx, ctx.account(), in.account_alias, ctx.second());
}

void delete_account_alias(api::Context& ctx, const AccountAliasInput& in) {
    if (!store::account::remove_alias(ctx.tx, ctx.account(), in.account_alias))
        throw no_such_entity("account alias", in.account_alias);
}

struct ListAccountAliasesInput {
    PageInput page;
    void describe(Fields& f) { page.describe(f); }
};

struct ListAccountAliasesOutput {
    std::vector<std::string> aliases;
    std::string next;
};

void write(AnswerWriter& out, const ListAccountAliasesOutput& output) {
    out.begin_list("AccountAliases");
    for (const std::string& alias : output.aliases) out.member(alias);
    out.end_list("AccountAliases");
    api::write_page_end(out, output.next);
}

ListAccountAliasesOutput list_account_aliases(api::Context& ctx, const ListAccountAliasesInput& in) {
    std::vector<std::string> aliases;
    if (auto alias = store::account::find_alias(ctx.tx, ctx.account())) aliases.push_back(*std::move(alias));
    const api::SliceBounds bounds = api::slice(in.page, aliases.size());
    aliases.erase(aliases.begin() + static_cast<std::ptrdiff_t>(bounds.end), aliases.end());
    aliases.erase(aliases.begin(), aliases.begin() + static_cast<std::ptrdiff_t>(bounds.begin));
    return {std::move(aliases), bounds.next};
}

// GetAccountSummary

struct GetAccountSummaryOutput {
    store::account::Summary counts;
    store::TokenVersion token_version{};
    aws::Quotas quotas;
};

/// Kinds of things that this server does not have count as none. The key that comes with the server's configuration is
/// no key of root's own.
void write(AnswerWriter& out, const GetAccountSummaryOutput& output) {
    const store::account::Summary& counts = output.counts;
    const aws::Quotas& quotas = output.quotas;
    out.begin("SummaryMap");
    out.map_entry("Users", counts.users);
    out.map_entry("UsersQuota", quotas[Quota::users_per_account]);
    out.map_entry("Groups", counts.groups);
    out.map_entry("GroupsQuota", quotas[Quota::groups_per_account]);
    out.map_entry("Roles", counts.roles);
    out.map_entry("RolesQuota", quotas[Quota::roles_per_account]);
    out.map_entry("Policies", counts.policies);
    out.map_entry("PoliciesQuota", quotas[Quota::policies_per_account]);
    out.map_entry("PolicySizeQuota", quotas[Quota::policy_size]);
    out.map_entry("PolicyVersionsInUse", counts.policy_versions_in_use);
    out.map_entry("PolicyVersionsInUseQuota", quotas[Quota::policy_versions_in_use]);
    out.map_entry("VersionsPerPolicyQuota", quotas[Quota::versions_per_policy]);
    out.map_entry("InstanceProfiles", counts.instance_profiles);
    out.map_entry("InstanceProfilesQuota", quotas[Quota::instance_profiles_per_account]);
    out.map_entry("AssumeRolePolicySizeQuota", quotas[Quota::trust_policy_size]);
    out.map_entry("UserPolicySizeQuota", quotas[Quota::user_policy_size]);
    out.map_entry("GroupPolicySizeQuota", quotas[Quota::group_policy_size]);
    out.map_entry("RolePolicySizeQuota", quotas[Quota::role_policy_size]);
    out.map_entry("AttachedPoliciesPerUserQuota", quotas[Quota::policies_per_user]);
    out.map_entry("AttachedPoliciesPerGroupQuota", quotas[Quota::policies_per_group]);
    out.map_entry("AttachedPoliciesPerRoleQuota", quotas[Quota::policies_per_role]);
    out.map_entry("GroupsPerUserQuota", quotas[Quota::groups_per_user]);
    out.map_entry("AccessKeysPerUserQuota", quotas[Quota::access_keys_per_user]);
    out.map_entry("SigningCertificatesPerUserQuota", quotas[Quota::signing_certificates_per_user]);
    out.map_entry("ServerCertificates", counts.server_certificates);
    out.map_entry("ServerCertificatesQuota", quotas[Quota::server_certificates]);
    out.map_entry("Providers", counts.providers);
    out.map_entry("MFADevices", counts.mfa_devices);
    out.map_entry("MFADevicesInUse", counts.mfa_devices_in_use);
    out.map_entry("AccountMFAEnabled", counts.root_has_mfa ? 1 : 0);
    out.map_entry("AccountAccessKeysPresent", counts.root_access_keys > 0 ? 1 : 0);
    out.map_entry("AccountPasswordPresent", counts.root_passwords);
    out.map_entry("AccountSigningCertificatesPresent", counts.root_has_signing_certificates ? 1 : 0);
    out.map_entry("GlobalEndpointTokenVersion", static_cast<int>(output.token_version));
    out.end("SummaryMap");
}

GetAccountSummaryOutput get_account_summary(api::Context& ctx, const api::NoInput&) {
    return {store::account::summary(ctx.tx, ctx.account()),
            store::account_settings::get(ctx.tx, ctx.account()).token_version, ctx.env.quotas};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> account_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_account_alias, api::no_resource<AccountAliasInput>>("iam:CreateAccountAlias", writes),
        operation<delete_account_alias, api::no_resource<AccountAliasInput>>("iam:DeleteAccountAlias", writes),
        operation<list_account_aliases, api::no_resource<ListAccountAliasesInput>>("iam:ListAccountAliases", reads),
        operation<get_account_summary, api::no_resource<api::NoInput>>("iam:GetAccountSummary", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
