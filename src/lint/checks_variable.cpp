// Checks of policy variables, `${key}` and `${key, 'default'}`.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/report.hpp"

namespace iamlocal::lint {
namespace {

using policy::Family;

/// One `${…}` of a text.
struct Variable {
    std::string_view inside;  ///< without the braces
    bool closed = false;

    /// `${*}`, `${?}` and `${$}` are the characters themselves.
    [[nodiscard]] bool is_escape() const { return inside == "*" || inside == "?" || inside == "$"; }
    /// What stands before the comma of a default.
    [[nodiscard]] std::string_view name() const { return inside.substr(0, inside.find(',')); }
};

template <class Rule>
void each_variable(std::string_view text, Rule rule) {
    while (true) {
        const std::size_t open = text.find("${");
        if (open == std::string_view::npos) return;
        text.remove_prefix(open + 2);
        const std::size_t close = text.find('}');
        rule(Variable{text.substr(0, close), close != std::string_view::npos});
        if (close == std::string_view::npos) return;
        text.remove_prefix(close + 1);
    }
}

/// Calls `rule` for every variable where variables are allowed.
template <class Rule>
void each_variable(const Statement& statement, Rule rule) {
    const auto look_at = [&](const Value& value) {
        each_variable(value.text, [&](const Variable& variable) { rule(value, variable); });
    };
    for (const Value* value : statement.resources) look_at(*value);
    for (const Condition& condition : statement.conditions) {
        for (const Value* value : condition.values) look_at(*value);
    }
}

void missing_brace(const Document&, const Statement& statement, Report& report) {
    each_variable(statement, [&](const Value& value, const Variable& variable) {
        if (!variable.closed) {
            report.add(value, "The policy variable is missing a closing curly brace. Add } after the variable text.");
        }
    });
}

void empty_variable(const Document&, const Statement& statement, Report& report) {
    each_variable(statement, [&](const Value& value, const Variable& variable) {
        const bool blank = std::all_of(variable.inside.begin(), variable.inside.end(), [](char c) { return c == ' '; });
        if (variable.closed && blank) {
            report.add(value,
                       "Empty policy variable. Remove the variable structure or provide a variable within the "
                       "structure.");
        }
    });
}

void space_in_variable(const Document&, const Statement& statement, Report& report) {
    each_variable(statement, [&](const Value& value, const Variable& variable) {
        const std::string_view name = variable.name();
        // Tag keys may have spaces.
        const bool spaced = name.substr(0, name.find('/')).find(' ') != std::string_view::npos;
        const bool blank = name.find_first_not_of(' ') == std::string_view::npos;
        if (!variable.closed || !spaced || blank) return;
        report.add(value,
                   fmt::format("A space is not supported within the policy variable text {}. Remove the space.", name));
    });
}

void quote_in_variable(const Document&, const Statement& statement, Report& report) {
    each_variable(statement, [&](const Value& value, const Variable& variable) {
        const std::size_t comma = variable.inside.find(',');
        if (!variable.closed || comma == std::string_view::npos) return;
        std::string_view fallback = variable.inside.substr(comma + 1);
        fallback.remove_prefix(std::min(fallback.find_first_not_of(' '), fallback.size()));
        const bool quoted = fallback.size() >= 2 && fallback.starts_with('\'') && fallback.ends_with('\'');
        if (quoted) return;
        report.add(value,
                   "The policy variable default value must begin and end with a single quote. Add the missing quote.");
    });
}

void symbol_in_variable(const Document&, const Statement& statement, Report& report) {
    each_variable(statement, [&](const Value& value, const Variable& variable) {
        if (!variable.closed || variable.is_escape()) return;
        const std::string_view name = variable.name();
        const std::size_t symbol = name.substr(0, name.find('/')).find_first_of("*?$\"'{");
        if (symbol == std::string_view::npos) return;
        report.add(value,
                   fmt::format("The symbol {} is not supported within the policy variable text. Remove the symbol.",
                               name[symbol]));
    });
}

/// Names without a colon and those of identity providers are nobody's to know.
void unknown_variable(const Document& document, const Statement& statement, Report& report) {
    if (!document.has_variables()) return;
    each_variable(statement, [&](const Value& value, const Variable& variable) {
        const std::string name = fold_case(variable.name());
        const std::string_view prefix = std::string_view(name).substr(0, name.find(':'));
        if (!variable.closed || prefix.size() == name.size() || name.find(' ') < name.find('/')) return;
        const bool has_owner = prefix == "aws" || catalogue::service_reference::find_service(prefix);
        if (!has_owner || find_key(statement, name)) return;
        report.add(value, fmt::format("There is no condition key {}, so that the policy variable never has a value.",
                                      variable.name()));
    });
}

void variable_in_old_version(const Document& document, const Statement& statement, Report& report) {
    if (document.has_variables()) return;
    each_variable(statement, [&](const Value& value, const Variable& variable) {
        if (!variable.closed || variable.name().find(':') == std::string_view::npos) return;
        report.add(value,
                   fmt::format("Without \"Version\": \"2012-10-17\" the variable ${{{}}} is plain text. To include "
                               "variables in your policy, use the policy version 2012-10-17.",
                               variable.inside));
    });
}

void variable_in_other_element(const Document&, const Statement& statement, Report& report) {
    const auto look_at = [&](const Value& value, std::string_view element) {
        bool found = false;
        each_variable(value.text, [&](const Variable& variable) { found = found || variable.closed; });
        if (!found) return;
        report.add(
            value,
            fmt::format("Policy variables are supported in the Resource and Condition elements. Remove the policy "
                        "variable from this {} element.",
                        element));
    };
    if (statement.sid && statement.sid->is(Type::string)) look_at(*statement.sid, "Sid");
    for (const Principal& principal : statement.principals) look_at(*principal.value, "Principal");
    for (const Action& action : statement.actions) look_at(*action.value, "Action");
}

void variable_for_other_operator(const Document& document, const Statement& statement, Report& report) {
    if (!document.has_variables()) return;
    for (const Condition& condition : statement.conditions) {
        if (!condition.op || condition.op->op->variables) continue;
        for (const Value* value : condition.values) {
            bool found = false;
            each_variable(value->text, [&](const Variable& variable) { found = found || variable.closed; });
            if (found) report.add(*value, "Policy variables can only be used with String and ARN operators.");
        }
    }
}

}  // namespace

std::span<const Check> variable_checks() {
    static constexpr Check table[] = {
        {"VARIABLE_UNSUPPORTED_IN_VERSION", Severity::error, "A variable in a policy of the old version is plain text.",
         variable_in_old_version},
        {"VARIABLE_UNSUPPORTED_IN_ELEMENT", Severity::error, "A variable stands where there can be none.",
         variable_in_other_element},
        {"INVALID_VARIABLE_FOR_OPERATOR", Severity::error, "The operator takes no variables.",
         variable_for_other_operator},
        {"MISSING_BRACE_IN_VARIABLE", Severity::error, "A variable is not closed.", missing_brace},
        {"EMPTY_VARIABLE", Severity::error, "A variable has no name.", empty_variable},
        {"UNSUPPORTED_SPACE_IN_VARIABLE", Severity::error, "A variable's name has spaces.", space_in_variable},
        {"MISSING_QUOTE_IN_VARIABLE", Severity::error, "A variable's default is not quoted.", quote_in_variable},
        {"UNSUPPORTED_SYMBOL_IN_VARIABLE", Severity::error, "A variable's name has a character that no key has.",
         symbol_in_variable},
        {"UNKNOWN_VARIABLE", Severity::warning, "A variable has the name of no condition key.", unknown_variable,
         nullptr, "reference_policies_variables.html"},
    };
    return table;
}

}  // namespace iamlocal::lint
