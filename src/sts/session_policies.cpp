#include "sts/session_policies.hpp"

#include <variant>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "policy/parse.hpp"
#include "store/policies.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {

void SessionPolicies::describe_policy(protocol::Fields& f) { f.optional("Policy", policy, shape::session_policy); }

void SessionPolicies::describe_arns(protocol::Fields& f) {
    f.list("PolicyArns", protocol::Presence::optional, arns, shape::policy_arns,
           [](std::string& arn, protocol::Fields& fields) { fields.optional("arn", arn, shape::arn); });
}

void require_session_policies(api::Context& ctx, const SessionPolicies& policies, const AccountId& account) {
    if (policies.policy) {
        const auto parsed = policy::parse(*policies.policy, policy::DocumentKind::session);
        if (const auto* error = std::get_if<policy::ParseError>(&parsed)) throw api::malformed_policy(error->message);
    }
    const std::int64_t most_arns = ctx.env.quotas[aws::Quota::session_policy_arns];
    if (static_cast<std::int64_t>(policies.arns.size()) > most_arns)
        throw validation_error(
            fmt::format("1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must "
                        "have length less than or equal to {}",
                        most_arns));
    for (const std::string& arn : policies.arns)
        if (!store::policies::exists(ctx.tx, account, arn))
            throw api::malformed_policy(fmt::format("The policy {} does not exist or is not attachable.", arn));
}

}  // namespace iamlocal::sts
