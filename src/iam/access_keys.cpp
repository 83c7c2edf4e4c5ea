// Access keys of users. Without UserName the caller's own are meant. Root's keys are part of the server's configuration
// and not stored: root's list is empty, its keys are found neither for changing nor for deleting, and a new one cannot
// be made (AWS allows two).
#include "store/access_keys.hpp"

#include <string>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "iam/lookup.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/page.hpp"
#include "service/shapes.hpp"

namespace iamlocal::iam {
namespace {

using service::PageInput;
using store::AccessKey;
using wire::AnswerWriter;
using wire::Fields;

service::ApiError no_such_key(const AccessKeyId& id) {
    return {service::ErrorCode::no_such_entity, fmt::format("The Access Key with id {} cannot be found.", id.view())};
}

/// The user whose keys are meant; the account itself for root without UserName.
Target key_owner_target(Context& ctx, const std::optional<std::string>& user_name) {
    const std::string name = user_name_or_caller(ctx, user_name);
    if (!name.empty()) return user_target(ctx, name);
    Target target;
    target.resource = arn::root(ctx.account());
    return target;
}

/// Nothing for root without UserName. Throws NoSuchEntity for a user who is not there.
std::optional<store::User> find_key_owner(Context& ctx, const std::optional<std::string>& user_name) {
    const std::string name = user_name_or_caller(ctx, user_name);
    if (name.empty()) return std::nullopt;
    return get_user(ctx, name);
}

const char* status_of(const AccessKey& key) { return key.active ? "Active" : "Inactive"; }

// CreateAccessKey

struct CreateAccessKeyInput {
    std::optional<std::string> user_name;
    void describe(Fields& f) { f.optional("UserName", user_name, shape::existing_user_name); }
};

struct CreateAccessKeyOutput {
    std::string user_name;
    AccessKey key;
};

void write(AnswerWriter& out, const CreateAccessKeyOutput& output) {
    out.begin("AccessKey");
    out.text("UserName", output.user_name);
    out.text("AccessKeyId", output.key.id.view());
    out.text("Status", status_of(output.key));
    out.text("SecretAccessKey", output.key.secret.reveal());  // the only answer that ever shows it
    out.time("CreateDate", output.key.created);
    out.end("AccessKey");
}

Target create_access_key_target(Context& ctx, const CreateAccessKeyInput& in) {
    return key_owner_target(ctx, in.user_name);
}

CreateAccessKeyOutput create_access_key(Context& ctx, const CreateAccessKeyInput& in) {
    std::optional<store::User> user = find_key_owner(ctx, in.user_name);
    if (!user) throw wire::validation_error("Must specify userName when calling with non-User credentials");
    require_quota(ctx, Quota::access_keys_per_user, store::access_keys::count(ctx.tx, ctx.account(), user->id));

    AccessKey key{.account = ctx.account(),
                  .user_id = user->id,
                  .id = ids::access_key_id(ctx.env.entropy, ctx.account(), ids::KeyLife::long_term),
                  .secret = ids::secret_access_key(ctx.env.entropy),
                  .active = true,
                  .created = ctx.second(),
                  .last_used = {}};
    store::access_keys::insert(ctx.tx, ctx.env.keyring, ctx.env.entropy, key);
    return {std::move(user->name), std::move(key)};
}

// UpdateAccessKey

struct UpdateAccessKeyInput {
    std::optional<std::string> user_name;
    std::string access_key_id;
    std::string status;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        f.required("AccessKeyId", access_key_id, shape::access_key_id);
        f.required("Status", status, shape::access_key_status);
    }
};

Target update_access_key_target(Context& ctx, const UpdateAccessKeyInput& in) {
    return key_owner_target(ctx, in.user_name);
}

void update_access_key(Context& ctx, const UpdateAccessKeyInput& in) {
    const std::optional<store::User> user = find_key_owner(ctx, in.user_name);
    const AccessKeyId id(in.access_key_id);
    // The model's enum has a third value, which keys take on by themselves and callers cannot set.
    if (in.status == "Expired")
        throw service::ApiError(service::ErrorCode::invalid_input,
                                "The status of an access key can only be set to Active or Inactive.");
    if (!user || !store::access_keys::set_active(ctx.tx, ctx.account(), user->id, id, in.status == "Active"))
        throw no_such_key(id);
}

// DeleteAccessKey

struct DeleteAccessKeyInput {
    std::optional<std::string> user_name;
    std::string access_key_id;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        f.required("AccessKeyId", access_key_id, shape::access_key_id);
    }
};

Target delete_access_key_target(Context& ctx, const DeleteAccessKeyInput& in) {
    return key_owner_target(ctx, in.user_name);
}

void delete_access_key(Context& ctx, const DeleteAccessKeyInput& in) {
    const std::optional<store::User> user = find_key_owner(ctx, in.user_name);
    const AccessKeyId id(in.access_key_id);
    if (!user || !store::access_keys::remove(ctx.tx, ctx.account(), user->id, id)) throw no_such_key(id);
}

// ListAccessKeys

struct ListAccessKeysInput {
    std::optional<std::string> user_name;
    PageInput page;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        page.describe(f);
    }
};

struct ListAccessKeysOutput {
    std::string user_name;
    store::Page<AccessKey> page;
};

void write(AnswerWriter& out, const ListAccessKeysOutput& output) {
    out.begin_list("AccessKeyMetadata");
    for (const AccessKey& key : output.page.items) {
        out.begin_member();
        out.text("UserName", output.user_name);
        out.text("AccessKeyId", key.id.view());
        out.text("Status", status_of(key));
        out.time("CreateDate", key.created);
        out.end_member();
    }
    out.end_list("AccessKeyMetadata");
    service::write_page_end(out, output.page.next);
}

Target list_access_keys_target(Context& ctx, const ListAccessKeysInput& in) {
    return key_owner_target(ctx, in.user_name);
}

ListAccessKeysOutput list_access_keys(Context& ctx, const ListAccessKeysInput& in) {
    std::optional<store::User> user = find_key_owner(ctx, in.user_name);
    if (!user) return {};
    std::string after;
    auto page = store::access_keys::page(ctx.tx, ctx.account(), user->id, in.page.request(after));
    return {std::move(user->name), std::move(page)};
}

// GetAccessKeyLastUsed

struct GetAccessKeyLastUsedInput {
    std::string access_key_id;
    void describe(Fields& f) { f.required("AccessKeyId", access_key_id, shape::access_key_id); }
};

struct KeyAndOwner {
    AccessKey key;
    store::User user;
};

/// A key of the caller's account.
std::optional<KeyAndOwner> find_key(Context& ctx, const GetAccessKeyLastUsedInput& in) {
    auto key = store::access_keys::find_public(ctx.tx, AccessKeyId(in.access_key_id));
    if (!key || key->account != ctx.account()) return std::nullopt;
    auto user = store::users::find_by_id(ctx.tx, ctx.account(), key->user_id);
    if (!user) return std::nullopt;
    return KeyAndOwner{*std::move(key), *std::move(user)};
}

/// The permission is for the user who has the key; messages name the key.
Target get_access_key_last_used_target(Context& ctx, const GetAccessKeyLastUsedInput& in) {
    const std::optional<KeyAndOwner> found = find_key(ctx, in);
    Target target = found ? user_target(ctx, found->user.name) : list_target(ctx, "user", "/");
    target.shown = "access key " + in.access_key_id;
    return target;
}

struct GetAccessKeyLastUsedOutput {
    std::string user_name;
    std::optional<store::KeyUse> use;
};

void write(AnswerWriter& out, const GetAccessKeyLastUsedOutput& output) {
    out.text("UserName", output.user_name);
    out.begin("AccessKeyLastUsed");
    if (output.use) out.time("LastUsedDate", output.use->at);
    out.text("ServiceName", output.use ? output.use->service : "N/A");
    out.text("Region", output.use ? output.use->region : "N/A");
    out.end("AccessKeyLastUsed");
}

/// The operation has no NoSuchEntity: a key that is not there or belongs to another account is one that the caller may
/// not ask about.
GetAccessKeyLastUsedOutput get_access_key_last_used(Context& ctx, const GetAccessKeyLastUsedInput& in) {
    std::optional<KeyAndOwner> found = find_key(ctx, in);
    if (!found)
        throw service::access_denied(
            fmt::format("User: {} is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key {}",
                        ctx.caller.principal.arn, in.access_key_id));
    auto noted = ctx.env.usage.find_key(found->key.id);
    return {std::move(found->user.name), noted ? std::move(noted) : std::move(found->key.last_used)};
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<create_access_key, create_access_key_target>("iam:CreateAccessKey", writes),
    operation<update_access_key, update_access_key_target>("iam:UpdateAccessKey", writes),
    operation<delete_access_key, delete_access_key_target>("iam:DeleteAccessKey", writes),
    operation<list_access_keys, list_access_keys_target>("iam:ListAccessKeys", reads),
    operation<get_access_key_last_used, get_access_key_last_used_target>("iam:GetAccessKeyLastUsed", reads),
};

}  // namespace

std::span<const service::Operation> access_key_operations() { return rows; }

}  // namespace iamlocal::iam
