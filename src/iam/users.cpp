// Users: create, read, rename, delete and list them, their tags and their permissions boundary.
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
#include "service/tags.hpp"
#include "store/account.hpp"

namespace iamlocal::iam {
namespace {

using service::PageInput;
using service::TagsInput;
using service::TagsOutput;
using store::User;
using wire::AnswerWriter;
using wire::Fields;
using wire::Presence;

struct UserOutput {
    User user;
};

void write(AnswerWriter& out, const UserOutput& output) {
    out.begin("User");
    write_user(out, output.user, Detail::full);
    out.end("User");
}

/// The input of operations on one existing user.
struct UserNameInput {
    std::string user_name;
    void describe(Fields& f) { f.required("UserName", user_name, shape::existing_user_name); }
};

Target named_user_target(Context& ctx, const UserNameInput& in) { return user_target(ctx, in.user_name); }

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
    Target target = creation_target(ctx, {"user", in.path, in.user_name, "iam:TagUser"}, in.tags.view());
    if (in.permissions_boundary) set_boundary_key(target, *in.permissions_boundary);
    return target;
}

UserOutput create_user(Context& ctx, const CreateUserInput& in) {
    std::vector<store::Tag> tags = in.tags.list();
    service::require_valid_tags(ctx, tags, store::tags::KeyCase::ignored);
    if (store::users::exists(ctx.tx, ctx.account(), in.user_name)) throw service::already_exists("User", in.user_name);
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

Target get_user_target(Context& ctx, const GetUserInput& in) {
    const std::string name = user_name_or_caller(ctx, in.user_name);
    if (!name.empty()) return user_target(ctx, name);
    Target target;
    target.resource = arn::root(ctx.account());
    return target;
}

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

GetUserOutput get_user_record(Context& ctx, const GetUserInput& in) {
    const std::string name = user_name_or_caller(ctx, in.user_name);
    if (name.empty()) return {{}, ctx.account(), store::account::created(ctx.tx, ctx.account()).value_or(ctx.second())};
    User user = get_user(ctx, name);
    user.tags = store::tags::all(ctx.tx, ctx.account(), user.id);
    return {std::move(user), {}, {}};
}

// UpdateUser

struct UpdateUserInput {
    std::string user_name;
    std::optional<std::string> new_path;
    std::optional<std::string> new_user_name;
    void describe(Fields& f) {
        f.required("UserName", user_name, shape::existing_user_name);
        f.optional("NewPath", new_path, shape::path);
        f.optional("NewUserName", new_user_name, shape::user_name);
    }
};

/// A rename needs the permission for the user as it is and as it will be.
Target update_user_target(Context& ctx, const UpdateUserInput& in) {
    Target target = user_target(ctx, in.user_name);
    if (!in.new_path && !in.new_user_name) return target;
    const auto user = store::users::find(ctx.tx, ctx.account(), in.user_name);
    const std::string path = in.new_path.value_or(user ? user->path : "/");
    const std::string name = in.new_user_name.value_or(user ? user->name : in.user_name);
    target.also.push_back({"iam:UpdateUser", arn::iam(ctx.account(), "user", path, name), "user " + name, target.keys,
                           target.tagged_id, target.iam_tags});
    return target;
}

void update_user(Context& ctx, const UpdateUserInput& in) {
    const User user = get_user(ctx, in.user_name);
    const std::string name = in.new_user_name.value_or(user.name);
    if (in.new_user_name) {
        const auto taken = store::users::find(ctx.tx, ctx.account(), name);
        if (taken && taken->id != user.id) throw service::already_exists("User", name);
    }
    store::users::rename(ctx.tx, ctx.account(), user.id, name, in.new_path.value_or(user.path));
}

// DeleteUser

void delete_user(Context& ctx, const UserNameInput& in) {
    const User user = get_user(ctx, in.user_name);
    const store::users::Holdings held = store::users::holdings(ctx.tx, ctx.account(), user.id);
    if (held.groups > 0) throw service::delete_conflict("remove users from group");
    if (held.attached_policies > 0) throw service::delete_conflict("detach all policies");
    if (held.access_keys > 0) throw service::delete_conflict("delete access keys");
    if (held.inline_policies > 0) throw service::delete_conflict("delete policies");
    store::users::remove(ctx.tx, ctx.account(), user.id);
}

// ListUsers

struct ListUsersInput {
    std::string path_prefix = "/";
    PageInput page;
    void describe(Fields& f) {
        f.optional("PathPrefix", path_prefix, shape::path_prefix);
        page.describe(f);
    }
};

struct ListUsersOutput {
    store::Page<User> page;
};

void write(AnswerWriter& out, const ListUsersOutput& output) {
    out.begin_list("Users");
    for (const User& user : output.page.items) {
        out.begin_member();
        write_user(out, user, Detail::listed);
        out.end_member();
    }
    out.end_list("Users");
    service::write_page_end(out, output.page.next);
}

Target list_users_target(Context& ctx, const ListUsersInput& in) { return list_target(ctx, "user", in.path_prefix); }

ListUsersOutput list_users(Context& ctx, const ListUsersInput& in) {
    std::string after;
    return {store::users::page(ctx.tx, ctx.account(), in.path_prefix, in.page.request(after))};
}

// Tags

struct TagUserInput {
    std::string user_name;
    TagsInput tags;
    void describe(Fields& f) {
        f.required("UserName", user_name, shape::existing_user_name);
        tags.describe(f, Presence::required);
    }
};

Target tag_user_target(Context& ctx, const TagUserInput& in) {
    Target target = user_target(ctx, in.user_name);
    target.request_tags = in.tags.view();
    return target;
}

void tag_user(Context& ctx, const TagUserInput& in) {
    service::tag_entity(ctx, get_user(ctx, in.user_name).id, in.tags.list());
}

struct UntagUserInput {
    std::string user_name;
    std::vector<std::string> tag_keys;
    void describe(Fields& f) {
        f.required("UserName", user_name, shape::existing_user_name);
        f.list("TagKeys", Presence::required, tag_keys, shape::tags, shape::tag_key);
    }
};

Target untag_user_target(Context& ctx, const UntagUserInput& in) {
    Target target = user_target(ctx, in.user_name);
    target.tag_keys = in.tag_keys;
    return target;
}

void untag_user(Context& ctx, const UntagUserInput& in) {
    store::tags::remove(ctx.tx, ctx.account(), get_user(ctx, in.user_name).id, in.tag_keys);
}

struct ListUserTagsInput {
    std::string user_name;
    PageInput page;
    void describe(Fields& f) {
        f.required("UserName", user_name, shape::existing_user_name);
        page.describe(f);
    }
};

Target list_user_tags_target(Context& ctx, const ListUserTagsInput& in) { return user_target(ctx, in.user_name); }

TagsOutput list_user_tags(Context& ctx, const ListUserTagsInput& in) {
    return service::list_tags(ctx, get_user(ctx, in.user_name).id, in.page);
}

// Permissions boundary

struct PutUserPermissionsBoundaryInput {
    std::string user_name;
    std::string permissions_boundary;
    void describe(Fields& f) {
        f.required("UserName", user_name, shape::user_name);
        f.required("PermissionsBoundary", permissions_boundary, shape::arn);
    }
};

Target put_user_boundary_target(Context& ctx, const PutUserPermissionsBoundaryInput& in) {
    Target target = user_target(ctx, in.user_name);
    set_boundary_key(target, in.permissions_boundary);
    return target;
}

void put_user_boundary(Context& ctx, const PutUserPermissionsBoundaryInput& in) {
    const User user = get_user(ctx, in.user_name);
    require_boundary_policy(ctx, in.permissions_boundary, "User");
    store::users::set_boundary(ctx.tx, ctx.account(), user.id, in.permissions_boundary);
}

struct DeleteUserPermissionsBoundaryInput {
    std::string user_name;
    void describe(Fields& f) { f.required("UserName", user_name, shape::user_name); }
};

Target delete_user_boundary_target(Context& ctx, const DeleteUserPermissionsBoundaryInput& in) {
    return user_target_with_boundary(ctx, in.user_name);
}

void delete_user_boundary(Context& ctx, const DeleteUserPermissionsBoundaryInput& in) {
    store::users::set_boundary(ctx.tx, ctx.account(), get_user(ctx, in.user_name).id, std::nullopt);
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<create_user, create_user_target>("iam:CreateUser", writes),
    operation<get_user_record, get_user_target>("iam:GetUser", reads),
    operation<update_user, update_user_target>("iam:UpdateUser", writes),
    operation<delete_user, named_user_target>("iam:DeleteUser", writes),
    operation<list_users, list_users_target>("iam:ListUsers", reads),
    operation<tag_user, tag_user_target>("iam:TagUser", writes),
    operation<untag_user, untag_user_target>("iam:UntagUser", writes),
    operation<list_user_tags, list_user_tags_target>("iam:ListUserTags", reads),
    operation<put_user_boundary, put_user_boundary_target>("iam:PutUserPermissionsBoundary", writes),
    operation<delete_user_boundary, delete_user_boundary_target>("iam:DeleteUserPermissionsBoundary", writes),
};

}  // namespace

std::span<const service::Operation> user_operations() { return rows; }

}  // namespace iamlocal::iam
