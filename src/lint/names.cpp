#include "lint/names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "base/nearest.hpp"
#include "lint/facts.hpp"
#include "lint/wildcards.hpp"

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

}  // namespace iamlocal::lint
