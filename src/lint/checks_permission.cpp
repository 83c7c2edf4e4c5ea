// Checks for the two permissions that hand out others: passing roles to services and creating service-linked roles.
#include <algorithm>

#include <fmt/format.h>

#include "lint/report.hpp"

namespace iamlocal::lint {
namespace {

/// A permission that wants to be given for named resources.
struct Delicate {
    std::string_view action;     ///< of IAM, in lower case
    std::string_view name;       ///< as it is written
    std::string_view condition;  ///< a key that limits it instead, in lower case
    std::string_view advice;     ///< what to do
    std::string_view consequence;
};

constexpr Delicate pass_role{"passrole", "iam:PassRole", "iam:passedtoservice",
                             "Specify resource ARNs or add the iam:PassedToService condition key to your statement.",
                             "can be overly permissive because it allows iam:PassRole on multiple roles"};
constexpr Delicate create_slr{"createservicelinkedrole", "iam:CreateServiceLinkedRole", "iam:awsservicename",
                              "Specify resource ARNs instead.",
                              "can allow creation of unintended service-linked roles"};

/// How the statement comes to give the permission.
enum class By { action, star_in_action, not_action };

/// `*`, an ARN whose resource is `*`, or one of all roles below some path.
bool is_star(std::string_view resource) {
    if (resource == "*") return true;
    for (int colon = 0; colon < 5; ++colon) {
        const std::size_t at = resource.find(':');
        if (at == std::string_view::npos) return false;
        resource.remove_prefix(at + 1);
    }
    return resource == "*" || resource == "role*" || (resource.starts_with("role/") && resource.ends_with("/*"));
}

/// The value that gives the permission that way; null when nothing does.
const Value* find_grant(const Statement& statement, const Delicate& what, By by) {
    if (by == By::not_action) {
        const bool excluded = std::any_of(statement.actions.begin(), statement.actions.end(),
                                          [&](const Action& action) { return action.covers("iam", what.action); });
        return statement.not_action && !excluded ? statement.not_action : nullptr;
    }
    if (!statement.action) return nullptr;
    const auto found = std::find_if(statement.actions.begin(), statement.actions.end(), [&](const Action& action) {
        return action.has_wildcard() == (by == By::star_in_action) && action.covers("iam", what.action);
    });
    return found == statement.actions.end() ? nullptr : found->value;
}

std::string describe(By by, std::string_view name) {
    switch (by) {
        case By::action:
            return std::string(name);
        case By::star_in_action:
            return fmt::format("an action with a wildcard, which includes {},", name);
        case By::not_action:
            break;
    }
    return fmt::format("NotAction, which leaves {} allowed,", name);
}

/// Whether a condition limits for which services the permission is given: not when its pattern fits them all.
bool is_limited(const Statement& statement, std::string_view key) {
    const Condition* condition = statement.find_condition(key);
    if (!condition || !condition->op) return condition != nullptr;
    const bool pattern = condition->op->op->wildcards && !condition->op->op->negated;
    return !pattern || std::none_of(condition->values.begin(), condition->values.end(), [](const Value* value) {
        return !value->text.empty() && value->text.find_first_not_of('*') == std::string::npos;
    });
}

template <const Delicate& what, By by, bool not_resource>
void delicate_permission(const Document& document, const Statement& statement, Report& report) {
    const bool grants = document.is_identity_like() && document.kind != DocumentKind::boundary;
    if (!grants || !statement.allows || is_limited(statement, what.condition)) return;
    const Value* grant = find_grant(statement, what, by);
    if (!grant) return;
    if constexpr (not_resource) {
        if (!statement.not_resource) return;
        report.add(*statement.not_resource, fmt::format("Using {} with NotResource {}. Specify resource ARNs instead.",
                                                        describe(by, what.name), what.consequence));
    } else {
        if (!statement.resource) return;
        const auto star = std::find_if(statement.resources.begin(), statement.resources.end(),
                                       [](const Value* value) { return is_star(value->text); });
        if (star == statement.resources.end()) return;
        report.add(by == By::star_in_action ? *grant : **star,
                   fmt::format("Using {} with the resource {} {}. {}", describe(by, what.name), (*star)->text,
                               what.consequence, what.advice));
    }
}

}  // namespace

std::span<const Check> permission_checks() {
    static constexpr Check table[] = {
        {"PASS_ROLE_WITH_STAR_IN_RESOURCE", Severity::security_warning, "Every role can be passed to every service.",
         delicate_permission<pass_role, By::action, false>},
        {"PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", Severity::security_warning,
         "An action with a wildcard lets every role be passed to every service.",
         delicate_permission<pass_role, By::star_in_action, false>},
        {"PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Severity::security_warning,
         "NotAction lets every role be passed to every service.",
         delicate_permission<pass_role, By::not_action, false>},
        {"PASS_ROLE_WITH_NOT_RESOURCE", Severity::security_warning,
         "All roles but some can be passed to every service.", delicate_permission<pass_role, By::action, true>},
        {"PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", Severity::security_warning,
         "An action with a wildcard lets all roles but some be passed.",
         delicate_permission<pass_role, By::star_in_action, true>},
        {"PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", Severity::security_warning,
         "NotAction lets all roles but some be passed.", delicate_permission<pass_role, By::not_action, true>},
        {"CREATE_SLR_WITH_STAR_IN_RESOURCE", Severity::warning, "Service-linked roles of every service can be created.",
         delicate_permission<create_slr, By::action, false>},
        {"CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", Severity::warning,
         "An action with a wildcard lets service-linked roles of every service be created.",
         delicate_permission<create_slr, By::star_in_action, false>},
        {"CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Severity::warning,
         "NotAction lets service-linked roles of every service be created.",
         delicate_permission<create_slr, By::not_action, false>},
        {"CREATE_SLR_WITH_NOT_RESOURCE", Severity::warning, "All service-linked roles but some can be created.",
         delicate_permission<create_slr, By::action, true>},
        {"CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", Severity::warning,
         "An action with a wildcard lets all service-linked roles but some be created.",
         delicate_permission<create_slr, By::star_in_action, true>},
        {"CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", Severity::warning,
         "NotAction lets all service-linked roles but some be created.",
         delicate_permission<create_slr, By::not_action, true>},
    };
    return table;
}

}  // namespace iamlocal::lint
