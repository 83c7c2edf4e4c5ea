#include "iam/own_password.hpp"

#include "store/password_policies.hpp"

namespace iamlocal::iam {
namespace {

/// The option is a policy of the resource: within the account its Allow suffices, and any Deny counts more.
constexpr std::string_view granting =
    R"({"Version":"2012-10-17","Statement":[{"Sid":"AllowUsersToChangePassword","Effect":"Allow","Principal":"*",)"
    R"("Action":["iam:ChangePassword","iam:GetAccountPasswordPolicy"],"Resource":"*"}]})";

}  // namespace

void allow_by_password_policy(api::Context& ctx, access::Target& target) {
    const policy::PrincipalKind kind = ctx.caller.principal.kind;
    if (kind != policy::PrincipalKind::user && kind != policy::PrincipalKind::user_session) return;
    const std::optional<store::PasswordPolicy> policy = store::password_policies::find(ctx.tx, ctx.account());
    if (!policy || !policy->users_may_change) return;
    target.resource_policy = {ctx.policies.get(granting, policy::DocumentKind::resource), ctx.account(),
                              policy::ResourcePolicyPart::grants};
}

}  // namespace iamlocal::iam
