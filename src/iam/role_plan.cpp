#include "iam/role_plan.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"
#include "store/declared_templates.hpp"
#include "templates/declaration.hpp"
#include "templates/render.hpp"

namespace iamlocal::iam {
namespace {

using templates::Parameter;

constexpr std::size_t most_values = 30;

ApiError not_rendered(std::string_view why) {
    return {error_type::invalid_input, fmt::format("Failed to render template: {}", why)};
}

bool is_number(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

void require_kind(const Parameter& parameter, const std::vector<std::string>& values) {
    for (const std::string& value : values) {
        if (parameter.kind == Parameter::Kind::number && !is_number(value))
            throw not_rendered(fmt::format("Parameter '{}' must be a number: {}", parameter.name, value));
        if (parameter.kind == Parameter::Kind::arn && !Arn::parse(value))
            throw not_rendered(fmt::format("Parameter '{}' must be an ARN: {}", parameter.name, value));
    }
}

/// The request's values, and the defaults of the others. Of a parameter that comes twice the later one counts.
templates::Values require_values(const templates::RoleVersion& version, const AcquireRoleInput& in) {
    templates::Values values;
    for (const auto& [name, entry] : in.replacement_values) {
        const Parameter* const parameter = version.find_parameter(name);
        if (parameter && !parameter->is_list && entry.values.size() != 1)
            throw validation_error(
                fmt::format("{} replacement value must contain exactly one value, got {}", name, entry.values.size()));
        values.insert_or_assign(name, entry.values);
    }
    for (const Parameter& parameter : version.parameters) {
        if (!parameter.default_value.empty()) values.try_emplace(parameter.name, 1, parameter.default_value);
        if (const auto given = values.find(parameter.name); given != values.end())
            require_kind(parameter, given->second);
    }
    return values;
}

/// The same text for the same values, whatever their order in the request.
std::string written(const AcquireRoleInput& in) {
    templates::Values values;
    for (const auto& [name, entry] : in.replacement_values) values.insert_or_assign(name, entry.values);
    std::string out;
    for (const auto& [name, texts] : values) {
        out.append("\"");
        json_append(out, name);
        out.append("\":[");
        for (const std::string& text : texts) {
            out.append("\"");
            json_append(out, text);
            out.append("\",");
        }
        out.append("],");
    }
    return out;
}

std::string require_rendered(templates::Rendered rendered) {
    if (const auto* const missing = std::get_if<templates::MissingParameter>(&rendered))
        throw not_rendered(fmt::format("Parameter '{}' not found.", missing->name));
    if (std::holds_alternative<templates::TooLarge>(rendered)) throw not_rendered("The result is too large.");
    return std::get<std::string>(std::move(rendered));
}

/// What is wrong with a name or a path that values have made.
void require_text(const char* name, std::string_view text, const protocol::TextRule& rule) {
    if (text.size() > rule.max)
        throw validation_error(
            fmt::format("1 validation error detected: Value at '{}' failed to satisfy constraint: "
                        "Member must have length less than or equal to {}",
                        name, rule.max));
    if (!rule.matches(text))
        throw validation_error(fmt::format("The specified value for {} is invalid. {}", name, rule.explained));
}

PlannedRole render(const FoundTemplate& found, const AcquireRoleInput& in) {
    const templates::RoleVersion& version = found.version;
    const templates::Values values = require_values(version, in);
    const auto text = [&](std::string_view pattern) {
        return require_rendered(templates::render_text(pattern, values));
    };
    const auto document = [&](std::string_view pattern) {
        return require_rendered(templates::render_document(pattern, values));
    };
    PlannedRole role;
    role.source = {found.role.arn, version.minor, written(in)};
    role.name = text(version.role_name);
    role.path = version.role_path.empty() ? "/" : text(version.role_path);
    if (!version.role_description.empty()) role.description = text(version.role_description);
    role.trust_policy = document(version.trust_policy);
    for (const auto& [name, policy] : version.inline_policies)
        role.inline_policies.emplace_back(name, document(policy));
    for (const std::string& arn : version.managed_policies) role.managed_policies.push_back(text(arn));
    role.boundary = text(version.permissions_boundary);
    for (const auto& [key, value] : version.tags) role.tags.push_back({key, text(value)});
    role.max_session_duration = version.max_session_duration;
    for (const auto& [name, entry] : in.replacement_values)
        if (version.find_parameter(name) == nullptr)
            throw not_rendered(fmt::format("Unrecognized parameter: {}", name));
    require_text("roleName", role.name, shape::role_name);
    require_text("path", role.path, shape::path);
    return role;
}

}  // namespace

const protocol::TextRule any_text = {};
const protocol::NumberRule any_number = {};

void AcquireRoleInput::describe(protocol::Fields& f) {
    f.required("TemplateArn", template_arn, any_text);
    f.optional("TemplateMinorVersion", template_minor_version, any_number);
    f.map("ReplacementValues", protocol::Presence::optional, replacement_values,
          [](ReplacementValue& value, protocol::Fields& entry) {
              entry.structure("value", protocol::Presence::optional, value,
                              [](ReplacementValue& in, protocol::Fields& of) {
                                  static const protocol::ListRule any_list = {};
                                  of.list("Values", protocol::Presence::required, in.values, any_list, any_text);
                              });
          });
}

void require_template_arn(std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->service != "iam" || arn->account != "aws" || !arn->resource.starts_with("role-template/"))
        throw ApiError(error_type::invalid_input, invalid_arn_words(text));
}

std::optional<FoundTemplate> find_template(api::Context& ctx, std::string_view arn, std::optional<std::int64_t> minor) {
    const auto declared = store::declared_templates::find(ctx.tx);
    if (!declared) return std::nullopt;
    const auto read = templates::parse_declaration(declared->text);
    const auto* const all = std::get_if<templates::Templates>(&read);
    const templates::RoleTemplate* const role = all == nullptr ? nullptr : all->find_role(arn);
    const templates::RoleVersion* const version = role == nullptr ? nullptr : role->find_version(minor);
    if (version == nullptr) return std::nullopt;
    return FoundTemplate{*role, *version, declared->since};
}

RolePlan plan_role(api::Context& ctx, const AcquireRoleInput& in) {
    RolePlan plan;
    try {
        require_template_arn(in.template_arn);
        if (in.replacement_values.size() > most_values)
            throw validation_error(fmt::format(
                "1 validation error detected: Value at 'replacementValues' failed to satisfy constraint: Member must "
                "have length less than or equal to {}",
                most_values));
        const auto found = find_template(ctx, in.template_arn, in.template_minor_version);
        if (!found)
            throw ApiError(error_type::no_such_entity,
                           fmt::format("Role template not found in repository: {}", in.template_arn));
        plan.is_disabled = !found->role.enabled || !found->version.enabled;
        plan.role = render(*found, in);
        plan.existing = store::roles::find(ctx.tx, ctx.account(), plan.role->name);
    } catch (const ApiError& error) {
        plan.problem = error;
    }
    return plan;
}

}  // namespace iamlocal::iam
