// Checks of Action and NotAction against the services' own lists.
#include <fmt/format.h>

#include "lint/facts.hpp"
#include "lint/report.hpp"

namespace iamlocal::lint {
namespace {

std::string did_you_mean(std::string_view prefix, std::string_view name) {
    if (name.empty()) return {};
    return fmt::format(" Did you mean {}{}?", prefix, name);
}

bool has_illegal_prefix(const Action& action) {
    return action.prefix.empty() || action.prefix.find_first_of("*? ") != std::string::npos;
}

void invalid_action(const Document& document, const Statement& statement, Report& report) {
    if (document.kind == DocumentKind::trust) return;
    for (const Action& action : statement.actions) {
        if (action.everything) continue;
        const std::string_view text = action.value->text;
        if (!action.has_prefix) {
            report.add(*action.value,
                       fmt::format("The action '{}' does not exist. An action is written service:name.", text));
            continue;
        }
        if (!action.service || !action.matches.empty()) continue;
        if (action.has_wildcard()) {
            report.add(*action.value,
                       fmt::format("The action '{}' matches no action of {}.", text, action.service->name));
            continue;
        }
        const std::string similar =
            report.spend(suggestion_cost) ? similar_action(*action.service, action.name) : std::string();
        report.add(*action.value, fmt::format("The action '{}' does not exist.{}", text,
                                              did_you_mean(action.service->prefix + ":", similar)));
    }
}

void invalid_service_in_action(const Document& document, const Statement& statement, Report& report) {
    if (document.kind == DocumentKind::trust) return;
    for (const Action& action : statement.actions) {
        if (!action.has_prefix || action.service || has_illegal_prefix(action)) continue;
        const std::string similar = report.spend(suggestion_cost) ? similar_prefix(action.prefix) : std::string();
        report.add(*action.value, fmt::format("The service '{}' specified in the action does not exist.{}",
                                              action.prefix, did_you_mean("", similar)));
    }
}

void wildcard_in_service_name(const Document&, const Statement& statement, Report& report) {
    for (const Action& action : statement.actions) {
        if (!action.has_prefix || action.prefix.find_first_of("*?") == std::string::npos) continue;
        report.add(*action.value,
                   "Avoid using wildcards (*, ?) in the service name because it might grant unintended access "
                   "to other AWS services with similar names.");
    }
}

void allow_with_not_action(const Document&, const Statement& statement, Report& report) {
    if (!statement.allows || !statement.not_action || !statement.conditions.empty()) return;
    report.add(
        *statement.not_action,
        "Allow with NotAction allows every other action of every service, those that do not exist yet included. We "
        "recommend that you use Action.");
}

void allow_with_not_resource(const Document&, const Statement& statement, Report& report) {
    if (!statement.allows || !statement.not_resource || !statement.conditions.empty()) return;
    report.add(
        *statement.not_resource,
        "Allow with NotResource allows the actions on every other resource, those that do not exist yet included. We "
        "recommend that you use Resource.");
}

}  // namespace

std::span<const Check> action_checks() {
    static constexpr Check table[] = {
        {"INVALID_SERVICE_IN_ACTION", Severity::error, "No service has this prefix.", invalid_service_in_action},
        {"INVALID_ACTION", Severity::error, "The service has no such action.", invalid_action},
        {"WILDCARD_IN_SERVICE_NAME", Severity::suggestion, "An action's service prefix has a wildcard.",
         wildcard_in_service_name},
        {"ALLOW_WITH_NOT_ACTION", Severity::warning, "A statement allows every action but some.", allow_with_not_action,
         nullptr, "reference_policies_elements_notaction.html"},
        {"ALLOW_WITH_NOT_RESOURCE", Severity::warning, "A statement allows actions on every resource but some.",
         allow_with_not_resource, nullptr, "reference_policies_elements_notresource.html"},
    };
    return table;
}

}  // namespace iamlocal::lint
