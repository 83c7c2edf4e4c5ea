#include "service/authorize.hpp"

#include <fmt/format.h>

#include "service/errors.hpp"
#include "service/request_context.hpp"

namespace iamlocal::service {
namespace {

/// One permission to decide on.
struct Question {
    std::string_view action;
    std::string_view resource;
    std::string_view shown;
};

policy::Decision decide(const Context& ctx, const Question& question, const Target& target,
                        const RequestContext& context) {
    policy::PolicySet set = ctx.caller.policies();
    policy::Request request{&ctx.caller.principal, question.action, question.resource, ctx.caller.account.view(),
                            &context};
    policy::SourcedPolicy trust;
    if (target.trust) {
        // A role that does not exist trusts nobody; a null policy in the list would deny explicitly.
        trust.policy = target.trust->policy.get();
        const bool exists = trust.policy != nullptr || target.trust->unreadable;
        set.resource = exists ? policy::Policies(&trust, 1) : policy::Policies();
        set.resource_is_trust = true;
        request.resource_account = target.trust->account.view();
    }
    policy::Decision decision = policy::decide(set, request);
    if (target.trust) decision.policy = nullptr;  // may point at `trust`, which ends here
    return decision;
}

std::string denial(const Context& ctx, const Question& question, const Target& target,
                   const policy::Decision& decision) {
    std::string message =
        fmt::format("User: {} is not authorized to perform: {} on resource: {}", ctx.caller.principal.arn,
                    question.action, question.shown.empty() ? question.resource : question.shown);
    if (target.reasonless && decision.outcome == policy::Outcome::implicit_deny) return message;
    return message.append(" ").append(policy::reason(decision, question.action));
}

void require_allowed(Context& ctx, const Question& question, const Target& target, const RequestContext& context) {
    const policy::Decision decision = decide(ctx, question, target, context);
    if (decision.allowed()) return;
    std::string message = denial(ctx, question, target, decision);
    if (ctx.env.enforcement == Enforcement::audit) {
        ctx.trace.decision = "audit-deny";
        if (ctx.trace.denied.empty()) ctx.trace.denied = std::move(message);
        return;
    }
    ctx.trace.decision = "deny";
    ctx.trace.denied = message;
    throw access_denied(std::move(message));
}

}  // namespace

Target needs_no_permission() {
    Target target;
    target.exempt = true;
    return target;
}

void authorize(Context& ctx, std::string_view action, const Target& target) {
    if (target.exempt) {
        ctx.trace.decision = "exempt";
        return;
    }
    if (ctx.env.enforcement == Enforcement::off) {
        ctx.trace.decision = "off";
        return;
    }
    ctx.trace.decision = "allow";
    require_allowed(ctx, {action, target.resource, target.shown}, target, RequestContext(ctx, action, target));
    for (const Permission& permission : target.also)
        require_allowed(ctx, {permission.action, permission.resource, permission.shown}, target,
                        RequestContext(ctx, permission, target));
}

}  // namespace iamlocal::service
