#include "access/authorize.hpp"

#include <utility>

#include <fmt/format.h>

#include "access/decisions.hpp"
#include "access/request_context.hpp"
#include "api/errors.hpp"

namespace iamlocal::access {
namespace {

/// One permission to decide on.
struct Question {
    std::string_view action;
    std::string_view resource;
    std::string_view shown;
};

std::string denial(const api::Context& ctx, const Question& question, const Target& target,
                   const policy::Decision& decision) {
    std::string message =
        fmt::format("User: {} is not authorized to perform: {} on resource: {}", ctx.caller.principal.arn,
                    question.action, question.shown.empty() ? question.resource : question.shown);
    // A missing Allow of an organization counts as an explicit deny in messages.
    const bool by_organization =
        decision.decided_by == policy::PolicyType::scp || decision.decided_by == policy::PolicyType::rcp;
    if (target.reasonless && decision.outcome == policy::Outcome::implicit_deny && !by_organization) return message;
    return message.append(" ").append(policy::reason(decision, question.action));
}

/// Decides one question and notes the answer. Why it is refused; nothing if it is allowed.
std::optional<std::string> refusal(api::Context& ctx, const Question& question, const Target& target,
                                   const RequestContext& context) {
    const Evaluation evaluation({ctx.caller, target.trust ? &*target.trust : nullptr, ctx.organization},
                                question.action, question.resource, context);
    const policy::Decision decision = policy::decide(evaluation.policies(), evaluation.request());
    if (ctx.trace.record) ctx.trace.record->add(decision, context);
    if (decision.allowed()) return std::nullopt;
    return denial(ctx, question, target, decision);
}

}  // namespace

Evaluation::Evaluation(const Sources& sources, std::string_view action, std::string_view resource,
                       const policy::Context& context)
    : set_(sources.caller.policies()),
      request_{&sources.caller.principal, action, resource, sources.caller.account.view(), &context} {
    if (sources.trust) {
        // A role that does not exist trusts nobody; a null policy in the list would deny explicitly.
        set_.resource = policy::Policies();
        if (const policy::CompiledDocument* const document = sources.trust->document.get()) {
            trust_ = {
                document->compiled(), resource, {}, sources.trust_text.empty() ? document->text : sources.trust_text};
            set_.resource = policy::Policies(&trust_, 1);
        }
        set_.resource_is_trust = true;
        request_.resource_account = sources.trust->account.view();
    }
    if (sources.organization)
        sources.organization->limit(set_, sources.caller, action, AccountId(request_.resource_account));
}

Target needs_no_permission() {
    Target target;
    target.exempt = true;
    return target;
}

void authorize(api::Context& ctx, std::string_view action, Target target) {
    DecisionRecord* const record = ctx.trace.record;
    if (target.exempt) {
        ctx.trace.decision = "exempt";
        if (record) record->skip(DecisionRecord::Kind::exempt, ctx, action);
        return;
    }
    if (ctx.env.enforcement == Enforcement::off) {
        ctx.trace.decision = "off";
        if (record) record->skip(DecisionRecord::Kind::off, ctx, action);
        return;
    }
    ctx.trace.decision = "allow";
    if (record) record->begin(ctx, action, target);
    std::optional<std::string> refused =
        refusal(ctx, {action, target.resource, target.shown}, target, RequestContext(ctx, action, target));
    for (const Permission& permission : target.also) {
        // The caller learns of the first refusal; the record tells of all, so that one look shows what is missing.
        if (refused && !record) break;
        auto further = refusal(ctx, {permission.action, permission.resource, permission.shown}, target,
                               RequestContext(ctx, permission, target));
        if (!refused) refused = std::move(further);
    }
    if (record) record->finish(std::move(target));
    if (!refused) return;
    const bool audit = ctx.env.enforcement == Enforcement::audit;
    ctx.trace.decision = audit ? "audit-deny" : "deny";
    ctx.trace.denied = *refused;
    if (!audit) throw api::access_denied(*std::move(refused));
}

}  // namespace iamlocal::access
