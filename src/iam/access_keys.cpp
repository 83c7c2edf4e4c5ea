// Access keys of users and of root. Without UserName the caller's own are meant. The root key of the server's
// configuration is not stored: it is neither listed nor counted, and is found neither for changing nor for deleting.
#include "store/access_keys.hpp"

#include <string>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "api/page.hpp"
#include "aws/ids.hpp"
#include "iam/errors.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/quotas.hpp"
#include "iam/shapes.hpp"
#include "iam/targets.hpp"
#include "iam/user_or_root.hpp"

namespace iamlocal::iam {
namespace {

using api::PageInput;
using protocol::AnswerWriter;
using protocol::Fields;
using store::AccessKey;

ApiError no_such_key(const AccessKeyId& id) {
    return {error_type::no_such_entity, fmt::format("The Access Key with id {} cannot be found.", id.view())};
}

const char* status_of(const AccessKey& key) { return key.active ? "Active" : "Inactive"; }

/// As store::access_keys names the owner of keys.
std::string owner_id(UserOrRoot& owner) {
    const store::User* const user = owner.find_user();
    return user ? user->id : std::string();
}

/// With the letters' case as they are stored.
std::string name_of(UserOrRoot& owner) {
    const store::User* const user = owner.find_user();
    return user ? user->name : std::string();
}

/// Root has no name.
void write_owner(AnswerWriter& out, std::string_view user_name) {
    if (!user_name.empty()) out.text("UserName", user_name);
}

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
    write_owner(out, output.user_name);
    out.text("AccessKeyId", output.key.id.view());
    out.text("Status", status_of(output.key));
    out.secret("SecretAccessKey", output.key.secret.reveal());  // the only answer that ever shows it
    out.time("CreateDate", output.key.created);
    out.end("AccessKey");
}

CreateAccessKeyOutput create_access_key(Context& ctx, const CreateAccessKeyInput&, UserOrRoot& owner) {
    const std::string user_id = owner_id(owner);
    require_quota(ctx, Quota::access_keys_per_user, store::access_keys::count(ctx.tx, ctx.account(), user_id));

    AccessKey key{.account = ctx.account(),
                  .user_id = user_id,
                  .id = ids::access_key_id(ctx.env.entropy, ctx.account(), ids::KeyLife::long_term),
                  .secret = ids::secret_access_key(ctx.env.entropy),
                  .active = true,
                  .created = ctx.second(),
                  .last_used = {}};
    store::access_keys::insert(ctx.tx, ctx.env.keyring, ctx.env.entropy, key);
    return {name_of(owner), std::move(key)};
}

// UpdateAccessKey

struct UpdateAccessKeyInput {
    std::optional<std::string> user_name;
    std::string access_key_id;
    std::string status;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::existing_user_name);
        f.required("AccessKeyId", access_key_id, shape::access_key_id);
        f.required("Status", status, shape::credential_status);
    }
};

void update_access_key(Context& ctx, const UpdateAccessKeyInput& in, UserOrRoot& owner) {
    const std::string user_id = owner_id(owner);
    const AccessKeyId id(in.access_key_id);
    // The model's enum has a third value, which keys take on by themselves and callers cannot set.
    if (in.status == "Expired")
        throw ApiError(error_type::invalid_input, "The status of an access key can only be set to Active or Inactive.");
    if (!store::access_keys::set_active(ctx.tx, ctx.account(), user_id, id, in.status == "Active"))
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

void delete_access_key(Context& ctx, const DeleteAccessKeyInput& in, UserOrRoot& owner) {
    const AccessKeyId id(in.access_key_id);
    if (!store::access_keys::remove(ctx.tx, ctx.account(), owner_id(owner), id)) throw no_such_key(id);
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
    api::write_page(out, "AccessKeyMetadata", output.page, [&](AnswerWriter& w, const AccessKey& key) {
        write_owner(w, output.user_name);
        w.text("AccessKeyId", key.id.view());
        w.text("Status", status_of(key));
        w.time("CreateDate", key.created);
    });
}

ListAccessKeysOutput list_access_keys(Context& ctx, const ListAccessKeysInput& in, UserOrRoot& owner) {
    return {name_of(owner), store::access_keys::page(ctx.tx, ctx.account(), owner_id(owner), in.page.request())};
}

// GetAccessKeyLastUsed

struct GetAccessKeyLastUsedInput {
    std::string access_key_id;
    void describe(Fields& f) { f.required("AccessKeyId", access_key_id, shape::access_key_id); }
};

/// The key with its last use.
struct KeyAndOwner {
    AccessKey key;
    UserOrRoot owner;
};

/// A key of the caller's account.
std::optional<KeyAndOwner> key_and_owner(Context& ctx, const GetAccessKeyLastUsedInput& in) {
    const AccessKeyId id(in.access_key_id);
    // First of all: a use that is written to the database a moment later is forgotten here, and is in neither place for
    // a transaction that has begun before.
    std::optional<store::KeyUse> noted = ctx.env.usage.find_key(id);
    auto key = store::access_keys::find_public(ctx.tx, id);
    if (!key || key->account != ctx.account()) return std::nullopt;
    if (noted) key->last_used = std::move(noted);
    if (key->user_id.empty()) return KeyAndOwner{*std::move(key), {}};
    auto user = store::users::find_by_id(ctx.tx, ctx.account(), key->user_id);
    if (!user) return std::nullopt;
    std::string name = user->name;
    return KeyAndOwner{*std::move(key), {std::move(name), std::move(user)}};
}

/// The permission is for whoever has the key; messages name the key.
Target get_access_key_last_used_target(Context& ctx, const GetAccessKeyLastUsedInput& in,
                                       const std::optional<KeyAndOwner>& found) {
    Target target = found ? user_or_root_target(ctx, found->owner) : list_target(ctx, "user", "/");
    target.shown = "access key " + in.access_key_id;
    return target;
}

struct GetAccessKeyLastUsedOutput {
    std::string user_name;
    std::optional<store::KeyUse> use;
};

void write(AnswerWriter& out, const GetAccessKeyLastUsedOutput& output) {
    write_owner(out, output.user_name);
    out.begin("AccessKeyLastUsed");
    if (output.use) out.time("LastUsedDate", output.use->at);
    out.text("ServiceName", output.use ? output.use->service : "N/A");
    out.text("Region", output.use ? output.use->region : "N/A");
    out.end("AccessKeyLastUsed");
}

/// The operation has no NoSuchEntity: a key that is not there or belongs to another account is one that the caller may
/// not ask about.
GetAccessKeyLastUsedOutput get_access_key_last_used(Context& ctx, const GetAccessKeyLastUsedInput& in,
                                                    std::optional<KeyAndOwner>& found) {
    if (!found)
        throw api::access_denied(
            fmt::format("User: {} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key {}",
                        ctx.caller.principal.arn, in.access_key_id));
    return {std::move(found->owner.name), std::move(found->key.last_used)};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> access_key_operations() {
    static constexpr api::Operation rows[] = {
        on_user_or_caller<create_access_key>("iam:CreateAccessKey", writes),
        on_user_or_caller<update_access_key>("iam:UpdateAccessKey", writes),
        on_user_or_caller<delete_access_key>("iam:DeleteAccessKey", writes),
        on_user_or_caller<list_access_keys>("iam:ListAccessKeys", reads),
        operation<get_access_key_last_used, get_access_key_last_used_target, key_and_owner>("iam:GetAccessKeyLastUsed",
                                                                                            reads),
    };
    return rows;
}

}  // namespace iamlocal::iam
