// Instance profiles: create, read, delete and list them, the role in them, and their tags.
#include <string>

#include <fmt/format.h>

#include "access/trust_principals.hpp"
#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/tags.hpp"
#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/errors.hpp"
#include "iam/families.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"

namespace iamlocal::iam {
namespace {

using api::TagsInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::InstanceProfile;

/// A profile with the role in it, whose trust policy is as it is shown.
struct ProfileWithRole {
    InstanceProfile profile;
    std::optional<store::Role> role;
};

ProfileWithRole with_role(Context& ctx, InstanceProfile profile) {
    std::optional<store::Role> role;
    if (profile.role_id) role = store::roles::find_by_id(ctx.tx, ctx.account(), *profile.role_id);
    if (role) role->trust_policy = access::show_principals(ctx.tx, role->trust_policy);
    return {std::move(profile), std::move(role)};
}

struct InstanceProfileOutput {
    ProfileWithRole shown;
    Detail detail;
};

void write(AnswerWriter& out, const InstanceProfileOutput& output) {
    out.begin("InstanceProfile");
    write_instance_profile(out, output.shown.profile, output.shown.role);
    api::write_tags(out, output.shown.profile.tags,
                    output.detail == Detail::full ? api::WhenEmpty::write : api::WhenEmpty::leave_out);
    out.end("InstanceProfile");
}

struct InstanceProfileListOutput {
    store::Page<ProfileWithRole> page;
};

/// Lists leave the tags out.
void write(AnswerWriter& out, const InstanceProfileListOutput& output) {
    api::write_page(out, "InstanceProfiles", output.page, [](AnswerWriter& w, const ProfileWithRole& item) {
        write_instance_profile(w, item.profile, item.role);
    });
}

InstanceProfileListOutput list_output(Context& ctx, store::Page<InstanceProfile> page) {
    return {
        store::map_page(std::move(page), [&](InstanceProfile profile) { return with_role(ctx, std::move(profile)); })};
}

// CreateInstanceProfile

struct CreateInstanceProfileInput {
    std::string instance_profile_name;
    std::string path = "/";
    TagsInput tags;
    void describe(Fields& f) {
        f.required("InstanceProfileName", instance_profile_name, shape::instance_profile_name);
        f.optional("Path", path, shape::path);
        tags.describe(f, Presence::optional);
    }
};

Target create_instance_profile_target(Context& ctx, const CreateInstanceProfileInput& in) {
    return creation_target(ctx, {"instance-profile", in.path, in.instance_profile_name, "iam:TagInstanceProfile"},
                           in.tags.list());
}

InstanceProfileOutput create_instance_profile(Context& ctx, const CreateInstanceProfileInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    api::require_valid_tags(ctx, tags, store::tags::KeyCase::kept);
    if (store::instance_profiles::exists(ctx.tx, ctx.account(), in.instance_profile_name))
        throw ApiError(error_type::entity_already_exists,
                       fmt::format("Instance Profile {} already exists.", in.instance_profile_name));
    require_quota(ctx, Quota::instance_profiles_per_account, store::instance_profiles::count(ctx.tx, ctx.account()));

    InstanceProfile profile{.account = ctx.account(),
                            .id = ids::unique_id(ctx.env.entropy, ids::Kind::instance_profile),
                            .name = in.instance_profile_name,
                            .path = in.path,
                            .created = ctx.second(),
                            .role_id = {},
                            .tags = std::move(tags)};
    store::instance_profiles::insert(ctx.tx, profile);
    return {{std::move(profile), std::nullopt}, Detail::created};
}

// GetInstanceProfile

InstanceProfileOutput get_instance_profile(Context& ctx, const NameInput<InstanceProfileKind>&,
                                           InstanceProfile& profile) {
    profile.tags = store::tags::all(ctx.tx, ctx.account(), profile.id);
    return {with_role(ctx, std::move(profile)), Detail::full};
}

// DeleteInstanceProfile

void delete_instance_profile(Context& ctx, const NameInput<InstanceProfileKind>&, InstanceProfile& profile) {
    if (profile.role_id) throw delete_conflict("remove roles from instance profile");
    store::instance_profiles::remove(ctx.tx, ctx.account(), profile.id);
}

// ListInstanceProfiles, ListInstanceProfilesForRole

InstanceProfileListOutput list_instance_profiles(Context& ctx, const family::PathInput& in) {
    return list_output(ctx, store::instance_profiles::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request()));
}

InstanceProfileListOutput list_profiles_for_role(Context& ctx, const family::PageOfInput<RoleKind>& in,
                                                 store::Role& role) {
    return list_output(ctx, store::instance_profiles::of_role(ctx.tx, ctx.account(), role.id, in.page.request()));
}

// The role in a profile

struct ProfileAndRoleInput {
    std::string instance_profile_name;
    std::string role_name;
    void describe(Fields& f) {
        f.required("InstanceProfileName", instance_profile_name, shape::instance_profile_name);
        f.required("RoleName", role_name, shape::role_name);
    }
};

struct ProfileAndRole {
    LookedUp<InstanceProfileKind> profile;
    LookedUp<OwnRoleKind> role;

    InstanceProfile& require_profile() { return InstanceProfileKind::require(profile.entity, profile.name); }
    store::Role& require_role() { return OwnRoleKind::require(role.entity, role.name); }
};

ProfileAndRole profile_and_role(Context& ctx, const ProfileAndRoleInput& in) {
    return {look_up<InstanceProfileKind>(ctx, in.instance_profile_name), look_up<OwnRoleKind>(ctx, in.role_name)};
}

/// Whoever puts a role into a profile passes it to EC2.
Target add_role_target(Context& ctx, const ProfileAndRoleInput&, const ProfileAndRole& named) {
    Target target = InstanceProfileKind::target(ctx, named.profile.name, named.profile.entity);
    access::RequestKeys keys;
    keys.push_back({"iam:passedtoservice", policy::Values::single("ec2.amazonaws.com")});
    keys.push_back({"iam:associatedresourcearn",
                    policy::Values::single(fmt::format("arn:aws:ec2:*:{}:instance/*", ctx.account().view()))});
    Target role = OwnRoleKind::target(ctx, named.role.name, named.role.entity);
    target.dependent_permissions.push_back({.action = "iam:PassRole",
                                            .resource = std::move(role.resource),
                                            .keys = std::move(keys),
                                            .tags = std::move(role.tags)});
    return target;
}

void add_role(Context& ctx, const ProfileAndRoleInput&, ProfileAndRole& named) {
    const InstanceProfile& profile = named.require_profile();
    const store::Role& role = named.require_role();
    if (profile.role_id) throw quota_exceeded("InstanceSessionsPerInstanceProfile", 1);
    store::instance_profiles::set_role(ctx.tx, ctx.account(), profile.id, role.id);
}

Target remove_role_target(Context& ctx, const ProfileAndRoleInput&, const ProfileAndRole& named) {
    return InstanceProfileKind::target(ctx, named.profile.name, named.profile.entity);
}

void remove_role(Context& ctx, const ProfileAndRoleInput& in, ProfileAndRole& named) {
    const InstanceProfile& profile = named.require_profile();
    const store::Role& role = named.require_role();
    if (profile.role_id != role.id)
        throw ApiError(error_type::no_such_entity, fmt::format("Role {} in Instance Profile {} cannot be found.",
                                                               in.role_name, in.instance_profile_name));
    store::instance_profiles::set_role(ctx.tx, ctx.account(), profile.id, std::nullopt);
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> instance_profile_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_instance_profile, create_instance_profile_target>("iam:CreateInstanceProfile", writes),
        on<InstanceProfileKind, get_instance_profile>("iam:GetInstanceProfile", reads),
        on<InstanceProfileKind, delete_instance_profile>("iam:DeleteInstanceProfile", writes),
        list_row<InstanceProfileKind, list_instance_profiles>("iam:ListInstanceProfiles"),
        on<RoleKind, list_profiles_for_role>("iam:ListInstanceProfilesForRole", reads),
        operation<add_role, add_role_target, profile_and_role>("iam:AddRoleToInstanceProfile", writes),
        operation<remove_role, remove_role_target, profile_and_role>("iam:RemoveRoleFromInstanceProfile", writes),
        tag_row<InstanceProfileKind>("iam:TagInstanceProfile"),
        untag_row<InstanceProfileKind>("iam:UntagInstanceProfile"),
        list_tags_row<InstanceProfileKind>("iam:ListInstanceProfileTags"),
    };
    return rows;
}

}  // namespace iamlocal::iam
