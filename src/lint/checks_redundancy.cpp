// Checks for what could be left out without a change of meaning.
#include <algorithm>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

/// A value and the text by which it is compared.
struct Candidate {
    const Value* value;
    std::string text;
};

/// Calls `complain(value, by)` for every value that another one makes superfluous: a wide pattern, or the same text
/// before it. Stops when the work is spent.
template <class Complain>
void each_redundant(const std::vector<Candidate>& candidates, Report& report, Complain complain) {
    std::unordered_map<std::string_view, const Candidate*> first;
    std::vector<const Candidate*> wide;
    for (const Candidate& candidate : candidates) {
        const auto [known, is_new] = first.emplace(candidate.text, &candidate);
        if (!is_new) {
            complain(*candidate.value, *known->second->value);
        } else if (has_wildcard(candidate.text)) {
            wide.push_back(&candidate);
        }
    }
    for (const Candidate& candidate : candidates) {
        if (first.find(candidate.text)->second != &candidate) continue;
        for (const Candidate* pattern : wide) {
            if (pattern == &candidate) continue;
            if (!report.spend(pattern->text.size() + candidate.text.size())) return;
            if (!covers(pattern->text, candidate.text)) continue;
            // Of two patterns that say the same (`**` and `*`) the first one stays.
            const bool mutual = has_wildcard(candidate.text) && covers(candidate.text, pattern->text);
            if (mutual && candidate.value->begin < pattern->value->begin) continue;
            complain(*candidate.value, *pattern->value);
            break;
        }
    }
}

void redundant_action(const Document&, const Statement& statement, Report& report) {
    std::vector<Candidate> candidates;
    for (const Action& action : statement.actions) {
        candidates.push_back({action.value, action.everything ? "*" : fold_case(action.value->text)});
    }
    each_redundant(candidates, report, [&](const Value& value, const Value& by) {
        report.add(value, fmt::format("The action {} is redundant because {} is in the same list.", value.text,
                                      value.text == by.text ? std::string_view("it") : by.text));
    });
}

void redundant_resource(const Document&, const Statement& statement, Report& report) {
    std::vector<Candidate> candidates;
    for (const Value* value : statement.resources) candidates.push_back({value, std::string(value->text)});
    each_redundant(candidates, report, [&](const Value& value, const Value& by) {
        report.add(value, fmt::format("The resource {} is redundant because {} is in the same list.", value.text,
                                      value.text == by.text ? std::string_view("it") : by.text));
    });
}

/// Writes values so that lists in another order, and single values and lists of one, look the same.
class Canonical {
  public:
    void add(std::string_view text) { text_.append(std::to_string(text.size())).append(":").append(text); }

    void add_list(std::vector<std::string> values) {
        std::sort(values.begin(), values.end());
        values.erase(std::unique(values.begin(), values.end()), values.end());
        add(std::to_string(values.size()));
        for (const std::string& value : values) add(value);
    }

    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

std::string canonical_condition(const Condition& condition) {
    Canonical form;
    form.add(fold_case(condition.operator_text));
    form.add(condition.folded_key);
    std::vector<std::string> values;
    for (const Value* value : condition.values) values.emplace_back(value->text);
    form.add_list(std::move(values));
    return form.take();
}

std::string canonical_statement(const Statement& statement) {
    Canonical form;
    form.add(statement.allows ? "Allow" : "Deny");
    std::vector<std::string> values;
    for (const Principal& principal : statement.principals) {
        const bool everyone = principal.type.empty();
        values.push_back(std::string(everyone ? "AWS" : principal.type).append(" ").append(principal.value->text));
    }
    form.add(statement.not_principal ? "not" : "");
    form.add_list(std::move(values));
    values.clear();
    for (const Action& action : statement.actions) values.push_back(fold_case(action.value->text));
    form.add(statement.not_action ? "not" : "");
    form.add_list(std::move(values));
    values.clear();
    for (const Value* value : statement.resources) values.emplace_back(value->text);
    form.add(statement.not_resource ? "not" : "");
    form.add_list(std::move(values));
    values.clear();
    for (const Condition& condition : statement.conditions) values.push_back(canonical_condition(condition));
    form.add_list(std::move(values));
    return form.take();
}

void redundant_statement(const Document& document, Report& report) {
    std::map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < document.statements.size(); ++i) {
        const Statement& statement = document.statements[i];
        if ((!statement.allows && !statement.denies) || statement.actions.empty()) continue;
        const auto [known, is_new] = seen.emplace(canonical_statement(statement), i);
        if (is_new) continue;
        report.add(*statement.whole,
                   fmt::format("This statement is redundant because it provides the same permissions as "
                               "statement {}. Remove one of them.",
                               known->second + 1));
    }
}

constexpr Check table[] = {
    {"REDUNDANT_ACTION", Severity::suggestion, "Another action of the list covers an action.", redundant_action},
    {"REDUNDANT_RESOURCE", Severity::suggestion, "Another resource of the list covers a resource.", redundant_resource},
    {"REDUNDANT_STATEMENT", Severity::suggestion, "Two statements say the same.", nullptr, redundant_statement},
};

}  // namespace

std::span<const Check> redundancy_checks() { return table; }

}  // namespace iamlocal::lint
