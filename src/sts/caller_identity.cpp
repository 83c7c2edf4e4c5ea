// Who is calling, and whose key is this: GetCallerIdentity and GetAccessKeyInfo.
#include "aws/ids.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/shapes.hpp"
#include "store/access_keys.hpp"
#include "sts/operations.hpp"

namespace iamlocal::sts {
namespace {

using service::Context;
using service::NoInput;
using service::Target;
using wire::AnswerWriter;
using wire::Fields;

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
Target caller_identity_target(Context&, const NoInput&) { return service::needs_no_permission(); }

CallerIdentity get_caller_identity(Context& ctx, const NoInput&) {
    return {ctx.caller.principal.arn, ctx.caller.user_id, ctx.caller.account.view()};
}

struct GetAccessKeyInfoInput {
    std::string access_key_id;
    void describe(Fields& f) { f.required("AccessKeyId", access_key_id, shape::sts::access_key_id); }
};

struct AccessKeyInfo {
    AccountId account;
};

void write(AnswerWriter& out, const AccessKeyInfo& info) { out.text("Account", info.account.view()); }

/// The action knows no resources.
Target access_key_info_target(Context&, const GetAccessKeyInfoInput&) { return {}; }

/// The id alone says which account it belongs to, whether the key exists or not.
AccessKeyInfo get_access_key_info(Context& ctx, const GetAccessKeyInfoInput& in) {
    if (const auto key = store::access_keys::find_public(ctx.tx, AccessKeyId(in.access_key_id))) return {key->account};
    if (auto account = ids::account_of(in.access_key_id)) return {*std::move(account)};
    throw wire::validation_error("Invalid AccessKeyId.");
}

using service::operation;
using service::reads;

constexpr service::Operation rows[] = {
    operation<get_caller_identity, caller_identity_target>("sts:GetCallerIdentity", reads),
    operation<get_access_key_info, access_key_info_target>("sts:GetAccessKeyInfo", reads),
};

}  // namespace

std::span<const service::Operation> caller_identity_operations() { return rows; }

}  // namespace iamlocal::sts
