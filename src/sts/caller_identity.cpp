// Who is calling, and whose key is this: GetCallerIdentity and GetAccessKeyInfo.
#include "api/operation.hpp"
#include "aws/error.hpp"
#include "aws/ids.hpp"
#include "store/access_keys.hpp"
#include "sts/operations.hpp"
#include "sts/shapes.hpp"

namespace iamlocal::sts {
namespace {

using api::Context;
using api::NoInput;
using protocol::AnswerWriter;
using protocol::Fields;

struct CallerIdentity {
    std::string_view arn;
    std::string_view user_id;
    std::string_view account;
};

void write(AnswerWriter& out, const CallerIdentity& caller) {
    out.text("Arn", caller.arn);
    out.text("UserId", caller.user_id);
    out.text("Account", caller.account);
}

/// Answers whoever has valid credentials; not even an explicit deny forbids it.
CallerIdentity get_caller_identity(Context& ctx, const NoInput&) {
    return {ctx.caller.principal.arn, ctx.caller.user_id, ctx.caller.account.view()};
}

struct GetAccessKeyInfoInput {
    std::string access_key_id;
    void describe(Fields& f) { f.required("AccessKeyId", access_key_id, shape::access_key_id); }
};

struct AccessKeyInfo {
    AccountId account;
};

void write(AnswerWriter& out, const AccessKeyInfo& info) { out.text("Account", info.account.view()); }

/// The id alone says which account it belongs to, whether the key exists or not.
AccessKeyInfo get_access_key_info(Context& ctx, const GetAccessKeyInfoInput& in) {
    if (const auto key = store::access_keys::find_public(ctx.tx, AccessKeyId(in.access_key_id))) return {key->account};
    if (auto account = ids::account_of(in.access_key_id)) return {*std::move(account)};
    throw validation_error("Invalid AccessKeyId.");
}

using api::operation;
using api::reads;

}  // namespace

std::span<const api::Operation> caller_identity_operations() {
    static constexpr api::Operation rows[] = {
        operation<get_caller_identity, api::no_permission<NoInput>>("sts:GetCallerIdentity", reads)
            .callable_with(api::any_credentials),
        operation<get_access_key_info, api::no_resource<GetAccessKeyInfoInput>>("sts:GetAccessKeyInfo", reads),
    };
    return rows;
}

}  // namespace iamlocal::sts
