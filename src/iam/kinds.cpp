#include "iam/kinds.hpp"

#include <fmt/format.h>

#include "api/errors.hpp"
#include "aws/arn.hpp"
#include "catalogue/managed_policies.hpp"
#include "iam/errors.hpp"
#include "iam/role_trust.hpp"
#include "iam/targets.hpp"

namespace iamlocal::iam {
namespace {

/// The ARN with the stored path; what is not there counts as at the root path.
template <class Entity>
Target entity_target(Context& ctx, std::string_view type, std::string_view shown_type, std::string_view name,
                     const std::optional<Entity>& entity) {
    Target target;
    target.resource =
        entity ? arn::iam(ctx.account(), type, entity->path, entity->name) : arn::iam(ctx.account(), type, "/", name);
    target.shown = fmt::format("{} {}", shown_type, name);
    if (entity) target.tags.id = entity->id;
    return target;
}

}  // namespace

std::optional<store::User> UserKind::find(Context& ctx, std::string_view name) {
    return store::users::find(ctx.tx, ctx.account(), name);
}

Target UserKind::target(Context& ctx, std::string_view name, const std::optional<Entity>& user) {
    Target target = entity_target(ctx, type, type, name, user);
    target.tags.as_iam_keys = true;
    return target;
}

store::User& UserKind::require(std::optional<Entity>& user, std::string_view name) {
    if (!user) throw no_such_entity(type, name);
    return *user;
}

std::optional<store::Group> GroupKind::find(Context& ctx, std::string_view name) {
    return store::groups::find(ctx.tx, ctx.account(), name);
}

Target GroupKind::target(Context& ctx, std::string_view name, const std::optional<Entity>& group) {
    Target target = entity_target(ctx, type, type, name, group);
    target.tags.id.clear();  // groups have no tags
    return target;
}

store::Group& GroupKind::require(std::optional<Entity>& group, std::string_view name) {
    if (!group) throw no_such_entity(type, name);
    return *group;
}

std::optional<store::Role> RoleKind::find(Context& ctx, std::string_view name) {
    return store::roles::find(ctx.tx, ctx.account(), name);
}

Target RoleKind::target(Context& ctx, std::string_view name, const std::optional<Entity>& role) {
    Target target = entity_target(ctx, type, type, name, role);
    target.tags.as_iam_keys = true;
    return target;
}

store::Role& RoleKind::require(std::optional<Entity>& role, std::string_view name) {
    if (!role) throw no_such_entity(type, name);
    return *role;
}

store::Role& DescribedRoleKind::require(std::optional<Entity>& role, std::string_view name) {
    store::Role& found = RoleKind::require(role, name);
    if (!is_service_linked(found)) require_modifiable(found);
    return found;
}

store::Role& OwnRoleKind::require(std::optional<Entity>& role, std::string_view name) {
    store::Role& found = RoleKind::require(role, name);
    require_modifiable(found);
    return found;
}

std::optional<store::InstanceProfile> InstanceProfileKind::find(Context& ctx, std::string_view name) {
    return store::instance_profiles::find(ctx.tx, ctx.account(), name);
}

Target InstanceProfileKind::target(Context& ctx, std::string_view name, const std::optional<Entity>& profile) {
    return entity_target(ctx, type, "instance profile", name, profile);
}

store::InstanceProfile& InstanceProfileKind::require(std::optional<Entity>& profile, std::string_view name) {
    if (!profile) throw ApiError(error_type::no_such_entity, fmt::format("Instance Profile {} cannot be found.", name));
    return *profile;
}

std::optional<store::ServerCertificate> ServerCertificateKind::find(Context& ctx, std::string_view name) {
    return store::server_certificates::find(ctx.tx, ctx.account(), name);
}

Target ServerCertificateKind::target(Context& ctx, std::string_view name, const std::optional<Entity>& certificate) {
    return entity_target(ctx, type, shown_type, name, certificate);
}

store::ServerCertificate& ServerCertificateKind::require(std::optional<Entity>& certificate, std::string_view name) {
    if (!certificate) throw no_such_entity("Server Certificate", name);
    return *certificate;
}

std::optional<store::ManagedPolicy> PolicyKind::find(Context& ctx, std::string_view arn) {
    if (!is_policy_arn(arn)) return std::nullopt;
    return store::policies::find(ctx.tx, ctx.account(), arn);
}

Target PolicyKind::target(Context&, std::string_view arn, const std::optional<Entity>& policy) {
    Target target;
    target.resource = arn;
    target.shown = fmt::format("policy {}", arn);
    if (policy && !policy->is_aws()) target.tags.id = policy->id;
    return target;
}

store::ManagedPolicy& PolicyKind::require(std::optional<Entity>& policy, std::string_view arn) {
    require_policy_arn(arn);
    if (!policy) throw no_such_policy(arn);
    return *policy;
}

void require_own_policy(std::string_view arn, std::string_view change) {
    require_policy_arn(arn);
    if (catalogue::managed_policies::is_aws_arn(arn))
        throw api::access_denied(fmt::format("Cannot {} policies outside your own account.", change));
}

store::ManagedPolicy& OwnPolicyKind::require(std::optional<Entity>& policy, std::string_view arn) {
    require_own_policy(arn, "delete");
    return PolicyKind::require(policy, arn);
}

store::ManagedPolicy& TaggablePolicyKind::require(std::optional<Entity>& policy, std::string_view arn) {
    require_policy_arn(arn);
    if (catalogue::managed_policies::is_aws_arn(arn))
        throw ApiError(error_type::invalid_input, "Tags not supported for policies in this domain");
    return PolicyKind::require(policy, arn);
}

void add_boundary_key(Target& target, const std::optional<std::string>& boundary_arn) {
    if (boundary_arn) set_boundary_key(target, *boundary_arn);
}

}  // namespace iamlocal::iam
