#include "policy/evaluate.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "policy/lower_case.hpp"

namespace iamlocal::policy {
namespace {

/// Of more keys than most policies name, asking again is faster than looking whether it was done.
constexpr std::size_t most_remembered = 8;

bool any_action(const std::vector<ActionPattern>& patterns, const ActionName& action) {
    const auto matches = [&](const ActionPattern& pattern) { return pattern.matches(action); };
    if (patterns.size() <= few_actions) return std::any_of(patterns.begin(), patterns.end(), matches);
    if (patterns.front().matches_everything()) return true;
    struct ByService {
        bool operator()(const ActionPattern& a, std::uint64_t b) const { return service_key(a.service()) < b; }
        bool operator()(std::uint64_t a, const ActionPattern& b) const { return a < service_key(b.service()); }
    };
    const auto [first, last] = std::equal_range(patterns.begin(), patterns.end(), action.service, ByService{});
    return std::any_of(first, last, matches);
}

bool any_resource(const std::vector<ArnPattern>& patterns, const Subject& subject) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const ArnPattern& pattern) {
        return pattern.matches(subject.resource(), subject.context());
    });
}

/// How a Principal or NotPrincipal element fits the caller. NotPrincipal that applies names everyone else, directly.
PrincipalSpecificity principal_specificity(DocumentKind kind, const Statement& statement, const Subject& subject) {
    const Matcher<PrincipalPattern>& matcher = *statement.principal;
    // Denying by NotPrincipal reaches every principal with a boundary, listed or not ("Permissions boundaries").
    if (matcher.negated && statement.effect == Effect::deny && subject.has_boundary())
        return PrincipalSpecificity::direct;
    // A role that trusts `{"AWS": "*"}` trusts all who sign, and nobody for whom only an identity provider speaks.
    const bool trusts_signers = kind == DocumentKind::trust && !matcher.negated && statement.effect == Effect::allow &&
                                is_federating(subject.principal());
    PrincipalSpecificity best = PrincipalSpecificity::none;
    for (const PrincipalPattern& pattern : matcher.any)
        if (!trusts_signers || !pattern.names_everyone()) best = std::max(best, pattern.match(subject.principal()));
    if (!matcher.negated) return best;
    return best == PrincipalSpecificity::none ? PrincipalSpecificity::direct : PrincipalSpecificity::none;
}

std::size_t size_of(const Values* values) {
    std::size_t bytes = 0;
    if (values)
        for (const std::string& item : values->items) bytes += item.size();
    return bytes;
}

/// Whether all variables of an operand are looked up, even if the first is longer than the value: to know whether the
/// others are there, and what they have that makes an ARN.
bool looks_up_all(Family family) { return family == Family::boolean || family == Family::arn; }

/// Of making values lower case, and for each operand with variables what it stands for, which may be longer.
std::size_t effort_of_folding(const Condition& condition, std::size_t bytes) {
    const std::size_t operands = condition.has_variables ? condition.operands.size() : 0;
    return bytes * lower_case_steps * (1 + most_shrinking * operands);
}

/// What a condition costs. Variables count where the values are long: what is short can do no harm, unless all are
/// looked up for it. A value that is longer than any of AWS's is too much.
std::size_t effort_of(const Condition& condition, const Values* values, const Subject& subject) {
    constexpr std::size_t per_value = 64;
    constexpr std::size_t long_value = 1024;
    const std::size_t count = values ? values->items.size() : 0;
    const std::size_t bytes = size_of(values);
    std::size_t steps = count * (per_value + condition.cost.once) + bytes * (1 + condition.cost.per_byte);
    if (condition.name.op->family == Family::folded_string) steps += effort_of_folding(condition, bytes);
    if (!condition.has_variables || (bytes < long_value && !looks_up_all(condition.name.op->family))) return steps;
    for (const Operand& operand : condition.operands) {
        for (const Variable& variable : variables_of(operand)) {
            const std::size_t text = size_of(subject.values_of(variable.key));
            steps += text * std::max<std::size_t>(count, 1) + (cost_of(operand).per_byte > 0 ? bytes * (text / 16) : 0);
        }
    }
    return steps;
}

/// Whether a document of this kind needs a Principal to match anybody.
bool needs_principal(DocumentKind kind) {
    return kind == DocumentKind::trust || kind == DocumentKind::resource || kind == DocumentKind::rcp;
}

const Principal nobody;

}  // namespace

Subject::Subject(const Request& request, Boundary boundary)
    : principal_(request.principal ? *request.principal : nobody),
      boundary_(boundary),
      context_(context_of(request), exhausted_),
      resource_(ResourceName::of(request.resource)) {
    if (request.action.size() > sizeof buffer_) {
        folded_ = fold_case(request.action);
        action_ = ActionName::of(folded_);
        return;
    }
    std::transform(request.action.begin(), request.action.end(), buffer_, [](char c) { return fold_case(c); });
    action_ = ActionName::of({buffer_, request.action.size()});
}

std::optional<Values> Subject::BoundedContext::find(std::string_view key_lowercased) const {
    std::optional<Values> values = context_.find(key_lowercased);
    const auto is_too_long = [](const std::string& item) { return item.size() > longest_value; };
    if (values && std::any_of(values->items.begin(), values->items.end(), is_too_long)) {
        exhausted_ = true;
        values.reset();
    }
    return values;
}

const Values* Subject::values_of(std::string_view key) const {
    const auto known =
        std::find_if(asked_.begin(), asked_.end(), [&](const auto& asked) { return asked.first == key; });
    if (known != asked_.end()) return known->second ? &*known->second : nullptr;
    asked_.reserve(most_remembered);
    if (asked_.size() == most_remembered) asked_.pop_back();
    const std::optional<Values>& values = asked_.emplace_back(key, context_.find(key)).second;
    return values ? &*values : nullptr;
}

bool Subject::spend(std::size_t steps) const {
    exhausted_ = exhausted_ || steps > effort_left_;
    if (!exhausted_) effort_left_ -= steps;
    return !exhausted_;
}

bool action_matches(const Statement& statement, const Subject& subject) {
    return any_action(statement.action.any, subject.action()) != statement.action.negated;
}

Match match(const Policy& policy, const Statement& statement, const Subject& subject) {
    if (!action_matches(statement, subject)) return {Element::action};
    if (statement.resource) {
        if (!subject.spend(statement.resource_cost.of(subject.resource().text.size()))) return {Element::resource};
        if (any_resource(statement.resource->any, subject) == statement.resource->negated) return {Element::resource};
    }
    PrincipalSpecificity specificity = PrincipalSpecificity::direct;
    if (statement.principal) {
        specificity = principal_specificity(policy.kind, statement, subject);
        if (specificity == PrincipalSpecificity::none) return {Element::principal};
    } else if (needs_principal(policy.kind)) {
        return {Element::principal};
    }
    for (std::size_t i = 0; i < statement.conditions.size(); ++i) {
        const Condition& condition = statement.conditions[i];
        const Values* values = subject.values_of(condition.key);
        if (!subject.spend(effort_of(condition, values, subject))) return {Element::condition, i};
        if (condition.has_variables) values = subject.values_of(condition.key);  // others were asked for
        const Holding holding = holds(condition, values, subject.context());
        if (holding == Holding::undecidable && statement.effect == Effect::deny) continue;
        if (holding != Holding::yes) return {Element::condition, i};
    }
    return {Element::none, 0, specificity};
}

std::vector<Match> match_statements(const Policy& policy, const Request& request) {
    const Subject subject(request);
    std::vector<Match> matches;
    matches.reserve(policy.statements.size());
    for (const Statement& statement : policy.statements) matches.push_back(match(policy, statement, subject));
    return matches;
}

}  // namespace iamlocal::policy
