#include "policy/collection.hpp"

#include <algorithm>

namespace iamlocal::policy {
namespace {

/// Levels that no organization can have are one, which stays empty and so refuses.
std::size_t effective_level(PolicyType type, std::size_t level) {
    return has_levels(type) ? std::min(level, Collection::most_levels) : 0;
}

}  // namespace

void Collection::add(PolicyType type, SourcedPolicy policy, std::size_t level) {
    apply(type, level);
    const std::size_t effective = effective_level(type, level);
    if (effective < most_levels) levels_of(type)[effective].push_back(policy);
}

void Collection::apply(PolicyType type, std::size_t level) {
    Levels& levels = levels_of(type);
    levels.resize(std::max(levels.size(), effective_level(type, level) + 1));
}

bool Collection::applies(PolicyType type) const { return !levels_of(type).empty(); }

std::vector<Policies> Collection::views_of(const Levels& levels) { return {levels.begin(), levels.end()}; }

PolicySet Collection::set(std::string_view resource) {
    PolicySet set;
    if (applies(PolicyType::identity)) set.identity = levels_of(PolicyType::identity).front();
    if (applies(PolicyType::boundary)) set.boundary = levels_of(PolicyType::boundary).front();
    if (applies(PolicyType::session)) set.session = levels_of(PolicyType::session).front();
    const bool is_trust = applies(PolicyType::trust);
    set.resource_part = is_trust ? ResourcePolicyPart::trust : resource_part_ ? *resource_part_ : usual_part(resource);
    if (applies(PolicyType::resource) || is_trust) {
        resource_and_trust_.clear();
        for (const PolicyType type : {PolicyType::resource, PolicyType::trust}) {
            for (const List& list : levels_of(type)) {
                resource_and_trust_.insert(resource_and_trust_.end(), list.begin(), list.end());
            }
        }
        set.resource = resource_and_trust_;
    }
    scp_ = views_of(levels_of(PolicyType::scp));
    rcp_ = views_of(levels_of(PolicyType::rcp));
    scope_down_ = views_of(levels_of(PolicyType::scope_down));
    set.scp = scp_;
    set.rcp = rcp_;
    set.scope_down = scope_down_;
    return set;
}

}  // namespace iamlocal::policy
