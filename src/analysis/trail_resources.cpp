#include "analysis/trail_resources.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "analysis/resource_groups.hpp"
#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "catalogue/service_reference.hpp"
#include "lint/facts.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::analysis {
namespace {

using TrailJson = nlohmann::json;
namespace resource_reference = catalogue::service_reference;

/// ARNs that one event may name; more are not looked at.
constexpr std::size_t most_arns = 200;
constexpr int deepest_parameter = 6;

/// No policy can have a NUL.
bool is_storable(std::string_view text) { return text.find('\0') == std::string_view::npos; }

void collect_arns(const TrailJson& value, int depth, std::set<std::string>& arns) {
    if (depth > deepest_parameter || arns.size() >= most_arns) return;
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (text.starts_with("arn:") && Arn::parse(text) && is_storable(text)) arns.insert(text);
    } else if (value.is_structured()) {
        for (const TrailJson& item : value) collect_arns(item, depth + 1, arns);
    }
}

const TrailJson& member(const TrailJson& object, const char* name) {
    static const TrailJson null;
    if (!object.is_object()) return null;
    const auto found = object.find(name);
    return found == object.end() ? null : *found;
}

/// A parameter whatever the case of its letters; one that is no text, or no plain name, is none.
std::optional<std::string> find_name(const TrailJson& parameters, std::string_view wanted, bool any_text) {
    if (!parameters.is_object()) return std::nullopt;
    for (const auto& [name, value] : parameters.items()) {
        if (!value.is_string() || !equals_ignoring_case(name, wanted)) continue;
        const std::string text = value.get<std::string>();
        const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   std::string_view("-_.+=@,").find(c) != std::string_view::npos;
        });
        if (!text.empty() && (plain || any_text) && is_storable(text)) return text;
    }
    return std::nullopt;
}

/// Fills a template with what the request sent.
class TemplateFill {
  public:
    TemplateFill(const TrailJson& event, std::string_view action, const TrailPlace& place)
        : parameters_(member(event, "requestParameters")), action_(action), place_(place) {}

    /// Adds the resource, or its patterns. False where something is missing.
    bool fill(const std::string& arn_template, TrailResources& into) {
        std::string arn;
        std::optional<std::string> end_with_path;
        std::string_view rest = arn_template;
        while (!rest.empty()) {
            const std::size_t at = rest.find("${");
            arn.append(rest.substr(0, at));
            if (at == std::string_view::npos) break;
            const std::size_t end = rest.find('}', at);
            if (end == std::string_view::npos) return false;
            const std::string_view name = rest.substr(at + 2, end - at - 2);
            rest.remove_prefix(end + 1);
            constexpr std::string_view with_path = "WithPath";
            if (name.ends_with(with_path)) {
                // What has a path stands at the end of its template.
                if (!rest.empty()) return false;
                return fill_with_path(arn, name.substr(0, name.size() - with_path.size()), into);
            }
            const std::optional<std::string> value = value_of(name);
            if (!value) return false;
            arn.append(*value);
        }
        into.arns.push_back(std::move(arn));
        return true;
    }

  private:
    std::optional<std::string> value_of(std::string_view name) const {
        const auto known = [](const std::string& text) {
            return text.empty() ? std::nullopt : std::optional<std::string>(text);
        };
        if (name == "Partition") return known(place_.partition);
        if (name == "Region") return known(place_.region);
        if (name == "Account") return known(place_.account);
        if (name == "ObjectName") return find_name(parameters_, "key", true);
        // A secret's ARN ends with letters that its name does not have.
        if (name == "SecretId") return std::nullopt;
        if (name == "ParameterNameWithoutLeadingSlash") {
            std::optional<std::string> text = find_name(parameters_, "name", true);
            if (text && text->starts_with('/')) text->erase(0, 1);
            return text;
        }
        if (name == "LogGroupName") return find_name(parameters_, name, true);
        return find_name(parameters_, name, false);
    }

    /// Trails tell the name, and the path only of what is made.
    bool fill_with_path(const std::string& before, std::string_view named, TrailResources& into) {
        const std::optional<std::string> name = find_name(parameters_, named, false);
        if (!name) {
            // Without a name it is about the caller.
            if (named != "UserName" || place_.caller_arn.empty()) return false;
            into.arns.push_back(place_.caller_arn);
            return true;
        }
        const std::optional<std::string> path = find_name(parameters_, "path", true);
        if (path || action_.find(":Create") != std::string_view::npos) {
            if (path && (!path->starts_with('/') || !path->ends_with('/'))) return false;
            into.arns.push_back(before + (path ? path->substr(1) : std::string()) + *name);
            return true;
        }
        into.example = before + *name;
        into.patterns.push_back(as_pattern(into.example));
        into.patterns.push_back(as_pattern(before) + "*/" + *name);
        return true;
    }

    const TrailJson& parameters_;
    std::string_view action_;
    const TrailPlace& place_;
};

/// `https://sqs.eu-west-1.amazonaws.com/111122223333/jobs` tells its queue.
std::optional<std::string> queue_of(const TrailJson& event, const TrailPlace& place) {
    const std::optional<std::string> url = find_name(member(event, "requestParameters"), "queueUrl", true);
    if (!url || place.region.empty()) return std::nullopt;
    const std::size_t name = url->rfind('/');
    if (name == std::string::npos || name < 13) return std::nullopt;
    const std::string account = url->substr(name - 12, 12);
    const bool digits = std::all_of(account.begin(), account.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || (*url)[name - 13] != '/' || name + 1 == url->size()) return std::nullopt;
    return fmt::format("arn:{}:sqs:{}:{}:{}", place.partition, place.region, account, url->substr(name + 1));
}

/// How many slashes stand in an ARN's last part: `bucket` is no `bucket/key`.
bool fits(std::string_view pattern, std::string_view arn) {
    const auto parts = ArnParts::split(arn);
    const auto wanted = ArnParts::split(pattern);
    if (!parts || !wanted) return false;
    for (std::size_t i = 0; i < parts->part.size(); ++i)
        if (!lint::matches(wanted->part[i], parts->part[i])) return false;
    // `arn:*:s3:::*` is a bucket's, and no object's.
    return wanted->part[5] != "*" || parts->part[5].find('/') == std::string_view::npos;
}

}  // namespace

std::string text_member(const nlohmann::json& object, const char* name) {
    const TrailJson& value = member(object, name);
    return value.is_string() && is_storable(value.get_ref<const std::string&>()) ? value.get<std::string>()
                                                                                 : std::string();
}

TrailPlace place_of_event(const nlohmann::json& event) {
    TrailPlace place;
    place.region = text_member(event, "awsRegion");
    place.partition = place.region.starts_with("cn-")       ? "aws-cn"
                      : place.region.starts_with("us-gov-") ? "aws-us-gov"
                                                            : "aws";
    place.account = text_member(event, "recipientAccountId");
    const TrailJson& identity = member(event, "userIdentity");
    if (place.account.empty()) place.account = text_member(identity, "accountId");
    if (text_member(identity, "type") == "IAMUser") place.caller_arn = text_member(identity, "arn");
    return place;
}

TrailResources resources_of_event(const nlohmann::json& event, const std::string& action, const TrailPlace& place) {
    const std::size_t colon = action.find(':');
    const auto* service = resource_reference::find_service(action.substr(0, colon));
    const catalogue::Action* known = service ? service->find_action(action.substr(colon + 1)) : nullptr;
    if (!known || known->resources.empty()) return {{"*"}, {}, {}, {}};
    TrailResources found;
    const auto required = std::count_if(known->resources.begin(), known->resources.end(),
                                        [](const catalogue::ActionResource& type) { return type.required; });
    if (required > 1)
        return {{}, {}, {}, fmt::format("{} works on several resources at once; * stands for them", action)};
    std::set<std::string> named;
    collect_arns(member(event, "resources"), 0, named);
    collect_arns(member(event, "requestParameters"), 0, named);
    collect_arns(member(event, "responseElements"), 0, named);
    for (const catalogue::ActionResource& wanted : known->resources) {
        if (required == 1 && !wanted.required) continue;
        const catalogue::ResourceType* type = service->find_resource_type(wanted.type);
        if (!type) continue;
        for (const std::string& arn_template : type->arns) {
            const std::string pattern = lint::template_pattern(arn_template);
            const std::size_t before = found.arns.size();
            for (const std::string& arn : named)
                if (fits(pattern, arn)) found.arns.push_back(arn);
            if (found.arns.size() == before) TemplateFill(event, action, place).fill(arn_template, found);
        }
    }
    if (action.starts_with("sqs:") && found.arns.empty())
        if (auto queue = queue_of(event, place)) found.arns.push_back(*std::move(queue));
    if (found.arns.empty() && found.patterns.empty())
        found.remark = fmt::format("the trail does not tell on which resource {} was done; * stands for it", action);
    return found;
}

std::vector<std::string> roles_in_request(const nlohmann::json& event) {
    std::set<std::string> named;
    collect_arns(member(event, "requestParameters"), 0, named);
    std::erase_if(named, [](const std::string& arn) { return !lint::matches("arn:*:iam::*:role/*", arn); });
    return {named.begin(), named.end()};
}

}  // namespace iamlocal::analysis
