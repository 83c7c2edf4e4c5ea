#include "lint/names.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "base/nearest.hpp"
#include "lint/document.hpp"
#include "lint/facts.hpp"
#include "lint/wildcards.hpp"
#include "policy/json.hpp"
#include "policy/parse.hpp"

namespace iamlocal::lint {
namespace {

namespace reference = catalogue::service_reference;

std::string with_suggestion(std::string message, std::string_view suggestion) {
    if (!suggestion.empty()) message += fmt::format(" Did you mean {}?", suggestion);
    return message;
}

/// The keys of some services have another service's prefix.
bool has_any_service(std::string_view key) {
    return std::ranges::any_of(reference::prefixes(), [&](const std::string& prefix) {
        const catalogue::ServiceReference* service = reference::find_service(prefix);
        return service && service->find_condition_key(key);
    });
}

std::string suggest_key(std::string_view folded) {
    const std::size_t colon = folded.find(':');
    if (colon == std::string_view::npos) return similar_global_key(fmt::format("aws:{}", folded));
    const std::string_view prefix = folded.substr(0, colon);
    if (prefix == "aws") return similar_global_key(folded);
    const catalogue::ServiceReference* owner = reference::find_service(prefix);
    if (owner) return similar_key(*owner, folded);
    if (edit_distance(prefix, "aws", 2) < 2) return similar_global_key(fmt::format("aws{}", folded.substr(colon)));
    owner = reference::find_service(similar_prefix(prefix));
    return owner ? similar_key(*owner, fmt::format("{}{}", owner->prefix, folded.substr(colon))) : std::string();
}

/// As find_action_slip() for what stands in a policy, where wildcards stand for names.
std::optional<std::string> find_slip(const Action& action) {
    if (!action.has_prefix || has_wildcard(action.prefix) || !action.matches.empty()) return std::nullopt;
    if (action.service && action.has_wildcard())
        return fmt::format("The action '{}' matches no action of {}.", action.value->text, action.service->name);
    return find_action_slip(action.value->text);
}

std::optional<DocumentSlip> find_slip(const Statement& statement) {
    for (const Action& action : statement.actions)
        if (auto slip = find_slip(action)) return DocumentSlip{action.value->begin, *std::move(slip)};
    for (const Value* resource : statement.resources)
        if (auto slip = find_resource_slip(resource->text)) return DocumentSlip{resource->begin, *std::move(slip)};
    for (const Condition& condition : statement.conditions) {
        if (condition.known) continue;
        if (auto slip = find_key_slip(condition.key)) return DocumentSlip{condition.key_at, *std::move(slip)};
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> find_action_slip(std::string_view action) {
    const std::size_t colon = action.find(':');
    const std::string prefix = fold_case(action.substr(0, colon));
    const std::string name = fold_case(colon == std::string_view::npos ? "" : action.substr(colon + 1));
    if (const catalogue::ServiceReference* service = reference::find_service(prefix)) {
        if (service->find_action(name)) return std::nullopt;
        const std::string similar = similar_action(*service, name);
        return with_suggestion(fmt::format("The action '{}' does not exist.", action),
                               similar.empty() ? similar : fmt::format("{}:{}", service->prefix, similar));
    }
    const std::string near = similar_prefix(prefix);
    const catalogue::ServiceReference* service = near.empty() ? nullptr : reference::find_service(near);
    const catalogue::Action* known = service ? service->find_action(name) : nullptr;
    return with_suggestion(fmt::format("The service '{}' of the action '{}' does not exist.", prefix, action),
                           known ? fmt::format("{}:{}", near, known->name) : near);
}

std::optional<std::string> find_key_slip(std::string_view key) {
    const std::string folded = fold_case(key);
    if (reference::find_global_key(folded)) return std::nullopt;
    const std::size_t colon = folded.find(':');
    if (colon != std::string::npos && is_provider_prefix(std::string_view(folded).substr(0, colon)))
        return std::nullopt;
    if (const catalogue::ServiceReference* owner = reference::find_service(folded.substr(0, colon))) {
        if (owner->find_condition_key(folded)) return std::nullopt;
    }
    if (has_any_service(folded)) return std::nullopt;
    return with_suggestion(fmt::format("The condition key '{}' does not exist.", key), suggest_key(folded));
}

std::optional<std::string> find_resource_slip(std::string_view resource) {
    const auto parts = ArnParts::split(resource);
    if (!parts) return std::nullopt;
    const std::string_view service = parts->part[2];
    const bool plain = !service.empty() && !has_wildcard(service) && service.find('$') == std::string_view::npos;
    if (!plain || is_arn_service(service)) return std::nullopt;
    return with_suggestion(fmt::format("The service '{}' of the resource '{}' does not exist.", service, resource),
                           similar_prefix(fold_case(service)));
}

std::optional<DocumentSlip> find_document_slip(std::string_view document) {
    const auto parsed = policy::json::parse(document, {policy::max_document_bytes, policy::max_document_depth});
    const auto* json = std::get_if<policy::json::Document>(&parsed);
    if (!json) return std::nullopt;
    // Of what kind the policy is makes no difference to its names.
    for (const Statement& statement : Document::read(document, json->root(), DocumentKind::identity).statements)
        if (auto slip = find_slip(statement)) return slip;
    return std::nullopt;
}

}  // namespace iamlocal::lint
