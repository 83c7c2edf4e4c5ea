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

bool fits(std::string_view form, std::string_view resource) {
    std::string glob;
    for (std::size_t at = form.find("${"); at != std::string_view::npos; at = form.find("${")) {
        const std::size_t end = form.find('}', at);
        if (end == std::string_view::npos) return false;
        glob.append(form.substr(0, at)).push_back('*');
        form.remove_prefix(end + 1);
    }
    glob.append(form);
    const policy::MapContext context;
    return policy::ArnPattern::resource(glob, false, policy::ArnPattern::Short::never)
        .matches(policy::ResourceName::of(resource), context);
}

/// The ARN of the resource's type, or else of the first there is; `*` when the action takes no resource.
std::string_view form_of(const KnownAction& known, std::string_view resource) {
    std::string_view first = "*";
    for (const catalogue::ActionResource& candidate : known.action->resources) {
        const ResourceType* type = known.service->find_resource_type(candidate.type);
        if (!type) continue;
        for (const std::string& arn : type->arns)
            if (fits(arn, resource)) return arn;
        if (first == "*") first = type->arns.front();
    }
    return first;
}

std::string_view template_of(std::string_view action, std::string_view resource) {
    const std::string service = fold_case(action.substr(0, action.find(':')));
    const auto own =
        std::find_if(templates.begin(), templates.end(), [&](const auto& entry) { return entry.first == service; });
    if (own != templates.end()) return own->second;
    const KnownAction known = find_action(action);
    return known.action ? form_of(known, resource) : "*";
}

}  // namespace

bool is_known_action(std::string_view action) { return find_action(action).action != nullptr; }

std::vector<bool> taken_resources(std::string_view action, const std::vector<std::string>& resources) {
    const KnownAction known = find_action(action);
    if (!known.action) return std::vector<bool>(resources.size(), true);
    std::vector<std::string_view> services;
    for (const catalogue::ActionResource& candidate : known.action->resources)
        if (const ResourceType* type = known.service->find_resource_type(candidate.type))
            for (const std::string& arn : type->arns) services.push_back(service_in(arn).value_or("*"));
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
