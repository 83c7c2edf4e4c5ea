// Ways in which the holder of a policy can give himself more than it allows.
#include <algorithm>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "lint/escalation_paths.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

/// `*`, or an ARN whose resource is everything, or everything of a type.
bool is_wide(std::string_view resource) {
    if (resource == "*") return true;
    for (int colon = 0; colon < 5; ++colon) {
        const std::size_t at = resource.find(':');
        if (at == std::string_view::npos) return false;
        resource.remove_prefix(at + 1);
    }
    if (resource == "*") return true;
    const std::size_t separator = resource.find_first_of("/:");
    return separator != std::string_view::npos && resource.substr(separator + 1) == "*";
}

bool is_on_everything(const Statement& statement) {
    return statement.resource && std::any_of(statement.resources.begin(), statement.resources.end(),
                                             [](const Value* value) { return is_wide(value->text); });
}

/// The value that allows the action on everything without a condition; null when nothing does.
const Value* find_grant(const Document& document, std::string_view prefix, std::string_view name) {
    for (const Statement& statement : document.statements) {
        const bool all = statement.denies && statement.action && statement.conditions.empty() && statement.resource &&
                         std::any_of(statement.resources.begin(), statement.resources.end(),
                                     [](const Value* value) { return value->text == "*"; });
        if (all && std::any_of(statement.actions.begin(), statement.actions.end(),
                               [&](const Action& action) { return action.covers(prefix, name); }))
            return nullptr;
    }
    for (const Statement& statement : document.statements) {
        if (!statement.allows || !statement.action || !statement.conditions.empty()) continue;
        if (!is_on_everything(statement)) continue;
        for (const Action& action : statement.actions) {
            // Who may do everything has nowhere to climb.
            if (!action.everything && action.covers(prefix, name)) return action.value;
        }
    }
    return nullptr;
}

void privilege_escalation(const Document& document, Report& report) {
    if (!document.is_identity_like() || document.kind == DocumentKind::boundary) return;
    std::size_t actions = 0;
    for (const Statement& statement : document.statements) actions += statement.actions.size();
    if (!report.spend(actions * 64 * escalation_paths().size())) return;
    const bool passes_role = find_grant(document, "iam", "passrole") != nullptr;
    struct Grant {
        const Value* value;
        std::vector<const EscalationPath*> ways;
    };
    std::vector<Grant> grants;
    for (const EscalationPath& path : escalation_paths()) {
        if (path.passes_role && !passes_role) continue;
        const Value* value = find_grant(document, path.prefix, path.action);
        if (!value) continue;
        const auto known =
            std::find_if(grants.begin(), grants.end(), [&](const Grant& grant) { return grant.value == value; });
        if (known == grants.end()) {
            grants.push_back({value, {&path}});
        } else {
            known->ways.push_back(&path);
        }
    }
    for (const Grant& grant : grants) {
        const EscalationPath& first = *grant.ways.front();
        const std::size_t others = grant.ways.size() - 1;
        report.add(*grant.value,
                   fmt::format("'{}' lets its holder gain more permissions: {}{} {}{}. Name resources, or demand a "
                               "permissions boundary by a condition.",
                               grant.value->text, first.name, first.passes_role ? " with iam:PassRole" : "", first.how,
                               others == 0 ? "" : fmt::format(", and {} other way{}", others, others == 1 ? "" : "s")));
    }
}

}  // namespace

std::span<const Check> escalation_checks() {
    static constexpr Check table[] = {
        {"PRIVILEGE_ESCALATION", Severity::security_warning, "The holder of the policy can gain more permissions.",
         nullptr, privilege_escalation, "best-practices.html#grant-least-privilege"},
    };
    return table;
}

}  // namespace iamlocal::lint
