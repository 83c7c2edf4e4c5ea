#include "iam/resource_type.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "catalogue/service_reference.hpp"
#include "policy/patterns.hpp"

namespace iamlocal::iam {
namespace {

using catalogue::ResourceType;

constexpr std::string_view partition = "${Partition}";

/// Services whose resources have one template, which their page in the reference does not have.
constexpr std::array templates{
    std::pair<std::string_view, std::string_view>{"iam",
                                                  "arn:${Partition}:iam::${Account}:${ResourceType}/${ResourceName}"},
    std::pair<std::string_view, std::string_view>{"s3", "arn:${Partition}:s3:::${BucketName}/${KeyName}"},
    std::pair<std::string_view, std::string_view>{"sts", "arn:${Partition}:iam::${Account}:${RelativeId}"},
};

struct KnownAction {
    const catalogue::ServiceReference* service = nullptr;
    const catalogue::Action* action = nullptr;  ///< null: AWS has none of this name
};

KnownAction find_action(std::string_view action) {
    const std::size_t colon = std::min(action.find(':'), action.size());
    KnownAction found{catalogue::service_reference::find_service(action.substr(0, colon))};
    if (found.service && colon < action.size()) found.action = found.service->find_action(action.substr(colon + 1));
    return found;
}

/// The service in an ARN or in a template of ARNs; nothing for other texts.
std::optional<std::string_view> service_in(std::string_view arn) {
    const auto parts = ArnParts::split(arn);
    if (!parts) return std::nullopt;
    return parts->part[2];
}

bool has_wildcard_or_variable(std::string_view text) { return text.find_first_of("*?$") != std::string_view::npos; }

bool fits(const ResourceType& type, std::string_view resource) {
    std::string glob;
    std::string_view rest = type.arn;
    for (std::size_t at = rest.find("${"); at != std::string_view::npos; at = rest.find("${")) {
        const std::size_t end = rest.find('}', at);
        if (end == std::string_view::npos) return false;
        glob.append(rest.substr(0, at)).push_back('*');
        rest.remove_prefix(end + 1);
    }
    glob.append(rest);
    const policy::MapContext context;
    return policy::ArnPattern::resource(glob, false, policy::ArnPattern::Short::never)
        .matches(policy::ResourceName::of(resource), context);
}

/// Null when the action takes no resource.
const ResourceType* type_of(const KnownAction& known, std::string_view resource) {
    const ResourceType* first = nullptr;
    for (const catalogue::ActionResource& candidate : known.action->resources) {
        const ResourceType* type = known.service->find_resource_type(candidate.type);
        if (type && fits(*type, resource)) return type;
        if (!first) first = type;
    }
    return first;
}

std::string_view template_of(std::string_view action, std::string_view resource) {
    const std::string service = fold_case(action.substr(0, action.find(':')));
    const auto own =
        std::find_if(templates.begin(), templates.end(), [&](const auto& entry) { return entry.first == service; });
    if (own != templates.end()) return own->second;
    const KnownAction known = find_action(action);
    const ResourceType* const type = known.action ? type_of(known, resource) : nullptr;
    return type ? std::string_view(type->arn) : std::string_view("*");
}

}  // namespace

bool is_known_action(std::string_view action) { return find_action(action).action != nullptr; }

std::vector<bool> taken_resources(std::string_view action, const std::vector<std::string>& resources) {
    const KnownAction known = find_action(action);
    if (!known.action) return std::vector<bool>(resources.size(), true);
    std::vector<std::string_view> services;
    for (const catalogue::ActionResource& candidate : known.action->resources)
        if (const ResourceType* type = known.service->find_resource_type(candidate.type))
            services.push_back(service_in(type->arn).value_or("*"));
    std::vector<bool> taken;
    for (const std::string& resource : resources) {
        const auto service = service_in(resource);
        taken.push_back(!service || std::any_of(services.begin(), services.end(), [&](std::string_view one) {
            return one == *service || has_wildcard_or_variable(one) || has_wildcard_or_variable(*service);
        }));
    }
    return taken;
}

std::string resource_template(std::string_view action, const std::vector<std::string>& resources) {
    const auto named =
        std::find_if(resources.begin(), resources.end(), [](const std::string& resource) { return resource != "*"; });
    if (named == resources.end()) return "*";
    const std::string_view pattern = template_of(action, *named);
    const std::size_t at = pattern.find(partition);
    if (at == std::string_view::npos) return std::string(pattern);
    return fmt::format("{}{}{}", pattern.substr(0, at), ArnParts::split(*named)->part[1],
                       pattern.substr(at + partition.size()));
}

}  // namespace iamlocal::iam
