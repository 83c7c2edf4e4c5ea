// Groups: create, read, rename, delete and list them, and who is in them.
#include <string>

#include "api/operation.hpp"
#include "api/page.hpp"
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

using protocol::AnswerWriter;
using protocol::Fields;
using store::Group;

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
    api::write_page(out, "Groups", output.page, [](AnswerWriter& w, const Group& group) { write_group(w, group); });
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
    if (store::groups::exists(ctx.tx, ctx.account(), in.group_name)) throw already_exists("Group", in.group_name);
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

struct GetGroupOutput {
    Group group;
    store::Page<store::User> users;
};

void write(AnswerWriter& out, const GetGroupOutput& output) {
    out.begin("Group");
    write_group(out, output.group);
    out.end("Group");
    api::write_page(out, "Users", output.users,
                    [](AnswerWriter& w, const store::User& user) { write_user(w, user, Detail::listed); });
}

GetGroupOutput get_group(Context& ctx, const family::PageOfInput<GroupKind>& in, Group& group) {
    auto users = store::groups::members(ctx.tx, ctx.account(), group.id, in.page.request());
    return {std::move(group), std::move(users)};
}

// UpdateGroup

constexpr auto with_new_name = [](Context& ctx, const auto& in, const auto& group, Target& target) {
    family::add_new_name<GroupKind>("iam:UpdateGroup", ctx, in, group, target);
};

// DeleteGroup

void delete_group(Context& ctx, const NameInput<GroupKind>&, Group& group) {
    const store::groups::DeleteBlockers held = store::groups::delete_blockers(ctx.tx, ctx.account(), group.id);
    if (held.users > 0) throw delete_conflict("remove users from group");
    if (held.attached_policies > 0) throw delete_conflict("detach all policies");
    if (held.inline_policies > 0) throw delete_conflict("delete policies");
    store::groups::remove(ctx.tx, ctx.account(), group.id);
}

// ListGroups

GroupListOutput list_groups(Context& ctx, const family::PathInput& in) {
    return {store::groups::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request())};
}

// Membership

struct MembershipInput {
    std::string name;  ///< of the group
    std::string user_name;
    void describe(Fields& f) {
        f.required("GroupName", name, shape::group_name);
        f.required("UserName", user_name, shape::existing_user_name);
    }
};

void add_user_to_group(Context& ctx, const MembershipInput& in, Group& group) {
    const store::User user = get<UserKind>(ctx, in.user_name);
    if (store::groups::is_member(ctx.tx, ctx.account(), group.id, user.id)) return;
    require_quota(ctx, Quota::groups_per_user, store::users::delete_blockers(ctx.tx, ctx.account(), user.id).groups);
    store::groups::add_member(ctx.tx, ctx.account(), group.id, user.id);
}

LookedUp<GroupKind> group_of(Context& ctx, const MembershipInput& in) { return look_up<GroupKind>(ctx, in.name); }

Target group_target(Context& ctx, const MembershipInput& in, const LookedUp<GroupKind>& named) {
    return GroupKind::target(ctx, in.name, named.entity);
}

/// AWS looks for the user before the group. Taking out a user who is not in the group is no error.
void remove_user_from_group(Context& ctx, const MembershipInput& in, LookedUp<GroupKind>& named) {
    const store::User user = get<UserKind>(ctx, in.user_name);
    const Group& group = GroupKind::require(named.entity, named.name);
    store::groups::remove_member(ctx.tx, ctx.account(), group.id, user.id);
}

GroupListOutput list_groups_for_user(Context& ctx, const family::PageOfInput<UserKind>& in, store::User& user) {
    return {store::groups::of_user(ctx.tx, ctx.account(), user.id, in.page.request())};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> group_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_group, create_group_target>("iam:CreateGroup", writes),
        on<GroupKind, get_group>("iam:GetGroup", reads),
        on<GroupKind, &family::rename<GroupKind>, with_new_name>("iam:UpdateGroup", writes),
        on<GroupKind, delete_group>("iam:DeleteGroup", writes),
        list_row<GroupKind, list_groups>("iam:ListGroups"),
        on<GroupKind, add_user_to_group>("iam:AddUserToGroup", writes),
        operation<remove_user_from_group, group_target, group_of>("iam:RemoveUserFromGroup", writes),
        on<UserKind, list_groups_for_user>("iam:ListGroupsForUser", reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
