#include "policy/simulator.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "aws/arn.hpp"
#include "policy/document.hpp"
#include "policy/missing_keys.hpp"

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

/// A boundary grants nothing, so that its Allow decides nothing, though AWS shows that of an attached one beside a
/// resource's policy. SCPs are reported apart.
bool counts(const Simulation& simulation, const MatchedStatement& statement) {
    if (statement.type == PolicyType::identity || statement.type == PolicyType::resource) return true;
    if (statement.type != PolicyType::boundary) return false;
    return statement.effect == Effect::deny || (simulation.boundary_is_attached && simulation.policies.resource);
}

/// Across accounts a refused request still shows what one side would have allowed.
std::vector<MatchedStatement> matched_of(const Simulation& simulation, const Trace& trace, Outcome outcome) {
    const bool half_allowed = outcome == Outcome::implicit_deny && trace.cross_account;
    std::vector<MatchedStatement> matched = trace.decisive(half_allowed ? Outcome::allowed : outcome);
    std::erase_if(matched, [&](const MatchedStatement& statement) { return !counts(simulation, statement); });
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
    const Request request{simulation.principal, action, resource, owner, simulation.context};
    const Decision decision = decide(policies, request, trace);
    Finding finding;
    ResourceResult& result = finding.result;
    result.resource = resource;
    if (const auto says = trace.says(PolicyType::boundary)) result.allowed_by_boundary = *says == TypeVerdict::allow;
    if (const auto says = trace.says(PolicyType::scp)) finding.allowed_by_organizations = *says == TypeVerdict::allow;
    if (finding.allowed_by_organizations == false) return finding;
    result.outcome = decision.outcome;
    result.matched = matched_of(simulation, trace, decision.outcome);
    finding.cross_account = trace.cross_account;
    if (trace.cross_account) result.details = details_of(trace);
    MissingKeys missing(simulation.assumed_key);
    missing.add(policies, request);
    result.missing_keys = std::move(missing).take();
    return finding;
}

Finding not_taken(std::string_view resource) {
    Finding finding;
    finding.result.resource = resource;
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

/// Statements that are already in a result.
using Shown = std::set<std::pair<const SourcedPolicy*, std::size_t>>;

/// Adds what one resource contributes to the result of all.
void combine(ActionResult& all, const Finding& finding, Shown& shown) {
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
    // A request that is refused across accounts names no statement here, though that of the resource does.
    if (one.outcome == Outcome::implicit_deny) return;
    for (const MatchedStatement& statement : one.matched)
        if (shown.emplace(statement.source, statement.statement).second) all.matched.push_back(statement);
}

}  // namespace

ActionResult simulate(const Simulation& simulation, std::string_view action, const std::vector<bool>& takes) {
    ActionResult all;
    all.action = action;
    all.outcome = Outcome::allowed;
    if (simulation.names_resources()) all.details.emplace();
    bool ended = true;  // by SCPs, for all resources
    MissingKeys missing;
    Shown shown;
    for (std::size_t i = 0; i < simulation.resources.size(); ++i) {
        const std::string& resource = simulation.resources[i];
        const bool is_taken = takes.empty() || takes[i];
        Finding finding = is_taken ? simulate_resource(simulation, action, resource) : not_taken(resource);
        missing.add(finding.result.missing_keys);
        ended = ended && finding.allowed_by_organizations == false;
        combine(all, finding, shown);
        all.resources.push_back(std::move(finding.result));
    }
    if (ended) {
        all.details.reset();
        all.resources.clear();
        return all;
    }
    all.missing_keys = std::move(missing).take();
    if (!simulation.names_resources()) all.resources.clear();
    return all;
}

}  // namespace iamlocal::policy
