#include "access/authorize.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "access/decisions.hpp"

namespace iamlocal::access {
namespace {

std::string denial(const AccessRequest& request, const PermissionView& permission, const policy::Decision& decision) {
    // Who shows somebody else's word is told nothing: neither who he is nor which permission was missing.
    if (policy::is_federating(request.caller.principal))
        return fmt::format("Not authorized to perform {}", request.action);
    std::string message =
        fmt::format("User: {} is not authorized to perform: {} on resource: {}", request.caller.principal.arn,
                    permission.action, permission.shown.empty() ? permission.resource : permission.shown);
    // A missing Allow of an organization counts as an explicit deny in messages.
    const bool by_organization =
        decision.decided_by == policy::PolicyType::scp || decision.decided_by == policy::PolicyType::rcp;
    if (request.target.hide_denials) return message;
    if (request.target.hide_reason && decision.outcome == policy::Outcome::implicit_deny && !by_organization)
        return message;
    return message.append(" ").append(policy::reason(decision, permission.action, policy::PolicyArn::append));
}

/// Decides one permission and notes the answer. Why it is refused; nothing if it is allowed. `verdict` is told of the
/// first permission, and of the first that is refused.
std::optional<std::string> refusal(const AccessRequest& request, const PermissionView& permission,
                                   bool counts_if_allowed, DecisionRecord* record, Verdict& verdict) {
    const Target& target = request.target;
    const PermissionKeys keys(
        {.caller = request.caller,
         .organization = request.organization,
         .facts = request.facts,
         .owner =
             owner_of(target.resource, target.resource_policy ? &*target.resource_policy : nullptr, request.caller),
         .sent = permission.sent(target),
         .tags = permission.tags,
         .keys = permission.keys});
    const Evaluation evaluation({request.caller, permission.resource_policy, request.organization}, permission.action,
                                permission.resource, keys);
    const policy::Decision decision = policy::decide(evaluation.policies(), evaluation.request());
    if (record) record->add(decision);
    if (counts_if_allowed || !decision.allowed()) {
        verdict.outcome = decision.outcome;
        verdict.decided_by = decision.decided_by;
    }
    if (decision.allowed()) return std::nullopt;
    return denial(request, permission, decision);
}

}  // namespace

Evaluation::Evaluation(const Sources& sources, std::string_view action, std::string_view resource,
                       const policy::RequestContext& keys)
    : set_(sources.caller.policies()),
      request_{&sources.caller.principal, action, resource, sources.caller.account.view(), &keys} {
    if (const ResourcePolicy* const policy = sources.resource_policy) {
        // A resource that does not exist grants to nobody; a null policy in the list would deny explicitly.
        set_.resource = policy::Policies();
        if (const policy::CompiledDocument* const document = policy->document.get()) {
            resource_policy_ = {document->compiled(),
                                resource,
                                {},
                                sources.resource_policy_text.empty() ? document->text : sources.resource_policy_text};
            set_.resource = policy::Policies(&resource_policy_, 1);
        }
        set_.resource_part = policy->part;
        request_.resource_account = policy->owner.view();
    }
    if (sources.organization)
        sources.organization->limit(set_, sources.caller, action, AccountId(request_.resource_account));
}

PermissionView::PermissionView(std::string_view operation, const Target& target, std::size_t number)
    : action(number == 0 ? operation : target.dependent_permissions[number - 1].action),
      resource(number == 0 ? target.resource : target.dependent_permissions[number - 1].resource),
      shown(number == 0 ? target.shown : target.dependent_permissions[number - 1].shown),
      keys(number == 0 ? target.keys : target.dependent_permissions[number - 1].keys),
      tags(number == 0 ? target.tags : target.dependent_permissions[number - 1].tags),
      sees_request_tags(number == 0 || target.dependent_permissions[number - 1].sees_request_tags),
      resource_policy(target.resource_policy && resource == target.resource ? &*target.resource_policy : nullptr) {}

TagKeys::Sent PermissionView::sent(const Target& target) const {
    if (!sees_request_tags) return {};
    return {target.request_tags, target.tag_keys};
}

Target needs_no_permission() {
    Target target;
    target.exempt = true;
    return target;
}

RequiredFacts required_facts(const Identity& caller, const Organization* organization,
                             const ResourcePolicy* resource_policy) {
    RequiredFacts facts = caller.required_facts();
    if (organization != nullptr) facts |= organization->required_facts();
    const policy::CompiledDocument* const document = resource_policy ? resource_policy->document.get() : nullptr;
    if (document != nullptr && document->compiled() != nullptr) facts |= RequiredFacts::of(*document->compiled());
    return facts;
}

Verdict authorize(Enforcement enforcement, const AccessRequest& request, DecisionRecord* record) {
    if (request.target.exempt) {
        if (record) record->skip(DecisionRecord::Kind::exempt, request);
        return {"exempt", {}};
    }
    if (enforcement == Enforcement::off) {
        if (record) record->skip(DecisionRecord::Kind::off, request);
        return {"off", {}};
    }
    if (record) record->begin(request);
    Verdict verdict;
    std::optional<std::string> refused;
    for (std::size_t number = 0; number <= request.target.dependent_permissions.size(); ++number) {
        // The caller learns of the first refusal; the record tells of all, so that one look shows what is missing.
        if (refused && !record) break;
        Verdict ignored;
        auto why = refusal(request, PermissionView(request.action, request.target, number), number == 0, record,
                           refused ? ignored : verdict);
        if (!refused) refused = std::move(why);
    }
    verdict.decision = !refused ? "allow" : enforcement == Enforcement::audit ? "audit-deny" : "deny";
    if (refused) verdict.denied = *std::move(refused);
    return verdict;
}

}  // namespace iamlocal::access
