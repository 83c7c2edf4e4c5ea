#include "iam/simulation_input.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <variant>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "iam/errors.hpp"
#include "iam/resource_type.hpp"
#include "iam/shapes.hpp"
#include "policy/operands.hpp"
#include "policy/outline.hpp"
#include "policy/parse.hpp"
#include "policy/patterns.hpp"
#include "policy/question.hpp"

namespace iamlocal::iam {
namespace {

using protocol::Presence;
using protocol::TextRule;

// Shapes of the model that only the simulator uses.
// In the order in which AWS's messages have them.
constexpr const char* context_key_types[] = {"binary",  "ipList",      "booleanList", "ip",
                                             "boolean", "numericList", "dateList",    "numeric",
                                             "date",    "stringList",  "string",      "binaryList"};
const TextRule action_name = {.min = 3, .max = 128};
const TextRule any_resource = {.min = 1, .max = 2048};
const TextRule context_key_name = {.min = 5, .max = 256};
const TextRule context_key_value = {};
const TextRule context_key_type = {.values = context_key_types};
const TextRule handling_option = {.min = 1, .max = 64};
const protocol::ListRule any_length = {};

// AWS's words, but for those about what is too large, not supported, no scenario or not applicable.

/// The service of a resource; nothing for `*`.
std::optional<std::string_view> service_of(std::string_view resource) {
    const auto parts = ArnParts::split(resource);
    if (!parts) return std::nullopt;
    return parts->part[2];
}

// Context entries

/// What a value must look like to be of a type, which is given without `List`; empty for one that does.
std::string_view expected_format(std::string_view type, std::string_view value) {
    if (type == "numeric" && !policy::Decimal::parse(value)) return "numeric format";
    if (type == "date" && !policy::PreciseInstant::parse(value)) return "DateTime format";
    if (type == "ip" && !policy::Address::parse(value)) return "IP address";
    if (type == "binary" && !policy::Bytes::parse(value)) return "base-64 encoded binary format";
    return {};  // every text is a boolean: what is not true is false
}

/// A date is kept as the instant that it means, so that it is not its text for StringEquals.
std::string kept_value(std::string_view type, const std::string& value) {
    if (type != "date") return value;
    constexpr std::int64_t year_10000 = 253402300800;
    const std::int64_t seconds = policy::PreciseInstant::parse(value)->seconds;
    if (seconds < 0 || seconds >= year_10000) return std::to_string(seconds);
    std::string text = format_iso8601(Seconds(std::chrono::seconds(seconds)));
    const std::size_t point = value.find('.');
    if (point == std::string::npos) return text;
    const std::size_t end = std::min(value.find_first_not_of("0123456789", point + 1), value.size());
    text.pop_back();
    return text.append(value, point, end - point).append("Z");
}

policy::Values values_of(const ContextEntry& entry) {
    constexpr std::string_view list_suffix = "List";
    std::string_view type = entry.type;
    const bool multivalued = type.ends_with(list_suffix);
    if (multivalued) type.remove_suffix(list_suffix.size());
    if (entry.values.empty())
        throw invalid_input(fmt::format("Context values for context key {} cannot be null or empty.", entry.name));
    if (!multivalued && entry.values.size() != 1)
        throw invalid_input(
            fmt::format("Context key {} expected a single value, but received {}.", entry.type, entry.values.size()));
    policy::Values values{multivalued, {}};
    for (const std::string& value : entry.values) {
        if (const std::string_view expected = expected_format(type, value); !expected.empty())
            throw invalid_input(fmt::format("Invalid context value for key {}: expected {}.", entry.name, expected));
        values.items.push_back(kept_value(type, value));
    }
    return values;
}

// Scenarios

struct Scenario {
    std::string_view name;
    bool volume;
    bool subnet;
};
constexpr std::array scenarios = {
    Scenario{"EC2-VPC-InstanceStore", false, false},
    Scenario{"EC2-VPC-InstanceStore-Subnet", false, true},
    Scenario{"EC2-VPC-EBS", true, false},
    Scenario{"EC2-VPC-EBS-Subnet", true, true},
};

void require_ec2_resource(std::string_view option, std::string_view type, const std::vector<std::string>& resources) {
    const bool found = std::any_of(resources.begin(), resources.end(), [&](const std::string& resource) {
        const std::optional<Arn> arn = Arn::parse(resource);
        return arn && arn->service == "ec2" && arn->resource.starts_with(type) &&
               arn->resource.substr(type.size()).starts_with('/');
    });
    if (!found)
        throw invalid_input(fmt::format("Resource handling option {} requires a resource of type {}.", option, type));
}

}  // namespace

void describe_documents(protocol::Fields& f, const char* name, Presence presence, std::vector<std::string>& list) {
    f.list(name, presence, list, any_length, shape::policy_document);
}

void SimulationMembers::describe(protocol::Fields& f, Presence policies) {
    describe_documents(f, "PolicyInputList", policies, policy_input_list);
    describe_documents(f, "PermissionsBoundaryPolicyInputList", Presence::optional, boundary_input_list);
    f.list("ActionNames", Presence::required, action_names, any_length, action_name);
    f.list("ResourceArns", Presence::optional, resource_arns, any_length, any_resource);
    f.optional("ResourcePolicy", resource_policy, shape::policy_document);
    f.optional("ResourceOwner", resource_owner, any_resource);
    f.optional("CallerArn", caller_arn, any_resource);
    f.list("ContextEntries", Presence::optional, context_entries, any_length,
           [](ContextEntry& entry, protocol::Fields& fields) {
               fields.optional("ContextKeyName", entry.name, context_key_name);
               fields.list("ContextKeyValues", Presence::optional, entry.values, any_length, context_key_value);
               fields.optional("ContextKeyType", entry.type, context_key_type);
           });
    f.optional("ResourceHandlingOption", resource_handling_option, handling_option);
    page.describe(f);
}

void require_action_names(const std::vector<std::string>& actions) {
    if (actions.empty()) throw invalid_input("Invalid Input Actions: at least one action is required.");
    for (const std::string& action : actions)
        if (action.find(':') == std::string::npos)
            throw invalid_input("The action is invalid since it is missing names");
}

void require_same_knowledge(const std::vector<std::string>& actions) {
    std::string known;
    std::string unknown;
    for (const std::string& action : actions) {
        std::string& list = is_known_action(action) ? known : unknown;
        list.append(list.empty() ? "" : ",").append(action);
    }
    if (known.empty() || unknown.empty()) return;
    throw invalid_input(fmt::format(
        "Invalid Input Actions: [{}] and [{}] require different authorization information. ", known, unknown));
}

bool is_trust_policy(std::string_view document) {
    const auto json = policy::json::parse(document, {policy::max_document_bytes, policy::max_document_depth});
    if (std::holds_alternative<policy::json::Error>(json)) return false;
    const auto outlined = policy::outline(std::get<policy::json::Document>(json).root());
    const auto* const elements = std::get_if<policy::Outline>(&outlined);
    if (!elements) return false;
    return std::all_of(elements->statements.begin(), elements->statements.end(), [](const auto& statement) {
        if (!statement.principal.value || statement.resource.value || !statement.action.value) return false;
        const auto actions = policy::values_of(*statement.action.value);
        return std::all_of(actions.begin(), actions.end(),
                           [](const auto& action) { return fold_case(action.text).starts_with("sts:"); });
    });
}

std::vector<std::string> resources_of(const std::vector<std::string>& arns) {
    if (arns.empty()) return {"*"};
    for (const std::string& arn : arns)
        if (!policy::is_resource_name(arn))
            throw invalid_input(fmt::format("ResourceNames are not in a valid ARN format: {}.", arn));
    return arns;
}

void require_scenario(const std::optional<std::string>& option, const std::vector<std::string>& resources) {
    if (!option) return;
    const auto scenario =
        std::find_if(scenarios.begin(), scenarios.end(), [&](const Scenario& known) { return known.name == *option; });
    if (scenario == scenarios.end())
        throw invalid_input(fmt::format("'{}' is not a valid resource handling option.", *option));
    for (const std::string_view type : {"instance", "image", "security-group", "network-interface"})
        require_ec2_resource(*option, type, resources);
    if (scenario->subnet) require_ec2_resource(*option, "subnet", resources);
    if (scenario->volume) require_ec2_resource(*option, "volume", resources);
}

void require_applicable(std::string_view resource_policy, const std::vector<std::string>& resources) {
    const auto document =
        policy::json::parse(resource_policy, {policy::max_document_bytes, policy::max_document_depth});
    const auto outlined = policy::outline(std::get<policy::json::Document>(document).root());
    std::vector<std::string_view> services;
    for (const policy::StatementOutline& statement : std::get<policy::Outline>(outlined).statements) {
        if (!statement.resource.value || statement.resource.negated) return;
        for (const policy::json::Value& value : policy::values_of(*statement.resource.value)) {
            const auto service = service_of(value.text);
            if (!service || service->find_first_of("*?") != std::string_view::npos) return;
            services.push_back(*service);
        }
    }
    for (const std::string& resource : resources) {
        const auto service = service_of(resource);
        if (!service || std::find(services.begin(), services.end(), *service) != services.end()) continue;
        throw invalid_input(fmt::format("The resource policy is not applicable to resource {}.", resource));
    }
}

policy::MapContext context_of(const std::vector<ContextEntry>& entries) {
    policy::MapContext context;
    for (const ContextEntry& entry : entries) {
        if (entry.name.empty()) throw invalid_input("ContextKeyName cannot be null or empty.");
        if (entry.type.empty()) throw invalid_input(fmt::format("Context key {} has invalid type null.", entry.name));
        if (context.find(fold_case(entry.name)))
            throw invalid_input(fmt::format("Duplicate context key: {}.", entry.name));
        context.set(entry.name, values_of(entry));
    }
    return context;
}

AccountId account_of_owner(std::string_view resource_owner) {
    const std::optional<Arn> arn = Arn::parse(resource_owner);
    const auto is_owner = [](std::string_view resource) {
        const std::optional<EntityResource> entity = parse_entity_resource(resource);
        return resource == "root" || (entity && entity->type == "user");
    };
    if (!arn || arn->partition != "aws" || arn->service != "iam" || !arn->region.empty() || !is_owner(arn->resource) ||
        !ids::is_account_id(arn->account))
        throw invalid_input(fmt::format("'{}' is not a valid as a Resource Owner.", resource_owner));
    return AccountId(arn->account);
}

ApiError caller_is_no_user() { return invalid_input("Invalid caller - Caller must be an IAM user in this context."); }

std::optional<EntityResource> parse_entity_resource(std::string_view resource) {
    const std::size_t first = resource.find('/');
    if (first == std::string_view::npos) return std::nullopt;
    const std::size_t last = resource.rfind('/');
    const EntityResource entity{resource.substr(0, first), resource.substr(first, last - first + 1),
                                resource.substr(last + 1)};
    const TextRule& longest_name = shape::existing_user_name;
    if (!shape::path.matches(entity.path) || entity.path.size() > shape::path.max ||
        !longest_name.matches(entity.name) || entity.name.size() > longest_name.max)
        return std::nullopt;
    return entity;
}

AccountId account_of_caller(std::string_view caller_arn) {
    const std::optional<Arn> arn = Arn::parse(caller_arn);
    if (!arn || arn->partition != "aws" || arn->service != "iam" || !arn->region.empty() ||
        !ids::is_account_id(arn->account))
        throw caller_is_no_user();
    const std::optional<EntityResource> entity = parse_entity_resource(arn->resource);
    if (!entity || (entity->type != "user" && entity->type != "role")) throw caller_is_no_user();
    return AccountId(arn->account);
}

bool is_role(std::string_view arn) {
    const std::optional<Arn> parsed = Arn::parse(arn);
    return parsed && parsed->resource.starts_with("role/");
}

}  // namespace iamlocal::iam
