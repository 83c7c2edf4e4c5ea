// The account's password policy: there is one at most, and an update replaces all of it.
#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/own_password.hpp"
#include "iam/shapes.hpp"
#include "store/password_policies.hpp"

namespace iamlocal::iam {
namespace {

using access::Target;
using api::Context;
using protocol::AnswerWriter;
using protocol::Fields;
using store::PasswordPolicy;

constexpr protocol::NumberRule minimum_length{.min = 6, .max = 128};
constexpr protocol::NumberRule max_age{.min = 1, .max = 1095};
constexpr protocol::NumberRule reuse_prevention{.min = 1, .max = 24};

// UpdateAccountPasswordPolicy

struct UpdateAccountPasswordPolicyInput {
    std::optional<std::int64_t> minimum_password_length;
    std::optional<bool> require_symbols;
    std::optional<bool> require_numbers;
    std::optional<bool> require_uppercase_characters;
    std::optional<bool> require_lowercase_characters;
    std::optional<bool> allow_users_to_change_password;
    std::optional<std::int64_t> password_reuse_prevention;
    std::optional<std::int64_t> max_password_age;
    std::optional<bool> hard_expiry;
    /// In the order of AWS's messages, not of the model.
    void describe(Fields& f) {
        f.optional("MinimumPasswordLength", minimum_password_length, minimum_length);
        f.optional("RequireSymbols", require_symbols);
        f.optional("RequireNumbers", require_numbers);
        f.optional("RequireUppercaseCharacters", require_uppercase_characters);
        f.optional("RequireLowercaseCharacters", require_lowercase_characters);
        f.optional("AllowUsersToChangePassword", allow_users_to_change_password);
        f.optional("PasswordReusePrevention", password_reuse_prevention, reuse_prevention);
        f.optional("MaxPasswordAge", max_password_age, max_age);
        f.optional("HardExpiry", hard_expiry);
    }
};

void update_account_password_policy(Context& ctx, const UpdateAccountPasswordPolicyInput& in) {
    const PasswordPolicy usual;
    store::password_policies::set(ctx.tx, ctx.account(),
                                  {.minimum_length = in.minimum_password_length.value_or(usual.minimum_length),
                                   .require_symbols = in.require_symbols.value_or(false),
                                   .require_numbers = in.require_numbers.value_or(false),
                                   .require_uppercase = in.require_uppercase_characters.value_or(false),
                                   .require_lowercase = in.require_lowercase_characters.value_or(false),
                                   .users_may_change = in.allow_users_to_change_password.value_or(false),
                                   .max_age = in.max_password_age,
                                   .reuse_prevention = in.password_reuse_prevention,
                                   .hard_expiry = in.hard_expiry});
}

// GetAccountPasswordPolicy

struct GetAccountPasswordPolicyOutput {
    PasswordPolicy policy;
};

void write(AnswerWriter& out, const GetAccountPasswordPolicyOutput& output) {
    const PasswordPolicy& policy = output.policy;
    out.begin("PasswordPolicy");
    out.number("MinimumPasswordLength", policy.minimum_length);
    out.boolean("RequireSymbols", policy.require_symbols);
    out.boolean("RequireNumbers", policy.require_numbers);
    out.boolean("RequireUppercaseCharacters", policy.require_uppercase);
    out.boolean("RequireLowercaseCharacters", policy.require_lowercase);
    out.boolean("AllowUsersToChangePassword", policy.users_may_change);
    out.boolean("ExpirePasswords", policy.max_age.has_value());
    if (policy.max_age) out.number("MaxPasswordAge", *policy.max_age);
    if (policy.reuse_prevention) out.number("PasswordReusePrevention", *policy.reuse_prevention);
    if (policy.hard_expiry) out.boolean("HardExpiry", *policy.hard_expiry);
    out.end("PasswordPolicy");
}

Target get_policy_target(Context& ctx, const api::NoInput&) {
    Target target;
    allow_by_password_policy(ctx, target);
    return target;
}

GetAccountPasswordPolicyOutput get_account_password_policy(Context& ctx, const api::NoInput&) {
    const std::optional<PasswordPolicy> policy = store::password_policies::find(ctx.tx, ctx.account());
    if (!policy)
        throw ApiError(error_type::no_such_entity,
                       fmt::format("The Password Policy with domain name {} cannot be found.", ctx.account().view()));
    return {*policy};
}

// DeleteAccountPasswordPolicy

void delete_account_password_policy(Context& ctx, const api::NoInput&) {
    if (!store::password_policies::remove(ctx.tx, ctx.account()))
        throw no_such_entity("account policy", "PasswordPolicy");
}

using api::operation;
using api::reads;
using api::writes;

}  // namespace

std::span<const api::Operation> password_policy_operations() {
    static constexpr api::Operation rows[] = {
        operation<update_account_password_policy, api::no_resource<UpdateAccountPasswordPolicyInput>>(
            "iam:UpdateAccountPasswordPolicy", writes),
        operation<get_account_password_policy, get_policy_target>("iam:GetAccountPasswordPolicy", reads),
        operation<delete_account_password_policy, api::no_resource<api::NoInput>>("iam:DeleteAccountPasswordPolicy",
                                                                                  writes),
    };
    return rows;
}

}  // namespace iamlocal::iam
