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

/// Whether each of the narrow patterns is within one of the wide ones.
bool covers_all(const std::vector<std::string>& wide, const std::vector<std::string>& narrow, Report& report) {
    return std::all_of(narrow.begin(), narrow.end(), [&](const std::string& one) {
        return std::any_of(wide.begin(), wide.end(), [&](const std::string& pattern) {
            return report.spend(pattern.size() + one.size()) && covers(pattern, one);
        });
    });
}

std::vector<std::string> folded_actions(const Statement& statement) {
    std::vector<std::string> actions;
    for (const Action& action : statement.actions)
        actions.push_back(action.everything ? "*" : fold_case(action.value->text));
    return actions;
}

std::vector<std::string> texts_of(const std::vector<const Value*>& values) {
    std::vector<std::string> texts;
    for (const Value* value : values) texts.emplace_back(value->text);
    return texts;
}

/// Whether it denies always what it speaks of, to whomever the document speaks of.
bool denies_always(const Statement& statement) {
    const bool everyone =
        !statement.principal || std::any_of(statement.principals.begin(), statement.principals.end(),
                                            [](const Principal& principal) { return principal.value->text == "*"; });
    return statement.denies && everyone && !statement.not_principal && statement.action && !statement.condition &&
           !statement.not_resource;
}

void allow_always_denied(const Document& document, Report& report) {
    for (const Statement& deny : document.statements) {
        if (!denies_always(deny)) continue;
        const std::vector<std::string> actions = folded_actions(deny);
        const std::vector<std::string> resources = texts_of(deny.resources);
        for (const Statement& allow : document.statements) {
            if (!allow.allows || !allow.action || allow.actions.empty() || allow.not_resource) continue;
            if (!report.spend(16 * (allow.actions.size() + allow.resources.size()))) return;
            if (!covers_all(actions, folded_actions(allow), report)) continue;
            if (!covers_all(resources, texts_of(allow.resources), report)) continue;
            report.add(*allow.whole, fmt::format("This statement never allows anything: statement {} denies all of it.",
                                                 &deny - document.statements.data() + 1));
        }
    }
}

/// `111122223333` and `arn:aws:iam::111122223333:root` are the same.
std::string canonical_principal(const Principal& principal) {
    std::string_view text = principal.value->text;
    constexpr std::string_view root = ":root";
    const std::size_t account = text.find(":iam::");
    if (text.starts_with("arn:") && account != std::string_view::npos && text.ends_with(root)) {
        text.remove_prefix(account + 6);
        text.remove_suffix(root.size());
    }
    return std::string(principal.type).append(" ").append(text);
}

void redundant_principal(const Document&, const Statement& statement, Report& report) {
    std::map<std::string, const Value*> seen;
    for (const Principal& principal : statement.principals) {
        const auto [known, is_new] = seen.emplace(canonical_principal(principal), principal.value);
        if (is_new) continue;
        report.add(*principal.value,
                   fmt::format("The principal '{}' is redundant because '{}' is in the same statement.",
                               principal.value->text, known->second->text));
    }
}

}  // namespace

std::span<const Check> redundancy_checks() {
    static constexpr Check table[] = {
        {"REDUNDANT_ACTION", Severity::suggestion, "Another action of the list covers an action.", redundant_action},
        {"REDUNDANT_RESOURCE", Severity::suggestion, "Another resource of the list covers a resource.",
         redundant_resource},
        {"REDUNDANT_STATEMENT", Severity::suggestion, "Two statements say the same.", nullptr, redundant_statement},
        {"REDUNDANT_PRINCIPAL", Severity::suggestion, "A statement names a principal twice.", redundant_principal,
         nullptr, "reference_policies_elements_principal.html"},
        {"ALLOW_ALWAYS_DENIED", Severity::warning, "A Deny of the document outweighs all that a statement allows.",
         nullptr, allow_always_denied, "reference_policies_evaluation-logic.html"},
    };
    return table;
}

}  // namespace iamlocal::lint
