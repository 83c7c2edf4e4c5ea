// Properties of an account, by namespaces. There is one: RoleManager, whose only property says whether it is on.
// Turning it on makes the role that the role manager works with.
#include <algorithm>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/shape_text.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/role_trust.hpp"
#include "iam/shapes.hpp"
#include "store/account_settings.hpp"
#include "store/attachments.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"

namespace iamlocal::iam {
namespace {

using access::Target;
using api::Context;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;

constexpr std::string_view role_manager = "RoleManager";
constexpr std::string_view manager_service = "role-manager.iam.amazonaws.com";
constexpr std::string_view manager_role = "AWSServiceRoleForIAMRoleManager";
constexpr std::string_view manager_policy =
    "arn:aws:iam::aws:policy/aws-service-role/AWSIAMRoleManagerServiceRolePolicy";

std::string manager_path() { return fmt::format("{}{}/", arn::service_role_path, manager_service); }

// GetAccountProperties

Target properties_target(Context&, const api::NoInput&) {
    Target target;
    target.keys.push_back({"iam:accountpropertynamespaces", policy::Values::list({std::string(role_manager)})});
    return target;
}

struct GetAccountPropertiesOutput {
    bool role_manager_enabled = false;
};

void write(AnswerWriter& out, const GetAccountPropertiesOutput& output) {
    out.begin("Properties");
    out.map_entry("RoleManager/Enabled", std::string_view(output.role_manager_enabled ? "true" : "false"));
    out.end("Properties");
}

GetAccountPropertiesOutput get_account_properties(Context& ctx, const api::NoInput&) {
    return {store::account_settings::get(ctx.tx, ctx.account()).role_manager_enabled};
}

// PutAccountProperties

struct PutAccountPropertiesInput {
    std::vector<std::pair<std::string, std::string>> properties;
    void describe(Fields& f) {
        f.map("Properties", Presence::required, properties, [](std::string& value, Fields& entry) {
            static const protocol::TextRule any = {};
            entry.required("value", value, any);
        });
    }
};

std::string_view namespace_of(std::string_view key) { return key.substr(0, key.find('/')); }

/// Of a key that comes twice the later value counts.
const std::string* find_enabled(const PutAccountPropertiesInput& in) {
    const auto found = std::find_if(in.properties.rbegin(), in.properties.rend(),
                                    [](const auto& entry) { return entry.first == "RoleManager/Enabled"; });
    return found == in.properties.rend() ? nullptr : &found->second;
}

/// Whether the value turns the role manager on; anything else is off, or refused later.
bool enables(const PutAccountPropertiesInput& in) {
    const std::string* const value = find_enabled(in);
    return value != nullptr && *value == "true";
}

Target put_target(Context& ctx, const PutAccountPropertiesInput& in) {
    Target target;
    std::vector<std::string> namespaces;
    for (const auto& [key, value] : in.properties) {
        const std::string_view name = namespace_of(key);
        if (std::find(namespaces.begin(), namespaces.end(), name) == namespaces.end()) namespaces.emplace_back(name);
    }
    target.keys.push_back({"iam:accountpropertynamespaces", policy::Values::list(std::move(namespaces))});
    if (enables(in))
        target.dependent_permissions.push_back(
            {.action = "iam:CreateServiceLinkedRole",
             .resource = arn::iam(ctx.account(), "role", manager_path(), manager_role),
             .keys = {{"iam:awsservicename", policy::Values::single(std::string(manager_service))}}});
    return target;
}

bool is_key(std::string_view text) {
    return !text.empty() && !shape::is_digit(text[0]) && text[0] != '_' && text[0] != '/' && text[0] != '-' &&
           shape::every(text, [](char c) { return shape::is_word(c) || shape::is_one_of(c, "/-"); });
}

/// What AWS's model says of keys and values, in the words of its validation.
void require_form(const PutAccountPropertiesInput& in) {
    constexpr std::string_view words =
        "1 validation error detected: Value at 'properties' failed to satisfy constraint: Map {} must satisfy "
        "constraint: [{}]";
    for (const auto& [key, value] : in.properties) {
        if (key.size() > 50 || !is_key(key))
            throw validation_error(fmt::format(words, "keys",
                                               "Member must have length less than or equal to 50, Member must satisfy "
                                               "regular expression pattern: ^[A-Za-z][A-Za-z0-9/_-]*$"));
        if (value.size() > 1024)
            throw validation_error(fmt::format(words, "value", "Member must have length less than or equal to 1024"));
    }
    for (const auto& [key, value] : in.properties)
        if (std::count(key.begin(), key.end(), '/') != 1 || key.ends_with('/'))
            throw invalid_input(fmt::format("Property key must be in format Namespace/PropertyName: {}", key));
}

void make_manager_role(Context& ctx) {
    if (store::roles::exists(ctx.tx, ctx.account(), manager_role)) return;
    const std::string trust =
        fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{}"}},)"
                    R"("Action":"sts:AssumeRole"}}]}})",
                    manager_service);
    const store::Role role{.account = ctx.account(),
                           .id = ids::unique_id(ctx.env.entropy, ids::Kind::role),
                           .name = std::string(manager_role),
                           .path = manager_path(),
                           .created = ctx.second(),
                           .boundary_arn = {},
                           .trust_policy = require_trust_policy(ctx, trust),
                           .description = {},
                           .max_session_duration = 3600,
                           .last_used = {},
                           .tags = {}};
    store::roles::insert(ctx.tx, role);
    // A catalogue of another time may not have it.
    if (const auto policy = store::policies::find(ctx.tx, ctx.account(), manager_policy))
        store::attachments::attach(ctx.tx, ctx.account(), role.id, *policy);
}

/// An empty result element, unlike the operations that have none.
struct PutAccountPropertiesOutput {};
void write(AnswerWriter&, const PutAccountPropertiesOutput&) {}

PutAccountPropertiesOutput put_account_properties(Context& ctx, const PutAccountPropertiesInput& in) {
    require_form(in);
    if (in.properties.empty()) throw invalid_input("Properties must not be empty");
    const std::string_view name = namespace_of(in.properties.front().first);
    for (const auto& [key, value] : in.properties)
        if (namespace_of(key) != name) throw invalid_input("All properties must belong to the same namespace");
    if (name != role_manager) throw invalid_input(fmt::format("Unsupported namespace: {}", name));
    const std::string* const enabled = find_enabled(in);
    if (enabled == nullptr) throw invalid_input("RoleManager namespace requires Enabled property");
    if (*enabled != "true" && *enabled != "false") throw invalid_input("Enabled must be 'true' or 'false'");
    store::AccountSettings settings = store::account_settings::get(ctx.tx, ctx.account());
    settings.role_manager_enabled = *enabled == "true";
    store::account_settings::put(ctx.tx, ctx.account(), settings);
    if (settings.role_manager_enabled) make_manager_role(ctx);
    return {};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> account_property_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_account_properties, properties_target>("iam:GetAccountProperties", reads),
        operation<put_account_properties, put_target>("iam:PutAccountProperties", writes),
    };
    return rows;
}

}  // namespace iamlocal::iam
