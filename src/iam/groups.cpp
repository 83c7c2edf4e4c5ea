// Groups: create, read, rename, delete and list them, and who is in them.
#include <string>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/lookup.hpp"
#include "iam/operations.hpp"
#include "iam/output.hpp"
#include "iam/quotas.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/page.hpp"
#include "service/shapes.hpp"

namespace iamlocal::iam {
namespace {

using service::PageInput;
using store::Group;
using wire::AnswerWriter;
using wire::Fields;

struct GroupOutput {
    Group group;
};

void write(AnswerWriter& out, const GroupOutput& output) {
    out.begin("Group");
    write_group(out, output.group);
    out.end("Group");
}

struct GroupListOutput {
    store::Page<Group> page;
};

void write(AnswerWriter& out, const GroupListOutput& output) {
    out.begin_list("Groups");
    for (const Group& group : output.page.items) {
        out.begin_member();
        write_group(out, group);
        out.end_member();
    }
    out.end_list("Groups");
    service::write_page_end(out, output.page.next);
}

// CreateGroup

struct CreateGroupInput {
    std::string path = "/";
    std::string group_name;
    void describe(Fields& f) {
        f.optional("Path", path, shape::path);
        f.required("GroupName", group_name, shape::group_name);
    }
};

Target create_group_target(Context& ctx, const CreateGroupInput& in) {
    return creation_target(ctx, {"group", in.path, in.group_name, {}}, {});
}

GroupOutput create_group(Context& ctx, const CreateGroupInput& in) {
    if (store::groups::exists(ctx.tx, ctx.account(), in.group_name))
        throw service::already_exists("Group", in.group_name);
    require_quota(ctx, Quota::groups_per_account, store::groups::count(ctx.tx, ctx.account()));

    Group group{.account = ctx.account(),
                .id = ids::unique_id(ctx.env.entropy, ids::Kind::group),
                .name = in.group_name,
                .path = in.path,
                .created = ctx.second()};
    store::groups::insert(ctx.tx, group);
    return {std::move(group)};
}

// GetGroup

struct GetGroupInput {
    std::string group_name;
    PageInput page;
    void describe(Fields& f) {
        f.required("GroupName", group_name, shape::group_name);
        page.describe(f);
    }
};

Target get_group_target(Context& ctx, const GetGroupInput& in) { return group_target(ctx, in.group_name); }

struct GetGroupOutput {
    Group group;
    store::Page<store::User> users;
};

void write(AnswerWriter& out, const GetGroupOutput& output) {
    out.begin("Group");
    write_group(out, output.group);
    out.end("Group");
    out.begin_list("Users");
    for (const store::User& user : output.users.items) {
        out.begin_member();
        write_user(out, user, Detail::listed);
        out.end_member();
    }
    out.end_list("Users");
    service::write_page_end(out, output.users.next);
}

GetGroupOutput get_group_with_members(Context& ctx, const GetGroupInput& in) {
    Group group = get_group(ctx, in.group_name);
    std::string after;
    auto users = store::groups::members(ctx.tx, ctx.account(), group.id, in.page.request(after));
    return {std::move(group), std::move(users)};
}

// UpdateGroup

struct UpdateGroupInput {
    std::string group_name;
    std::optional<std::string> new_path;
    std::optional<std::string> new_group_name;
    void describe(Fields& f) {
        f.required("GroupName", group_name, shape::group_name);
        f.optional("NewPath", new_path, shape::path);
        f.optional("NewGroupName", new_group_name, shape::group_name);
    }
};

/// A rename needs the permission for the group as it is and as it will be.
Target update_group_target(Context& ctx, const UpdateGroupInput& in) {
    Target target = group_target(ctx, in.group_name);
    if (!in.new_path && !in.new_group_name) return target;
    const auto group = store::groups::find(ctx.tx, ctx.account(), in.group_name);
    const std::string path = in.new_path.value_or(group ? group->path : "/");
    const std::string name = in.new_group_name.value_or(group ? group->name : in.group_name);
    target.also.push_back({"iam:UpdateGroup", arn::iam(ctx.account(), "group", path, name), "group " + name, {}});
    return target;
}

void update_group(Context& ctx, const UpdateGroupInput& in) {
    const Group group = get_group(ctx, in.group_name);
    const std::string name = in.new_group_name.value_or(group.name);
    if (in.new_group_name) {
        const auto taken = store::groups::find(ctx.tx, ctx.account(), name);
        if (taken && taken->id != group.id) throw service::already_exists("Group", name);
    }
    store::groups::rename(ctx.tx, ctx.account(), group.id, name, in.new_path.value_or(group.path));
}

// DeleteGroup

struct DeleteGroupInput {
    std::string group_name;
    void describe(Fields& f) { f.required("GroupName", group_name, shape::group_name); }
};

Target delete_group_target(Context& ctx, const DeleteGroupInput& in) { return group_target(ctx, in.group_name); }

void delete_group(Context& ctx, const DeleteGroupInput& in) {
    const Group group = get_group(ctx, in.group_name);
    const store::groups::Holdings held = store::groups::holdings(ctx.tx, ctx.account(), group.id);
    if (held.users > 0) throw service::delete_conflict("remove users from group");
    if (held.attached_policies > 0) throw service::delete_conflict("detach all policies");
    if (held.inline_policies > 0) throw service::delete_conflict("delete policies");
    store::groups::remove(ctx.tx, ctx.account(), group.id);
}

// ListGroups

struct ListGroupsInput {
    std::string path_prefix = "/";
    PageInput page;
    void describe(Fields& f) {
        f.optional("PathPrefix", path_prefix, shape::path_prefix);
        page.describe(f);
    }
};

Target list_groups_target(Context& ctx, const ListGroupsInput& in) { return list_target(ctx, "group", in.path_prefix); }

GroupListOutput list_groups(Context& ctx, const ListGroupsInput& in) {
    std::string after;
    return {store::groups::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request(after))};
}

// Membership

struct MembershipInput {
    std::string group_name;
    std::string user_name;
    void describe(Fields& f) {
        f.required("GroupName", group_name, shape::group_name);
        f.required("UserName", user_name, shape::existing_user_name);
    }
};

Target membership_target(Context& ctx, const MembershipInput& in) { return group_target(ctx, in.group_name); }

void add_user_to_group(Context& ctx, const MembershipInput& in) {
    const Group group = get_group(ctx, in.group_name);
    const store::User user = get_user(ctx, in.user_name);
    if (store::groups::is_member(ctx.tx, ctx.account(), group.id, user.id)) return;
    require_quota(ctx, Quota::groups_per_user, store::users::holdings(ctx.tx, ctx.account(), user.id).groups);
    store::groups::add_member(ctx.tx, ctx.account(), group.id, user.id);
}

/// Taking out a user who is not in the group is no error, as with AWS.
void remove_user_from_group(Context& ctx, const MembershipInput& in) {
    const Group group = get_group(ctx, in.group_name);
    const store::User user = get_user(ctx, in.user_name);
    store::groups::remove_member(ctx.tx, ctx.account(), group.id, user.id);
}

struct ListGroupsForUserInput {
    std::string user_name;
    PageInput page;
    void describe(Fields& f) {
        f.required("UserName", user_name, shape::existing_user_name);
        page.describe(f);
    }
};

Target list_groups_for_user_target(Context& ctx, const ListGroupsForUserInput& in) {
    return user_target(ctx, in.user_name);
}

GroupListOutput list_groups_for_user(Context& ctx, const ListGroupsForUserInput& in) {
    const store::User user = get_user(ctx, in.user_name);
    std::string after;
    return {store::groups::of_user(ctx.tx, ctx.account(), user.id, in.page.request(after))};
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<create_group, create_group_target>("iam:CreateGroup", writes),
    operation<get_group_with_members, get_group_target>("iam:GetGroup", reads),
    operation<update_group, update_group_target>("iam:UpdateGroup", writes),
    operation<delete_group, delete_group_target>("iam:DeleteGroup", writes),
    operation<list_groups, list_groups_target>("iam:ListGroups", reads),
    operation<add_user_to_group, membership_target>("iam:AddUserToGroup", writes),
    operation<remove_user_from_group, membership_target>("iam:RemoveUserFromGroup", writes),
    operation<list_groups_for_user, list_groups_for_user_target>("iam:ListGroupsForUser", reads),
};

}  // namespace

std::span<const service::Operation> group_operations() { return rows; }

}  // namespace iamlocal::iam
