// Instance profiles: create, read, delete and list them, the role in them, and their tags.
#include <string>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/lookup.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/quotas.hpp"
#include "iam/role_trust.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/page.hpp"
#include "service/shapes.hpp"
#include "service/tags.hpp"
#include "service/trust_policy.hpp"

namespace iamlocal::iam {
namespace {

using service::PageInput;
using service::TagsInput;
using service::TagsOutput;
using service::WhenEmpty;
using store::InstanceProfile;
using wire::AnswerWriter;
using wire::Fields;
using wire::Presence;

/// A profile with the role in it, whose trust policy is as it is shown.
struct ProfileWithRole {
    InstanceProfile profile;
    std::optional<store::Role> role;
};

ProfileWithRole with_role(Context& ctx, InstanceProfile profile) {
    std::optional<store::Role> role;
    if (profile.role_id) role = store::roles::find_by_id(ctx.tx, ctx.account(), *profile.role_id);
    if (role) role->trust_policy = service::show_principals(ctx.tx, role->trust_policy);
    return {std::move(profile), std::move(role)};
}

struct InstanceProfileOutput {
    ProfileWithRole shown;
    WhenEmpty tags;
};

void write(AnswerWriter& out, const InstanceProfileOutput& output) {
    out.begin("InstanceProfile");
    write_instance_profile(out, output.shown.profile, output.shown.role);
    service::write_tags(out, output.shown.profile.tags, output.tags);
    out.end("InstanceProfile");
}

struct InstanceProfileListOutput {
    std::vector<ProfileWithRole> items;
    std::string next;
};

/// Lists leave the tags out.
void write(AnswerWriter& out, const InstanceProfileListOutput& output) {
    out.begin_list("InstanceProfiles");
    for (const ProfileWithRole& item : output.items) {
        out.begin_member();
        write_instance_profile(out, item.profile, item.role);
        out.end_member();
    }
    out.end_list("InstanceProfiles");
    service::write_page_end(out, output.next);
}

InstanceProfileListOutput list_output(Context& ctx, store::Page<InstanceProfile> page) {
    InstanceProfileListOutput output;
    output.items.reserve(page.items.size());
    for (InstanceProfile& profile : page.items) output.items.push_back(with_role(ctx, std::move(profile)));
    output.next = std::move(page.next);
    return output;
}

/// The input of operations on one existing profile.
struct ProfileNameInput {
    std::string instance_profile_name;
    void describe(Fields& f) { f.required("InstanceProfileName", instance_profile_name, shape::instance_profile_name); }
};

Target named_profile_target(Context& ctx, const ProfileNameInput& in) {
    return instance_profile_target(ctx, in.instance_profile_name);
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
                           in.tags.view());
}

InstanceProfileOutput create_instance_profile(Context& ctx, const CreateInstanceProfileInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    service::require_valid_tags(ctx, tags, store::tags::KeyCase::kept);
    if (store::instance_profiles::exists(ctx.tx, ctx.account(), in.instance_profile_name))
        throw service::ApiError(service::ErrorCode::entity_already_exists,
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
    return {{std::move(profile), std::nullopt}, WhenEmpty::leave_out};
}

// GetInstanceProfile

InstanceProfileOutput get_instance_profile_record(Context& ctx, const ProfileNameInput& in) {
    InstanceProfile profile = get_instance_profile(ctx, in.instance_profile_name);
    profile.tags = store::tags::all(ctx.tx, ctx.account(), profile.id);
    return {with_role(ctx, std::move(profile)), WhenEmpty::write};
}

// DeleteInstanceProfile

void delete_instance_profile(Context& ctx, const ProfileNameInput& in) {
    const InstanceProfile profile = get_instance_profile(ctx, in.instance_profile_name);
    if (profile.role_id) throw service::delete_conflict("remove roles from instance profile");
    store::instance_profiles::remove(ctx.tx, ctx.account(), profile.id);
}

// ListInstanceProfiles

struct ListInstanceProfilesInput {
    std::string path_prefix = "/";
    PageInput page;
    void describe(Fields& f) {
        f.optional("PathPrefix", path_prefix, shape::path_prefix);
        page.describe(f);
    }
};

Target list_instance_profiles_target(Context& ctx, const ListInstanceProfilesInput& in) {
    return list_target(ctx, "instance-profile", in.path_prefix);
}

InstanceProfileListOutput list_instance_profiles(Context& ctx, const ListInstanceProfilesInput& in) {
    std::string after;
    return list_output(ctx,
                       store::instance_profiles::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request(after)));
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

/// Whoever puts a role into a profile passes it to EC2.
Target add_role_target(Context& ctx, const ProfileAndRoleInput& in) {
    Target target = instance_profile_target(ctx, in.instance_profile_name);
    service::RequestKeys keys;
    keys.push_back({"iam:passedtoservice", policy::Values::single("ec2.amazonaws.com")});
    keys.push_back({"iam:associatedresourcearn",
                    policy::Values::single(fmt::format("arn:aws:ec2:*:{}:instance/*", ctx.account().view()))});
    const Target role = role_target(ctx, in.role_name);
    target.also.push_back({"iam:PassRole", role.resource, {}, std::move(keys), role.tagged_id, role.iam_tags});
    return target;
}

void add_role(Context& ctx, const ProfileAndRoleInput& in) {
    const InstanceProfile profile = get_instance_profile(ctx, in.instance_profile_name);
    const store::Role role = get_own_role(ctx, in.role_name);
    require_quota(ctx, Quota::instance_sessions_per_instance_profile, profile.role_id ? 1 : 0);
    store::instance_profiles::set_role(ctx.tx, ctx.account(), profile.id, role.id);
}

Target remove_role_target(Context& ctx, const ProfileAndRoleInput& in) {
    return instance_profile_target(ctx, in.instance_profile_name);
}

void remove_role(Context& ctx, const ProfileAndRoleInput& in) {
    const InstanceProfile profile = get_instance_profile(ctx, in.instance_profile_name);
    const store::Role role = get_own_role(ctx, in.role_name);
    if (profile.role_id != role.id) throw service::no_such_entity("role", in.role_name);
    store::instance_profiles::set_role(ctx.tx, ctx.account(), profile.id, std::nullopt);
}

struct ListInstanceProfilesForRoleInput {
    std::string role_name;
    PageInput page;
    void describe(Fields& f) {
        f.required("RoleName", role_name, shape::role_name);
        page.describe(f);
    }
};

Target list_profiles_for_role_target(Context& ctx, const ListInstanceProfilesForRoleInput& in) {
    return role_target(ctx, in.role_name);
}

InstanceProfileListOutput list_profiles_for_role(Context& ctx, const ListInstanceProfilesForRoleInput& in) {
    const store::Role role = get_role(ctx, in.role_name);
    std::string after;
    return list_output(ctx, store::instance_profiles::of_role(ctx.tx, ctx.account(), role.id, in.page.request(after)));
}

// Tags

struct TagInstanceProfileInput {
    std::string instance_profile_name;
    TagsInput tags;
    void describe(Fields& f) {
        f.required("InstanceProfileName", instance_profile_name, shape::instance_profile_name);
        tags.describe(f, Presence::required);
    }
};

Target tag_instance_profile_target(Context& ctx, const TagInstanceProfileInput& in) {
    Target target = instance_profile_target(ctx, in.instance_profile_name);
    target.request_tags = in.tags.view();
    return target;
}

void tag_instance_profile(Context& ctx, const TagInstanceProfileInput& in) {
    service::tag_entity(ctx, get_instance_profile(ctx, in.instance_profile_name).id, in.tags.list());
}

struct UntagInstanceProfileInput {
    std::string instance_profile_name;
    std::vector<std::string> tag_keys;
    void describe(Fields& f) {
        f.required("InstanceProfileName", instance_profile_name, shape::instance_profile_name);
        f.list("TagKeys", Presence::required, tag_keys, shape::tags, shape::tag_key);
    }
};

Target untag_instance_profile_target(Context& ctx, const UntagInstanceProfileInput& in) {
    Target target = instance_profile_target(ctx, in.instance_profile_name);
    target.tag_keys = in.tag_keys;
    return target;
}

void untag_instance_profile(Context& ctx, const UntagInstanceProfileInput& in) {
    store::tags::remove(ctx.tx, ctx.account(), get_instance_profile(ctx, in.instance_profile_name).id, in.tag_keys);
}

struct ListInstanceProfileTagsInput {
    std::string instance_profile_name;
    PageInput page;
    void describe(Fields& f) {
        f.required("InstanceProfileName", instance_profile_name, shape::instance_profile_name);
        page.describe(f);
    }
};

Target list_instance_profile_tags_target(Context& ctx, const ListInstanceProfileTagsInput& in) {
    return instance_profile_target(ctx, in.instance_profile_name);
}

TagsOutput list_instance_profile_tags(Context& ctx, const ListInstanceProfileTagsInput& in) {
    return service::list_tags(ctx, get_instance_profile(ctx, in.instance_profile_name).id, in.page);
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<create_instance_profile, create_instance_profile_target>("iam:CreateInstanceProfile", writes),
    operation<get_instance_profile_record, named_profile_target>("iam:GetInstanceProfile", reads),
    operation<delete_instance_profile, named_profile_target>("iam:DeleteInstanceProfile", writes),
    operation<list_instance_profiles, list_instance_profiles_target>("iam:ListInstanceProfiles", reads),
    operation<list_profiles_for_role, list_profiles_for_role_target>("iam:ListInstanceProfilesForRole", reads),
    operation<add_role, add_role_target>("iam:AddRoleToInstanceProfile", writes),
    operation<remove_role, remove_role_target>("iam:RemoveRoleFromInstanceProfile", writes),
    operation<tag_instance_profile, tag_instance_profile_target>("iam:TagInstanceProfile", writes),
    operation<untag_instance_profile, untag_instance_profile_target>("iam:UntagInstanceProfile", writes),
    operation<list_instance_profile_tags, list_instance_profile_tags_target>("iam:ListInstanceProfileTags", reads),
};

}  // namespace

std::span<const service::Operation> instance_profile_operations() { return rows; }

}  // namespace iamlocal::iam
