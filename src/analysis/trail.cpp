#include "analysis/trail.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/trail_actions.hpp"
#include "analysis/trail_resources.hpp"
#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "catalogue/service_reference.hpp"
#include "lint/escalation_paths.hpp"

namespace iamlocal::analysis {
namespace {

using EventJson = nlohmann::json;

/// Whether the text nests deeper than is read; reading would take a frame for each level.
bool is_too_deep(std::string_view text) {
    int depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > Trail::deepest) return true;
        } else if (c == '}' || c == ']') {
            --depth;
        }
    }
    return false;
}

EventJson parse_json(std::string_view text) {
    if (is_too_deep(text)) return EventJson(EventJson::value_t::discarded);
    return EventJson::parse(text, nullptr, false);
}

const EventJson& part(const EventJson& object, const char* name) {
    static const EventJson null;
    if (!object.is_object()) return null;
    const auto found = object.find(name);
    return found == object.end() ? null : *found;
}

/// The ARN of whose policies count; empty where there is none, or it is not said.
std::string holder_of(const EventJson& event) {
    const EventJson& identity = part(event, "userIdentity");
    const std::string type = text_member(identity, "type");
    const std::string arn = text_member(identity, "arn");
    const std::string issuer = text_member(part(part(identity, "sessionContext"), "sessionIssuer"), "arn");
    if (type == "IAMUser" || type == "Root") return arn;
    if (type == "FederatedUser") return issuer;
    if (type != "AssumedRole") return {};
    if (!issuer.empty()) return issuer;
    const auto parsed = Arn::parse(arn);
    constexpr std::string_view session = "assumed-role/";
    if (!parsed || !parsed->resource.starts_with(session)) return {};
    const std::string_view name = parsed->resource.substr(session.size());
    return fmt::format("arn:{}:iam::{}:role/{}", parsed->partition, parsed->account, name.substr(0, name.find('/')));
}

void add_key(Keys& keys, const EventJson& parameters, const char* parameter, const char* key) {
    std::string value = text_member(parameters, parameter);
    if (!value.empty()) keys.emplace_back(key, policy::Values::single(std::move(value)));
}

/// Condition keys that the request's parameters tell for certain.
Keys keys_of(const EventJson& event, const std::string& action) {
    const EventJson& parameters = part(event, "requestParameters");
    Keys keys;
    if (action.starts_with("iam:Attach") || action.starts_with("iam:Detach"))
        add_key(keys, parameters, "policyArn", "iam:policyarn");
    if (action == "iam:CreateUser" || action == "iam:CreateRole")
        add_key(keys, parameters, "permissionsBoundary", "iam:permissionsboundary");
    if (action == "iam:CreateServiceLinkedRole") add_key(keys, parameters, "aWSServiceName", "iam:awsservicename");
    if (action.starts_with("sts:AssumeRole")) {
        add_key(keys, parameters, "externalId", "sts:externalid");
        add_key(keys, parameters, "sourceIdentity", "sts:sourceidentity");
    }
    const EventJson& tags = part(parameters, "tags");
    const bool takes_tags = action.find(":Tag") != std::string::npos || action.starts_with("iam:Create");
    if (!tags.is_array() || !takes_tags) return keys;
    std::vector<std::string> names;
    for (const EventJson& tag : tags) {
        const std::string name = text_member(tag, "key");
        if (name.empty()) return keys;
        keys.emplace_back("aws:requesttag/" + fold_case(name), policy::Values::single(text_member(tag, "value")));
        names.push_back(name);
    }
    if (!names.empty()) keys.emplace_back("aws:tagkeys", policy::Values::list(std::move(names)));
    return keys;
}

/// How an operation stands to handing a role to a service.
enum class PassesRole {
    no,
    if_named,  ///< it writes, and a role in its request is likely passed
    yes,       ///< it is known for it
};

PassesRole passes_role(const std::string& action) {
    const std::size_t colon = action.find(':');
    const auto* service = catalogue::service_reference::find_service(action.substr(0, colon));
    const catalogue::Action* known = service ? service->find_action(action.substr(colon + 1)) : nullptr;
    if (!known) return PassesRole::no;
    const auto paths = lint::escalation_paths();
    const bool depends = std::any_of(paths.begin(), paths.end(), [&](const lint::EscalationPath& path) {
        return path.passes_role && path.name == action;
    });
    if (depends) return PassesRole::yes;
    const bool names_roles_otherwise = service->prefix == "iam" || service->prefix == "sts";
    return known->access_level == "Write" && !names_roles_otherwise ? PassesRole::if_named : PassesRole::no;
}

std::string identity_of(const Observation& seen) {
    std::string text = fmt::format("{}{}\n{}", seen.refused ? '-' : '+', seen.action, seen.resource);
    for (const auto& [key, values] : seen.keys) text.append(fmt::format("\n{}={}", key, fmt::join(values.items, "\t")));
    return text;
}

}  // namespace

struct Trail::Event {
    EventJson json;
};

std::string Trail::add(std::string_view text) {
    std::vector<EventJson> events;
    const auto take_list = [&](EventJson& list) {
        for (EventJson& item : list) events.push_back(std::move(item));
    };
    EventJson json = parse_json(text);
    if (json.is_discarded()) {
        // One event on each line.
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t end = std::min(text.find('\n', at), text.size());
            const std::string_view line = text.substr(at, end - at);
            at = end + 1;
            if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
            EventJson event = parse_json(line);
            if (!event.is_object()) return "is not JSON, nor has it an event on each line";
            events.push_back(std::move(event));
        }
    } else if (json.is_array()) {
        take_list(json);
    } else if (json.is_object() && json.contains("Records") && json["Records"].is_array()) {
        take_list(json["Records"]);
    } else if (json.is_object() && json.contains("Events") && json["Events"].is_array()) {
        take_list(json["Events"]);
    } else if (json.is_object() && json.contains("eventName")) {
        events.push_back(std::move(json));
    } else {
        return "holds no events of CloudTrail: neither Records nor Events";
    }
    for (EventJson& event : events) {
        // As LookupEvents answers: the record is a text.
        if (const std::string record = text_member(event, "CloudTrailEvent"); !record.empty())
            event = parse_json(record);
        ++events_;
        take({std::move(event)});
    }
    return {};
}

void Trail::take(Event taken) {
    const EventJson& event = taken.json;
    const std::string type = text_member(event, "eventType");
    const std::string principal = holder_of(event);
    const std::string source = text_member(event, "eventSource");
    const std::string name = text_member(event, "eventName");
    if ((!type.empty() && type != "AwsApiCall") || principal.empty() || source.empty() || name.empty()) {
        ++passed_over_;
        return;
    }
    const TrailAction needed = action_of_event(source, name);
    if (!needed.remark.empty()) remarks_[principal][needed.remark] = true;
    for (const std::string& action : needed.actions) {
        const TrailResources made = resources_of_event(event, action, place_of_event(event));
        add_action(principal, action, made, taken);
        // Tags at making need a permission of their own.
        const EventJson& tags = part(part(event, "requestParameters"), "tags");
        const bool has_tags = tags.is_array() && !tags.empty();
        if (has_tags && (action == "iam:CreateUser" || action == "iam:CreateRole" || action == "iam:CreatePolicy"))
            add_action(principal, "iam:Tag" + action.substr(std::string_view("iam:Create").size()), made, taken);
        // The role is named without its path, and so as by the operation itself.
        if (action == "iam:AddRoleToInstanceProfile")
            add_action(principal, "iam:PassRole", resources_of_event(event, "iam:PassRole", place_of_event(event)),
                       taken);
        add_passed_roles(principal, action, taken);
    }
}

/// What the event did by one action.
void Trail::add_action(const std::string& principal, const std::string& action, const TrailResources& resources,
                       const Event& taken) {
    Observation seen;
    seen.action = action;
    seen.keys = keys_of(taken.json, action);
    if (action == "iam:PassRole")
        seen.keys.emplace_back("iam:passedtoservice", policy::Values::single("ec2.amazonaws.com"));
    seen.refused = !text_member(taken.json, "errorCode").empty();
    seen.remark = resources.remark;
    for (const std::string& arn : resources.arns) {
        seen.resource = arn;
        add_entry(principal, seen);
    }
    if (!resources.patterns.empty()) {
        seen.resource = resources.example;
        seen.patterns = resources.patterns;
        add_entry(principal, std::move(seen));
    } else if (resources.arns.empty()) {
        seen.resource = "*";
        add_entry(principal, std::move(seen));
    }
}

/// Roles that the operation hands to its service.
void Trail::add_passed_roles(const std::string& principal, const std::string& action, const Event& taken) {
    const PassesRole passes = passes_role(action);
    if (passes == PassesRole::no) return;
    const std::string why = fmt::format("{} may need iam:PassRole, of which trails have no events", action);
    const std::vector<std::string> roles = roles_in_request(taken.json);
    if (roles.empty() && passes == PassesRole::yes) remarks_[principal][why + "; the request names no role"] = true;
    for (const std::string& role : roles) {
        Observation passed;
        passed.action = "iam:PassRole";
        passed.resource = role;
        passed.refused = !text_member(taken.json, "errorCode").empty();
        passed.remark = why + "; the roles in its requests are taken for passed";
        add_entry(principal, std::move(passed));
    }
}

void Trail::add_entry(const std::string& principal, Observation observation) {
    const auto [place, is_new] = seen_[principal].try_emplace(identity_of(observation), observation);
    if (!is_new) ++place->second.count;
}

std::map<std::string, TrailPrincipal> Trail::principals() const {
    std::map<std::string, TrailPrincipal> all;
    for (const auto& [principal, seen] : seen_)
        for (const auto& [identity, observation] : seen) all[principal].observations.push_back(observation);
    for (const auto& [principal, remarks] : remarks_)
        for (const auto& [remark, is_there] : remarks) all[principal].remarks.push_back(remark);
    return all;
}

}  // namespace iamlocal::analysis
