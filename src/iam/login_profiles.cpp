// Login profiles: the passwords of users, and whether root has one. Passwords are hashed away from the I/O threads, and
// what was true before is looked at again when the hash is there.
#include "store/login_profiles.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "api/errors.hpp"
#include "api/operation.hpp"
#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"
#include "iam/kinds.hpp"
#include "iam/operations.hpp"
#include "iam/own_password.hpp"
#include "iam/password_rules.hpp"
#include "iam/shapes.hpp"
#include "iam/user_or_root.hpp"
#include "store/password_policies.hpp"

namespace iamlocal::iam {
namespace {

using api::SlowChange;
using protocol::AnswerWriter;
using protocol::Fields;
using store::LoginProfile;
using store::login_profiles::Password;

ApiError no_such_profile(std::string_view user_name) {
    return {error_type::no_such_entity,
            fmt::format("Login Profile for User {} cannot be found.", user_name.empty() ? "null" : user_name)};
}

ApiError profile_exists(const LoginProfile& profile, std::string_view user_name) {
    return {error_type::entity_already_exists,
            user_name.empty() ? fmt::format("Login Profile for account {} already exists.", profile.account.view())
                              : fmt::format("Login Profile for user {} already exists.", user_name)};
}

/// Whose profile it is. Throws NoSuchEntity for a user who is not there.
struct Owner {
    Owner(Context& ctx, UserOrRoot& whose) {
        const store::User* const user = whose.find_user();
        id = user ? user->id : ctx.account().str();
        if (user) name = user->name;
    }
    std::string id;
    std::string name;  ///< empty: root
};

LoginProfile get_profile(Context& ctx, std::string_view owner_id, std::string_view user_name) {
    auto profile = store::login_profiles::find(ctx.tx, ctx.account(), owner_id);
    if (!profile) throw no_such_profile(user_name);
    return *std::move(profile);
}

std::string text_of(const Digest& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

bool are_equal(const Password& stored, const Digest& hash) {
    return equal_in_constant_time(stored.hash, text_of(hash));
}

ApiError violation(std::string message) { return {error_type::password_policy_violation, std::move(message)}; }

/// Throws PasswordPolicyViolation.
void require_good_password(Context& ctx, std::string_view password) {
    if (auto lack = password_lack(password, store::password_policies::find(ctx.tx, ctx.account())))
        throw violation(*std::move(lack));
}

/// The same for a password that the account's policy does not let the owner use again.
void require_unused(Context& ctx, std::string_view owner_id, const Digest& hash) {
    const auto policy = store::password_policies::find(ctx.tx, ctx.account());
    if (!policy || !policy->reuse_prevention) return;
    const auto used = store::login_profiles::passwords(ctx.tx, ctx.account(), owner_id,
                                                       static_cast<std::size_t>(*policy->reuse_prevention));
    if (std::any_of(used.begin(), used.end(), [&](const Password& old) { return are_equal(old, hash); }))
        throw violation(fmt::format("Password should not be one of the last {} passwords", *policy->reuse_prevention));
}

std::string random_salt(Context& ctx) {
    std::array<unsigned char, 16> salt{};
    ctx.env.entropy.fill(salt);
    return {reinterpret_cast<const char*>(salt.data()), salt.size()};
}

/// Passwords that are hashed on another thread.
struct Hashing {
    std::string salt;
    Secret password;
    Secret old_password = {};  ///< the one that a change is based on; may be empty
    Digest hash{};
    Digest old_hash{};

    void run() {
        if (!password.empty()) hash = password_hash(password.reveal(), salt);
        if (!old_password.empty()) old_hash = password_hash(old_password.reveal(), salt);
    }
};

// CreateLoginProfile

struct CreateLoginProfileInput {
    std::optional<std::string> user_name;
    std::optional<Secret> password;
    std::optional<bool> password_reset_required;
    void describe(Fields& f) {
        f.optional("UserName", user_name, shape::user_name);
        f.optional("Password", password, shape::password);
        f.optional("PasswordResetRequired", password_reset_required);
    }
};

struct LoginProfileOutput {
    LoginProfile profile;
    std::string user_name;
};

void write(AnswerWriter& out, const LoginProfileOutput& output) {
    out.begin("LoginProfile");
    if (!output.user_name.empty()) out.text("UserName", output.user_name);
    out.time("CreateDate", output.profile.created);
    out.boolean("PasswordResetRequired", output.profile.reset_required);
    out.end("LoginProfile");
}

void require_no_profile(Context& ctx, const Owner& owner) {
    if (const auto profile = store::login_profiles::find(ctx.tx, ctx.account(), owner.id))
        throw profile_exists(*profile, owner.name);
}

/// Root's profile is made without a password, which root chooses by itself; a user's cannot be.
void require_password_of_users_alone(const Owner& owner, bool has_password) {
    if (owner.name.empty() && has_password)
        throw validation_error("Password must not be specified for the root user of the account.");
    if (!owner.name.empty() && !has_password)
        throw validation_error(
            "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null");
}

LoginProfileOutput store_profile(Context& ctx, const Hashing& hashed, bool reset_required, UserOrRoot& whose) {
    Owner owner(ctx, whose);
    require_no_profile(ctx, owner);
    LoginProfile profile{.account = ctx.account(),
                         .owner_id = owner.id,
                         .created = ctx.second(),
                         .reset_required = reset_required && !owner.name.empty(),
                         .salt = hashed.salt};
    store::login_profiles::insert(ctx.tx, profile);
    if (!hashed.password.empty())
        store::login_profiles::add_password(ctx.tx, ctx.account(), owner.id, text_of(hashed.hash), ctx.second());
    return {std::move(profile), std::move(owner.name)};
}

SlowChange<LoginProfileOutput, UserOrRoot> create_login_profile(Context& ctx, const CreateLoginProfileInput& in,
                                                                UserOrRoot& whose) {
    const Owner owner(ctx, whose);
    require_password_of_users_alone(owner, in.password.has_value());
    require_no_profile(ctx, owner);
    if (in.password) require_good_password(ctx, in.password->reveal());

    auto hashing = std::make_shared<Hashing>(Hashing{random_salt(ctx), in.password.value_or(Secret())});
    return {[hashing] { hashing->run(); },
            [hashing, reset_required = in.password_reset_required.value_or(false)](Context& then, UserOrRoot& of_then) {
                return store_profile(then, *hashing, reset_required, of_then);
            }};
}

// GetLoginProfile, DeleteLoginProfile

struct WhoseProfileInput {
    std::optional<std::string> user_name;
    void describe(Fields& f) { f.optional("UserName", user_name, shape::user_name); }
};

LoginProfileOutput get_login_profile(Context& ctx, const WhoseProfileInput&, UserOrRoot& whose) {
    Owner owner(ctx, whose);
    return {get_profile(ctx, owner.id, owner.name), std::move(owner.name)};
}

void delete_login_profile(Context& ctx, const WhoseProfileInput&, UserOrRoot& whose) {
    const Owner owner(ctx, whose);
    if (!store::login_profiles::remove(ctx.tx, ctx.account(), owner.id)) throw no_such_profile(owner.name);
}

// UpdateLoginProfile

struct UpdateLoginProfileInput {
    std::string name;
    std::optional<Secret> password;
    std::optional<bool> password_reset_required;
    void describe(Fields& f) {
        f.required("UserName", name, shape::user_name);
        f.optional("Password", password, shape::password);
        f.optional("PasswordResetRequired", password_reset_required);
    }
};

/// Throws ConcurrentModification if the password was hashed for a profile that another one has replaced.
void require_same_profile(Context& ctx, const Hashing& hashed, const store::User& user) {
    if (get_profile(ctx, user.id, user.name).salt != hashed.salt) throw api::concurrent_modification();
}

void store_update(Context& ctx, const Hashing& hashed, std::optional<bool> reset_required, const store::User& user) {
    require_same_profile(ctx, hashed, user);
    if (!hashed.password.empty()) {
        require_unused(ctx, user.id, hashed.hash);
        store::login_profiles::add_password(ctx.tx, ctx.account(), user.id, text_of(hashed.hash), ctx.second());
    }
    if (reset_required) store::login_profiles::set_reset_required(ctx.tx, ctx.account(), user.id, *reset_required);
}

SlowChange<void, LookedUp<UserKind>> update_login_profile(Context& ctx, const UpdateLoginProfileInput& in,
                                                          store::User& user) {
    const LoginProfile profile = get_profile(ctx, user.id, user.name);
    if (in.password) require_good_password(ctx, in.password->reveal());

    auto hashing = std::make_shared<Hashing>(Hashing{profile.salt, in.password.value_or(Secret())});
    return {[hashing] { hashing->run(); },
            [hashing, reset_required = in.password_reset_required](Context& then, LookedUp<UserKind>& named) {
                store_update(then, *hashing, reset_required, UserKind::require(named.entity, named.name));
            }};
}

// ChangePassword

struct ChangePasswordInput {
    Secret old_password;
    Secret new_password;
    void describe(Fields& f) {
        f.required("OldPassword", old_password, shape::password);
        f.required("NewPassword", new_password, shape::password);
    }
};

/// The user who calls; nobody for root and for the sessions of roles.
using CallingUser = LookedUp<UserKind>;

CallingUser calling_user(Context& ctx, const ChangePasswordInput&) {
    if (ctx.caller.user_name.empty()) return {};
    return look_up<UserKind>(ctx, ctx.caller.user_name);
}

Target change_password_target(Context& ctx, const ChangePasswordInput&, const CallingUser& caller) {
    Target target = caller.name.empty() ? Target() : UserKind::target(ctx, caller.name, caller.entity);
    allow_by_password_policy(ctx, target);
    return target;
}

/// That the old password is right comes first: who does not know it learns nothing about the new one.
void store_change(Context& ctx, const Hashing& hashed, const store::User& user) {
    require_same_profile(ctx, hashed, user);
    const auto current = store::login_profiles::passwords(ctx.tx, ctx.account(), user.id, 1);
    if (current.empty() || !are_equal(current.front(), hashed.old_hash))
        throw api::access_denied("The old password is not correct.");
    if (hashed.hash == hashed.old_hash) throw api::access_denied("The new password must differ from the old password.");
    require_good_password(ctx, hashed.password.reveal());
    require_unused(ctx, user.id, hashed.hash);
    store::login_profiles::add_password(ctx.tx, ctx.account(), user.id, text_of(hashed.hash), ctx.second());
    store::login_profiles::set_reset_required(ctx.tx, ctx.account(), user.id, false);
}

SlowChange<void, CallingUser> change_password(Context& ctx, const ChangePasswordInput& in, CallingUser& caller) {
    if (caller.name.empty())
        throw ApiError(error_type::invalid_user_type, "Only IAM Users can change their own password");
    const store::User& user = UserKind::require(caller.entity, caller.name);
    const LoginProfile profile = get_profile(ctx, user.id, user.name);

    auto hashing = std::make_shared<Hashing>(Hashing{profile.salt, in.new_password, in.old_password});
    return {[hashing] { hashing->run(); },
            [hashing](Context& then, CallingUser& user_then) {
                store_change(then, *hashing, UserKind::require(user_then.entity, user_then.name));
            }};
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> login_profile_operations() {
    static constexpr api::Operation rows[] = {
        on_user_or_caller<create_login_profile>("iam:CreateLoginProfile", writes),
        on_user_or_caller<get_login_profile>("iam:GetLoginProfile", reads),
        on<UserKind, update_login_profile>("iam:UpdateLoginProfile", writes),
        on_user_or_caller<delete_login_profile>("iam:DeleteLoginProfile", writes),
        operation<change_password, change_password_target, calling_user>("iam:ChangePassword", writes),
    };
    return rows;
}

}  // namespace iamlocal::iam
