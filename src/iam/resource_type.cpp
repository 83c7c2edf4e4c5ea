#include "iam/resource_type.hpp"

#include <algorithm>

#include "catalogue/service_reference.hpp"
#include "policy/patterns.hpp"

namespace iamlocal::iam {
namespace {

using catalogue::ResourceType;

constexpr std::string_view partition = "${Partition}";

bool fits(std::string glob, std::string_view resource) {
    for (std::size_t at = glob.find("${"); at != std::string::npos; at = glob.find("${", at + 1)) {
        const std::size_t end = glob.find('}', at);
        if (end == std::string::npos) return false;
        glob.replace(at, end - at + 1, "*");
    }
    const policy::MapContext context;
    return policy::ArnPattern::resource(glob, false, policy::ArnPattern::Short::never)
        .matches(policy::ResourceName::of(resource), context);
}

/// The ARN of the resource's type, or else of the first there is. Null when the action takes no resource.
const std::string* form_of(const catalogue::ServiceReference& service, const catalogue::Action& action,
                           std::string_view resource) {
    const std::string* first = nullptr;
    for (const catalogue::ActionResource& candidate : action.resources) {
        const ResourceType* type = service.find_resource_type(candidate.type);
        if (!type) continue;
        for (const std::string& arn : type->arns)
            if (fits(arn, resource)) return &arn;
        if (!first) first = &type->arns.front();
    }
    return first;
}

}  // namespace

std::string resource_type_pattern(std::string_view action, std::span<const std::string> resources) {
    const auto named =
        std::find_if(resources.begin(), resources.end(), [](const std::string& resource) { return resource != "*"; });
    if (named == resources.end()) return "*";
    const std::size_t colon = action.find(':');
    const catalogue::ServiceReference* service = catalogue::service_reference::find_service(action.substr(0, colon));
    const catalogue::Action* known = service ? service->find_action(action.substr(colon + 1)) : nullptr;
    const std::string* form = known ? form_of(*service, *known, *named) : nullptr;
    if (!form) return "*";
    std::string pattern = *form;
    if (const std::size_t at = pattern.find(partition); at != std::string::npos)
        pattern.replace(at, partition.size(), "aws");
    return pattern;
}

}  // namespace iamlocal::iam
