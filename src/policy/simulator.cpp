#include "policy/simulator.hpp"

#include <algorithm>
#include <array>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "policy/document.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::array detailed_types = {PolicyType::identity, PolicyType::resource, PolicyType::boundary};

Outcome outcome_of(TypeVerdict says) {
    switch (says) {
        case TypeVerdict::allow:
            return Outcome::allowed;
        case TypeVerdict::deny:
            return Outcome::explicit_deny;
        case TypeVerdict::nothing:
            break;
    }
    return Outcome::implicit_deny;
}

int strictness(Outcome outcome) {
    if (outcome == Outcome::explicit_deny) return 2;
    return outcome == Outcome::implicit_deny ? 1 : 0;
}

Outcome strictest(Outcome a, Outcome b) { return strictness(a) >= strictness(b) ? a : b; }

std::string_view owner_of(std::string_view resource, std::string_view owner) {
    const std::optional<Arn> arn = Arn::parse(resource);
    return arn && !arn->account.empty() && arn->account != "aws" ? arn->account : owner;
}

DecisionDetails details_of(const Trace& trace) {
    DecisionDetails details;
    for (const PolicyType type : detailed_types)
        if (const std::optional<TypeVerdict> says = trace.says(type)) details.emplace_back(type, outcome_of(*says));
    return details;
}

/// A boundary grants nothing, so that its Allow decides nothing; SCPs are reported apart.
bool counts(const MatchedStatement& statement) {
    if (statement.type == PolicyType::identity || statement.type == PolicyType::resource) return true;
    return statement.type == PolicyType::boundary && statement.effect == Effect::deny;
}

/// Across accounts a refused request still shows what one side would have allowed.
std::vector<MatchedStatement> matched_of(const Trace& trace, Outcome outcome) {
    const bool half_allowed = outcome == Outcome::implicit_deny && trace.cross_account;
    std::vector<MatchedStatement> matched = trace.decisive(half_allowed ? Outcome::allowed : outcome);
    std::erase_if(matched, [](const MatchedStatement& statement) { return !counts(statement); });
    return matched;
}

/// What the sides say about one resource: nothing more once an SCP refuses it, which is an implicit deny.
struct Finding {
    ResourceResult result;
    bool cross_account = false;
    std::optional<bool> allowed_by_organizations;
};

Finding simulate_resource(const Simulation& simulation, std::string_view action, std::string_view resource) {
    const std::string_view own = simulation.principal->account;
    const std::string_view owner = simulation.owner ? owner_of(resource, *simulation.owner) : own;
    PolicySet policies = simulation.policies;
    policies.resource_part = usual_part(resource);
    Trace trace;
    const Decision decision =
        decide(policies, {simulation.principal, action, resource, owner, simulation.context}, trace);
    Finding finding;
    ResourceResult& result = finding.result;
    result.resource = resource;
    if (const auto says = trace.says(PolicyType::boundary)) result.allowed_by_boundary = *says == TypeVerdict::allow;
    if (const auto says = trace.says(PolicyType::scp)) finding.allowed_by_organizations = *says == TypeVerdict::allow;
    if (finding.allowed_by_organizations == false) return finding;
    result.outcome = decision.outcome;
    result.matched = matched_of(trace, decision.outcome);
    finding.cross_account = trace.cross_account;
    if (trace.cross_account) result.details = details_of(trace);
    return finding;
}

void keep_strictest(DecisionDetails& all, const DecisionDetails& more) {
    for (const auto& [type, outcome] : more) {
        const auto same = std::find_if(all.begin(), all.end(),
                                       [&, wanted = type](const auto& entry) { return entry.first == wanted; });
        if (same == all.end())
            all.emplace_back(type, outcome);
        else
            same->second = strictest(same->second, outcome);
    }
}

/// Adds what one resource contributes to the result of all.
void combine(ActionResult& all, const Finding& finding) {
    const ResourceResult& one = finding.result;
    all.outcome = strictest(all.outcome, one.outcome);
    if (one.allowed_by_boundary)
        all.allowed_by_boundary = all.allowed_by_boundary.value_or(true) && *one.allowed_by_boundary;
    if (finding.allowed_by_organizations)
        all.allowed_by_organizations = all.allowed_by_organizations.value_or(true) && *finding.allowed_by_organizations;
    if (finding.cross_account) {
        if (!all.details) all.details.emplace();
        keep_strictest(*all.details, one.details);
    }
}

std::vector<Policies> input_lists(const PolicySet& set) {
    std::vector<Policies> lists{set.identity};
    if (set.boundary) lists.push_back(*set.boundary);
    if (set.resource) lists.push_back(*set.resource);
    return lists;
}

}  // namespace

ActionResult simulate(const Simulation& simulation, std::string_view action) {
    ActionResult all;
    all.action = action;
    all.outcome = Outcome::allowed;
    if (simulation.names_resources()) all.details.emplace();
    bool ended = true;  // by SCPs, for all resources
    for (const std::string& resource : simulation.resources) {
        Finding finding = simulate_resource(simulation, action, resource);
        ended = ended && finding.allowed_by_organizations == false;
        combine(all, finding);
        all.resources.push_back(std::move(finding.result));
    }
    if (ended) {
        all.details.reset();
        all.resources.clear();
        return all;
    }
    // The single result of a refused request across accounts names no statement, though that of the resource does.
    if (all.resources.size() == 1 && all.outcome != Outcome::implicit_deny) all.matched = all.resources[0].matched;
    if (!simulation.names_resources()) all.resources.clear();
    return all;
}

std::vector<std::string> missing_context_keys(const Simulation& simulation) {
    ContextKeyList used;
    for (const Policies& list : input_lists(simulation.policies))
        for (const SourcedPolicy& source : list) used.add(*source.policy);
    std::vector<std::string> keys = std::move(used).take();
    std::erase_if(keys, [&](const std::string& key) { return simulation.context->find(fold_case(key)).has_value(); });
    return keys;
}

void ContextKeyList::add(const Policy& policy) {
    for (const std::string& key : policy.context_keys)
        if (folded_.insert(fold_case(key)).second) keys_.push_back(key);
}

}  // namespace iamlocal::policy
