#include "iam/lookup.hpp"

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "catalogue/managed_policies.hpp"
#include "service/errors.hpp"

namespace iamlocal::iam {
namespace {

constexpr std::string_view boundary_key = "iam:permissionsboundary";
constexpr std::string_view policy_arn_key = "iam:policyarn";
/// AWS's policies under this path belong to the roles of AWS's services.
constexpr std::string_view service_role_path = "/aws-service-role/";

template <class Entity>
Target entity_target(Context& ctx, std::string_view type, std::string_view shown_type,
                     const std::optional<Entity>& entity, std::string_view name) {
    Target target;
    target.resource =
        entity ? arn::iam(ctx.account(), type, entity->path, entity->name) : arn::iam(ctx.account(), type, "/", name);
    target.shown = fmt::format("{} {}", shown_type, name);
    if (entity) target.tagged_id = entity->id;
    return target;
}

Target user_target(Context& ctx, const std::optional<store::User>& user, std::string_view name) {
    Target target = entity_target(ctx, "user", "user", user, name);
    target.iam_tags = true;
    return target;
}

Target role_target(Context& ctx, const std::optional<store::Role>& role, std::string_view name) {
    Target target = entity_target(ctx, "role", "role", role, name);
    target.iam_tags = true;
    return target;
}

template <class Entity>
void note_boundary(Target& target, const std::optional<Entity>& entity) {
    if (entity && entity->boundary_arn) target.keys.push_back({boundary_key, {false, {*entity->boundary_arn}}});
}

/// AWS's words for a boundary that is not there (hashicorp/boundary#4255 quotes them).
service::ApiError no_such_boundary(std::string_view arn) {
    return {service::ErrorCode::no_such_entity, fmt::format("Scope ARN: {} does not exist or is not attachable.", arn)};
}

void replace_key(Target& target, std::string_view key, std::string_view value) {
    std::erase_if(target.keys, [&](const auto& entry) { return entry.first == key; });
    target.keys.push_back({key, {false, {std::string(value)}}});
}

}  // namespace

store::User get_user(Context& ctx, std::string_view name) {
    std::optional<store::User> user = ctx.found_user.take(ctx.tx, name);
    if (!user) user = store::users::find(ctx.tx, ctx.account(), name);
    if (!user) throw service::no_such_entity("user", name);
    return *std::move(user);
}

store::Group get_group(Context& ctx, std::string_view name) {
    std::optional<store::Group> group = store::groups::find(ctx.tx, ctx.account(), name);
    if (!group) throw service::no_such_entity("group", name);
    return *std::move(group);
}

store::Role get_role(Context& ctx, std::string_view name) {
    std::optional<store::Role> role = ctx.found_role.take(ctx.tx, name);
    if (!role) role = store::roles::find(ctx.tx, ctx.account(), name);
    if (!role) throw service::no_such_entity("role", name);
    return *std::move(role);
}

store::InstanceProfile get_instance_profile(Context& ctx, std::string_view name) {
    std::optional<store::InstanceProfile> profile = store::instance_profiles::find(ctx.tx, ctx.account(), name);
    if (!profile)
        throw service::ApiError(service::ErrorCode::no_such_entity,
                                fmt::format("Instance Profile {} cannot be found.", name));
    return *std::move(profile);
}

void require_policy_arn(std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn || arn->service != "iam" || !arn->region.empty() || !arn->resource.starts_with("policy/") ||
        arn->resource.ends_with(' '))
        throw service::invalid_policy_arn();
    if (arn->partition != "aws") throw wire::validation_error("Invalid ARN partition");
}

store::ManagedPolicy get_policy(Context& ctx, std::string_view arn) {
    require_policy_arn(arn);
    std::optional<store::ManagedPolicy> policy = store::policies::find(ctx.tx, ctx.account(), arn);
    if (!policy) throw service::no_such_policy(arn);
    return *std::move(policy);
}

store::ManagedPolicy get_own_policy(Context& ctx, std::string_view arn) {
    require_policy_arn(arn);
    if (catalogue::managed_policies::is_aws_arn(arn))
        throw service::access_denied(fmt::format("Policy {} is owned by AWS and cannot be modified.", arn));
    return get_policy(ctx, arn);
}

Target user_target(Context& ctx, std::string_view name) {
    std::optional<store::User> user = store::users::find(ctx.tx, ctx.account(), name);
    Target target = user_target(ctx, user, name);
    ctx.found_user.keep(ctx.tx, name, std::move(user));
    return target;
}

Target user_target_with_boundary(Context& ctx, std::string_view name) {
    std::optional<store::User> user = store::users::find(ctx.tx, ctx.account(), name);
    Target target = user_target(ctx, user, name);
    note_boundary(target, user);
    ctx.found_user.keep(ctx.tx, name, std::move(user));
    return target;
}

Target group_target(Context& ctx, std::string_view name) {
    Target target = entity_target(ctx, "group", "group", store::groups::find(ctx.tx, ctx.account(), name), name);
    target.tagged_id.clear();  // groups have no tags
    return target;
}

Target role_target(Context& ctx, std::string_view name) {
    std::optional<store::Role> role = store::roles::find(ctx.tx, ctx.account(), name);
    Target target = role_target(ctx, role, name);
    ctx.found_role.keep(ctx.tx, name, std::move(role));
    return target;
}

Target role_target_with_boundary(Context& ctx, std::string_view name) {
    std::optional<store::Role> role = store::roles::find(ctx.tx, ctx.account(), name);
    Target target = role_target(ctx, role, name);
    note_boundary(target, role);
    ctx.found_role.keep(ctx.tx, name, std::move(role));
    return target;
}

Target instance_profile_target(Context& ctx, std::string_view name) {
    return entity_target(ctx, "instance-profile", "instance profile",
                         store::instance_profiles::find(ctx.tx, ctx.account(), name), name);
}

Target policy_target(Context& ctx, std::string_view arn) {
    Target target;
    target.resource = arn;
    target.shown = fmt::format("policy {}", arn);
    if (catalogue::managed_policies::is_aws_arn(arn)) return target;
    if (const auto policy = store::policies::find(ctx.tx, ctx.account(), arn)) target.tagged_id = policy->id;
    return target;
}

Target creation_target(Context& ctx, const Creation& what, std::span<const store::Tag> tags) {
    Target target;
    target.resource = arn::iam(ctx.account(), what.type, what.path, what.name);
    target.request_tags = tags;
    if (!tags.empty()) target.also.push_back({what.tag_action, target.resource, {}, {}});
    return target;
}

Target list_target(Context& ctx, std::string_view type, std::string_view path_prefix) {
    Target target;
    target.resource = arn::iam(ctx.account(), type, path_prefix.empty() ? "/" : path_prefix, "");
    return target;
}

void set_boundary_key(Target& target, std::string_view boundary_arn) {
    replace_key(target, boundary_key, boundary_arn);
}

void set_policy_arn_key(Target& target, std::string_view policy_arn) {
    replace_key(target, policy_arn_key, policy_arn);
}

std::string user_name_or_caller(Context& ctx, const std::optional<std::string>& user_name) {
    if (user_name) return *user_name;
    if (!ctx.caller.user_name.empty()) return ctx.caller.user_name;
    if (ctx.caller.is_root()) return {};
    throw wire::validation_error("Must specify userName when calling with non-User credentials");
}

void require_attachable(const store::ManagedPolicy& policy, std::string_view holder_title) {
    if (policy.is_aws() && policy.path.starts_with(service_role_path))
        throw service::ApiError(service::ErrorCode::policy_not_attachable,
                                fmt::format("Cannot attach a Service Role Policy to a Customer {}.", holder_title));
}

void require_boundary_policy(Context& ctx, std::string_view arn, std::string_view holder_title) {
    require_policy_arn(arn);
    const std::optional<store::ManagedPolicy> policy = store::policies::find(ctx.tx, ctx.account(), arn);
    if (!policy) throw no_such_boundary(arn);
    require_attachable(*policy, holder_title);
}

}  // namespace iamlocal::iam
