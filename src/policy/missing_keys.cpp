#include "policy/missing_keys.hpp"

#include "base/encoding.hpp"
#include "policy/document.hpp"
#include "policy/evaluate.hpp"

namespace iamlocal::policy {

void MissingKeys::add(const PolicySet& policies, const Request& request) {
    const Subject subject(request, boundary_of(policies, request));
    const auto add_list = [&](Policies list) {
        for (const SourcedPolicy& source : list)
            if (source.policy) add(*source.policy, subject);
    };
    add_list(policies.identity);
    if (policies.boundary) add_list(*policies.boundary);
    if (policies.resource) add_list(*policies.resource);
}

void MissingKeys::add(const Policy& policy, const Subject& subject) {
    const auto add_variables = [&](const std::vector<Variable>& variables) {
        for (const Variable& variable : variables)
            if (is_missing(variable.key, subject)) add(variable.spelled, variable.key);
    };
    for (const Statement& statement : policy.statements) {
        const Match result = match(policy, statement, subject);
        if (subject.exhausted()) return;
        if (result.failed == Element::resource && !statement.resource->negated)
            for (const ArnPattern& pattern : statement.resource->any) add_variables(pattern.variables());
        if (result.failed != Element::condition) continue;
        for (const Condition& condition : statement.conditions) {
            if (holds(condition, subject.values_of(condition.key), subject.context()) == Holding::yes) continue;
            if (is_missing(condition.key, subject)) add(condition.spelled, condition.key);
            for (const Operand& operand : condition.operands) add_variables(variables_of(operand));
        }
    }
}

void MissingKeys::add(const std::vector<std::string>& keys) {
    for (const std::string& key : keys) add(key, fold_case(key));
}

void MissingKeys::add(std::string_view spelled, std::string_view folded) {
    if (seen_.insert(std::string(folded)).second) keys_.emplace_back(spelled);
}

bool MissingKeys::is_missing(std::string_view folded, const Subject& subject) const {
    return folded == assumed_ || subject.values_of(folded) == nullptr;
}

}  // namespace iamlocal::policy
