// Users, groups, roles, policies, instance profiles and server certificates as the things that operations act on: a
// Kind each, for the rows of iam/existing.hpp and the families that several of them share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "iam/existing.hpp"
#include "iam/shapes.hpp"
#include "store/groups.hpp"
#include "store/instance_profiles.hpp"
#include "store/policies.hpp"
#include "store/roles.hpp"
#include "store/server_certificates.hpp"
#include "store/users.hpp"

namespace iamlocal::iam {

struct UserKind {
    using Entity = store::User;
    static constexpr const char* member = "UserName";
    static constexpr const char* new_member = "NewUserName";
    static constexpr std::string_view type = "user";
    static constexpr std::string_view shown_type = type;
    static constexpr std::string_view title = "User";
    static constexpr const protocol::TextRule& name_rule = shape::existing_user_name;
    static constexpr const protocol::TextRule& new_name_rule = shape::user_name;

    static std::optional<Entity> find(Context& ctx, std::string_view name);
    static Target target(Context& ctx, std::string_view name, const std::optional<Entity>& user);
    static Entity& require(std::optional<Entity>& user, std::string_view name);
    static void rename(Context& ctx, const Entity& user, std::string_view name, std::string_view path) {
        store::users::rename(ctx.tx, ctx.account(), user.id, name, path);
    }
    static void set_boundary(Context& ctx, const Entity& user, std::optional<std::string_view> arn) {
        store::users::set_boundary(ctx.tx, ctx.account(), user.id, arn);
    }
};

struct GroupKind {
    using Entity = store::Group;
    static constexpr const char* member = "GroupName";
    static constexpr const char* new_member = "NewGroupName";
    static constexpr std::string_view type = "group";
    static constexpr std::string_view shown_type = type;
    static constexpr std::string_view title = "Group";
    static constexpr const protocol::TextRule& name_rule = shape::group_name;
    static constexpr const protocol::TextRule& new_name_rule = shape::group_name;

    static std::optional<Entity> find(Context& ctx, std::string_view name);
    static Target target(Context& ctx, std::string_view name, const std::optional<Entity>& group);
    static Entity& require(std::optional<Entity>& group, std::string_view name);
    static void rename(Context& ctx, const Entity& group, std::string_view name, std::string_view path) {
        store::groups::rename(ctx.tx, ctx.account(), group.id, name, path);
    }
};

struct RoleKind {
    using Entity = store::Role;
    static constexpr const char* member = "RoleName";
    static constexpr std::string_view type = "role";
    static constexpr std::string_view title = "Role";
    static constexpr const protocol::TextRule& name_rule = shape::role_name;
    static constexpr const protocol::TextRule& new_name_rule = shape::role_name;

    static std::optional<Entity> find(Context& ctx, std::string_view name);
    static Target target(Context& ctx, std::string_view name, const std::optional<Entity>& role);
    static Entity& require(std::optional<Entity>& role, std::string_view name);
    static void set_boundary(Context& ctx, const Entity& role, std::optional<std::string_view> arn) {
        store::roles::set_boundary(ctx.tx, ctx.account(), role.id, arn);
    }
};

/// A role whose description or tags are to be changed, which those of AWS's services let everybody; the ones that AWS
/// reserves for other things do not: UnmodifiableEntity.
struct DescribedRoleKind : RoleKind {
    static Entity& require(std::optional<Entity>& role, std::string_view name);
};

/// A role that is to be changed. The roles of AWS's services cannot be: UnmodifiableEntity.
struct OwnRoleKind : RoleKind {
    static Entity& require(std::optional<Entity>& role, std::string_view name);
};

struct InstanceProfileKind {
    using Entity = store::InstanceProfile;
    static constexpr const char* member = "InstanceProfileName";
    static constexpr std::string_view type = "instance-profile";
    static constexpr const protocol::TextRule& name_rule = shape::instance_profile_name;

    static std::optional<Entity> find(Context& ctx, std::string_view name);
    static Target target(Context& ctx, std::string_view name, const std::optional<Entity>& profile);
    static Entity& require(std::optional<Entity>& profile, std::string_view name);
};

struct ServerCertificateKind {
    using Entity = store::ServerCertificate;
    static constexpr const char* member = "ServerCertificateName";
    static constexpr const char* new_member = "NewServerCertificateName";
    static constexpr std::string_view type = "server-certificate";
    static constexpr std::string_view shown_type = "server certificate";  ///< in messages
    static constexpr const protocol::TextRule& name_rule = shape::server_certificate_name;
    static constexpr const protocol::TextRule& new_name_rule = shape::server_certificate_name;

    static std::optional<Entity> find(Context& ctx, std::string_view name);
    static Target target(Context& ctx, std::string_view name, const std::optional<Entity>& certificate);
    static Entity& require(std::optional<Entity>& certificate, std::string_view name);
};

/// A managed policy of the account or of AWS. Requests name it by its ARN; one that is none is not looked for, and
/// ValidationError comes when the caller is known to be allowed.
struct PolicyKind {
    using Entity = store::ManagedPolicy;
    static constexpr const char* member = "PolicyArn";
    static constexpr const protocol::TextRule& name_rule = shape::arn;

    static std::optional<Entity> find(Context& ctx, std::string_view arn);
    static Target target(Context& ctx, std::string_view arn, const std::optional<Entity>& policy);
    static Entity& require(std::optional<Entity>& policy, std::string_view arn);
};

/// Throws AccessDenied for the ARN of one of AWS's policies, there or not: `Cannot {change} policies outside …`.
void require_own_policy(std::string_view arn, std::string_view change);

/// A policy that is to be deleted.
struct OwnPolicyKind : PolicyKind {
    static Entity& require(std::optional<Entity>& policy, std::string_view arn);
};

/// A policy whose tags are to be changed. AWS's have none: InvalidInput.
struct TaggablePolicyKind : PolicyKind {
    static Entity& require(std::optional<Entity>& policy, std::string_view arn);
};

/// Adds iam:PermissionsBoundary, the boundary that is set, to a target. Not every action has the key ("Actions,
/// resources, and condition keys for AWS Identity and Access Management"), and where it is absent negated operators
/// match.
void add_boundary_key(Target& target, const std::optional<std::string>& boundary_arn);
inline constexpr auto with_boundary_key = [](Context&, const auto&, const auto& entity, Target& target) {
    if (entity) add_boundary_key(target, entity->boundary_arn);
};

}  // namespace iamlocal::iam
