// Users: create, read, rename, delete and list them, their tags and their permissions boundary.
#include <string>

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
#include "iam/user_or_root.hpp"
#include "store/account.hpp"

namespace iamlocal::iam {
namespace {

using api::TagsInput;
using protocol::AnswerWriter;
using protocol::Fields;
using protocol::Presence;
using store::User;

struct UserOutput {
    User user;
};

void write(AnswerWriter& out, const UserOutput& output) {
    out.begin("User");
    write_user(out, output.user, Detail::full);
    out.end("User");
}

// CreateUser

struct CreateUserInput {
    std::string path = "/";
    std::string user_name;
    std::optional<std::string> permissions_boundary;
    TagsInput tags;
    void describe(Fields& f) {
        f.optional("Path", path, shape::path);
        f.required("UserName", user_name, shape::user_name);
        f.optional("PermissionsBoundary", permissions_boundary, shape::arn);
        tags.describe(f, Presence::optional);
    }
};

Target create_user_target(Context& ctx, const CreateUserInput& in) {
    Target target = creation_target(ctx, {"user", in.path, in.user_name, "iam:TagUser"}, in.tags.list());
    if (in.permissions_boundary) set_boundary_key(target, *in.permissions_boundary);
    return target;
}

UserOutput create_user(Context& ctx, const CreateUserInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    api::require_valid_tags(ctx, tags, store::tags::KeyCase::ignored);
    if (store::users::exists(ctx.tx, ctx.account(), in.user_name)) throw already_exists("User", in.user_name);
    if (in.permissions_boundary) require_boundary_policy(ctx, *in.permissions_boundary, "User");
    require_quota(ctx, Quota::users_per_account, store::users::count(ctx.tx, ctx.account()));

    User user{.account = ctx.account(),
              .id = ids::unique_id(ctx.env.entropy, ids::Kind::user),
              .name = in.user_name,
              .path = in.path,
              .created = ctx.second(),
              .boundary_arn = in.permissions_boundary,
              .tags = std::move(tags)};
    store::users::insert(ctx.tx, user);
    return {std::move(user)};
}

// GetUser

struct GetUserInput {
    std::optional<std::string> user_name;
    void describe(Fields& f) { f.optional("UserName", user_name, shape::existing_user_name); }
};

struct GetUserOutput {
    std::optional<User> user;
    AccountId root_of;  ///< set when the caller is root and asks about itself
    Seconds root_since{};
};

void write(AnswerWriter& out, const GetUserOutput& output) {
    out.begin("User");
    if (output.user) {
        write_user(out, *output.user, Detail::full);
    } else {
        out.text("UserId", output.root_of.view());
        out.text("Arn", arn::root(output.root_of));
        out.time("CreateDate", output.root_since);
    }
    out.end("User");
}

GetUserOutput get_user(Context& ctx, const GetUserInput&, UserOrRoot& whose) {
    if (whose.is_root())
        return {{}, ctx.account(), store::account::created(ctx.tx, ctx.account()).value_or(ctx.second())};
    User user = whose.require_user();
    user.tags = store::tags::all(ctx.tx, ctx.account(), user.id);
    return {std::move(user), {}, {}};
}

// UpdateUser

constexpr auto with_new_name = [](Context& ctx, const auto& in, const auto& user, Target& target) {
    family::add_new_name<UserKind>("iam:UpdateUser", ctx, in, user, target);
};

// DeleteUser

void delete_user(Context& ctx, const NameInput<UserKind>&, User& user) {
    const store::users::DeleteBlockers held = store::users::delete_blockers(ctx.tx, ctx.account(), user.id);
    if (held.groups > 0) throw delete_conflict("remove users from group");
    if (held.attached_policies > 0) throw delete_conflict("detach all policies");
    if (held.access_keys > 0) throw delete_conflict("delete access keys");
    if (held.mfa_devices > 0) throw delete_conflict("remove tokens from principal");
    if (held.inline_policies > 0) throw delete_conflict("delete policies");
    if (held.login_profiles > 0) throw delete_conflict("delete login profile");
    if (held.signing_certificates > 0) throw delete_conflict("delete certificates");
    if (held.ssh_public_keys > 0 || held.service_specific_credentials > 0)
        throw delete_conflict("remove referenced objects");
    store::users::remove(ctx.tx, ctx.account(), user.id);
}

// ListUsers

struct ListUsersOutput {
    store::Page<User> page;
};

void write(AnswerWriter& out, const ListUsersOutput& output) {
    api::write_page(out, "Users", output.page,
                    [](AnswerWriter& w, const User& user) { write_user(w, user, Detail::listed); });
}

ListUsersOutput list_users(Context& ctx, const family::PathInput& in) {
    return {store::users::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request())};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> user_operations() {
    static constexpr api::Operation rows[] = {
        operation<create_user, create_user_target>("iam:CreateUser", writes),
        on_user_or_caller<get_user>("iam:GetUser", reads),
        on<UserKind, &family::rename<UserKind>, with_new_name>("iam:UpdateUser", writes),
        on<UserKind, delete_user>("iam:DeleteUser", writes),
        list_row<UserKind, list_users>("iam:ListUsers"),
        tag_row<UserKind>("iam:TagUser"),
        untag_row<UserKind>("iam:UntagUser"),
        list_tags_row<UserKind>("iam:ListUserTags"),
        put_boundary_row<UserKind>("iam:PutUserPermissionsBoundary"),
        delete_boundary_row<UserKind>("iam:DeleteUserPermissionsBoundary"),
    };
    return rows;
}

}  // namespace iamlocal::iam
