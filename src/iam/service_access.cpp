#include "iam/service_access.hpp"

#include <algorithm>
#include <variant>

#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/wildcards.hpp"
#include "policy/json.hpp"
#include "policy/outline.hpp"
#include "policy/parse.hpp"

namespace iamlocal::iam {
namespace {

using catalogue::Action;
using catalogue::ServiceReference;

/// What an action acts on, as patterns: the ARNs of its resource types, and `*` where it needs none of them.
std::vector<std::string> arns_on(const ServiceReference& service, const Action& action) {
    std::vector<std::string> patterns;
    bool needs_one = false;
    for (const catalogue::ActionResource& resource : action.resources) {
        needs_one = needs_one || resource.required;
        const catalogue::ResourceType* const type = service.find_resource_type(resource.type);
        if (type == nullptr) continue;
        for (const std::string& arn : type->arns) patterns.push_back(lint::template_pattern(arn));
    }
    if (!needs_one) patterns.emplace_back("*");
    return patterns;
}

/// Of an action that takes `*` alone, only a pattern that matches this text speaks.
bool may_be(std::string_view pattern, std::string_view acts_on) {
    return acts_on == "*" ? lint::matches(pattern, acts_on) : lint::overlap(pattern, acts_on);
}

bool any_covers(const std::vector<std::string>& patterns, std::string_view narrow) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return lint::covers(pattern, narrow); });
}

bool any_overlaps(const std::vector<std::string>& patterns, std::string_view other) {
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return lint::overlap(pattern, other); });
}

}  // namespace

bool Grants::ActionPattern::covers(std::string_view of_service, std::string_view pattern) const {
    return everything || (service == of_service && lint::covers(name, pattern));
}

bool Grants::Statement::covers_action(std::string_view service, std::string_view name) const {
    const bool listed = std::any_of(actions.begin(), actions.end(),
                                    [&](const ActionPattern& pattern) { return pattern.covers(service, name); });
    return listed != not_action;
}

void Grants::add(std::string_view document, Effects effects) {
    const auto read = policy::json::parse(document, {policy::max_document_bytes, policy::max_document_depth});
    const auto* const json = std::get_if<policy::json::Document>(&read);
    if (json == nullptr) return;
    const auto outlined = policy::outline(json->root());
    const auto* const outline = std::get_if<policy::Outline>(&outlined);
    if (outline == nullptr) return;
    for (const policy::StatementOutline& from : outline->statements) {
        if (from.action.value == nullptr || from.resource.value == nullptr) continue;
        const bool denies = fold_case(from.effect->text) == "deny";
        if (!denies && effects == Effects::denies) continue;
        // What holds sometimes takes nothing away.
        if (denies && from.condition != nullptr && !from.condition->items.empty()) continue;
        Statement statement;
        statement.not_action = from.action.negated;
        for (const policy::json::Value& value : policy::values_of(*from.action.value)) {
            const std::string text = fold_case(value.text);
            const std::size_t colon = text.find(':');
            ActionPattern pattern{.everything = text == "*" || text == "*:*", .service = {}, .name = {}};
            if (!pattern.everything && colon == std::string::npos) continue;
            if (!pattern.everything) {
                pattern.service = text.substr(0, colon);
                pattern.name = text.substr(colon + 1);
            }
            statement.actions.push_back(std::move(pattern));
        }
        statement.not_resource = from.resource.negated;
        for (const policy::json::Value& value : policy::values_of(*from.resource.value)) {
            const bool has_variables = outline->is_2012() && value.text.find("${") != std::string_view::npos;
            // A variable may be anything: good enough for an Allow, not for what is to take away.
            if (has_variables && denies != from.resource.negated) continue;
            statement.resources.push_back(has_variables ? lint::template_pattern(value.text) : std::string(value.text));
        }
        (denies ? denies_ : allows_).push_back(std::move(statement));
    }
}

bool Grants::survives(std::string_view service, std::string_view name, std::string_view allowed,
                      std::string_view acts_on) const {
    return std::none_of(denies_.begin(), denies_.end(), [&](const Statement& deny) {
        if (!deny.covers_action(service, name)) return false;
        if (!deny.not_resource) return any_covers(deny.resources, allowed) || any_covers(deny.resources, acts_on);
        return !any_overlaps(deny.resources, allowed) || !any_overlaps(deny.resources, acts_on);
    });
}

bool Grants::allow(std::string_view service, std::string_view name, const std::vector<std::string>& acts_on) const {
    for (const Statement& statement : allows_) {
        if (!statement.covers_action(service, name)) continue;
        for (const std::string& resource : acts_on) {
            if (statement.not_resource) {
                if (!any_covers(statement.resources, resource) && survives(service, name, "*", resource)) return true;
                continue;
            }
            for (const std::string& allowed : statement.resources)
                if (may_be(allowed, resource) && survives(service, name, allowed, resource)) return true;
        }
    }
    return false;
}

bool Grants::allow(const ServiceReference& service, const Action& action) const {
    const std::string name = fold_case(action.name);
    const bool is_named = std::any_of(allows_.begin(), allows_.end(), [&](const Statement& statement) {
        return statement.covers_action(service.prefix, name);
    });
    return is_named && allow(service.prefix, name, arns_on(service, action));
}

bool Grants::allow(const ServiceReference& service) const {
    return std::any_of(service.actions.begin(), service.actions.end(),
                       [&](const Action& action) { return allow(service, action); });
}

bool Grants::allow_unknown(const ServiceReference& service) const {
    for (const Statement& statement : allows_) {
        if (statement.not_action) continue;
        for (const ActionPattern& pattern : statement.actions) {
            if (pattern.everything || pattern.service != service.prefix) continue;
            const bool is_known =
                std::any_of(service.actions.begin(), service.actions.end(),
                            [&](const Action& action) { return lint::matches(pattern.name, fold_case(action.name)); });
            if (!is_known && allow(service.prefix, pattern.name, {"*"})) return true;
        }
    }
    return false;
}

std::vector<const ServiceReference*> Grants::services() const {
    // Most policies name their services, and the whole catalogue need not be unpacked.
    std::vector<std::string> prefixes;
    for (const Statement& statement : allows_) {
        const bool any = statement.not_action || std::any_of(statement.actions.begin(), statement.actions.end(),
                                                             [](const auto& pattern) { return pattern.everything; });
        if (any) {
            prefixes = catalogue::service_reference::prefixes();
            break;
        }
        for (const ActionPattern& pattern : statement.actions) prefixes.push_back(pattern.service);
    }
    std::sort(prefixes.begin(), prefixes.end());
    prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
    std::vector<const ServiceReference*> reached;
    for (const std::string& prefix : prefixes) {
        const ServiceReference* const service = catalogue::service_reference::find_service(prefix);
        if (service != nullptr && allow(*service)) reached.push_back(service);
    }
    return reached;
}

}  // namespace iamlocal::iam
