// Inline policies of users, groups and roles: put, get, delete and list. The three kinds of holders are faces of the
// same handlers.
#include "store/inline_policies.hpp"

#include <string>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "iam/operations.hpp"
#include "iam/policy_holders.hpp"
#include "service/errors.hpp"
#include "service/operation.hpp"
#include "service/page.hpp"
#include "service/policy_documents.hpp"
#include "service/shapes.hpp"

namespace iamlocal::iam {
namespace {

using service::ApiError;
using service::ErrorCode;
using service::PageInput;
using wire::AnswerWriter;
using wire::Fields;

template <class Holder>
ApiError too_large(const Context& ctx, std::string_view holder_name) {
    return {ErrorCode::limit_exceeded, fmt::format("Maximum policy size of {} bytes exceeded for {} {}",
                                                   quota(ctx, Holder::inline_size), Holder::kind, holder_name)};
}

template <class Holder>
ApiError no_such_inline_policy(std::string_view name) {
    return service::no_such_entity(fmt::format("{} policy", Holder::kind), name);
}

/// The input of operations on one policy.
template <class Holder>
struct InlinePolicyInput {
    std::string holder;
    std::string policy_name;
    void describe(Fields& f) {
        f.required(Holder::member, holder, Holder::inline_name);
        f.required("PolicyName", policy_name, shape::policy_name);
    }
};

template <class Holder>
Target inline_policy_target(Context& ctx, const InlinePolicyInput<Holder>& in) {
    return Holder::target(ctx, in.holder);
}

// Put…Policy

template <class Holder>
struct PutInput {
    std::string holder;
    std::string policy_name;
    std::string policy_document;
    void describe(Fields& f) {
        f.required(Holder::member, holder, Holder::inline_name);
        f.required("PolicyName", policy_name, shape::policy_name);
        f.required("PolicyDocument", policy_document, shape::policy_document);
    }
};

template <class Holder>
Target put_target(Context& ctx, const PutInput<Holder>& in) {
    return Holder::target_to_change(ctx, in.holder);
}

template <class Holder>
void put_inline_policy(Context& ctx, const PutInput<Holder>& in) {
    const PolicyHolder holder = Holder::get_to_change(ctx, in.holder);
    const std::int64_t size = service::admit_policy(in.policy_document, policy::DocumentKind::identity);
    const std::int64_t others = store::inline_policies::total_size(ctx.tx, ctx.account(), holder.id, in.policy_name);
    if (others + size > quota(ctx, Holder::inline_size)) throw too_large<Holder>(ctx, holder.name);
    store::inline_policies::put(ctx.tx, ctx.account(), holder.id, in.policy_name, {in.policy_document, size});
}

// Get…Policy

template <class Holder>
struct GetOutput {
    std::string holder;
    std::string policy_name;
    std::string document;
};

template <class Holder>
void write(AnswerWriter& out, const GetOutput<Holder>& output) {
    out.text(Holder::member, output.holder);
    out.text("PolicyName", output.policy_name);
    out.text("PolicyDocument", percent_encode(output.document));
}

template <class Holder>
GetOutput<Holder> get_inline_policy(Context& ctx, const InlinePolicyInput<Holder>& in) {
    PolicyHolder holder = Holder::get(ctx, in.holder);
    std::optional<std::string> document =
        store::inline_policies::find(ctx.tx, ctx.account(), holder.id, in.policy_name);
    if (!document) throw no_such_inline_policy<Holder>(in.policy_name);
    return {std::move(holder.name), in.policy_name, *std::move(document)};
}

// Delete…Policy

template <class Holder>
Target delete_target(Context& ctx, const InlinePolicyInput<Holder>& in) {
    return Holder::target_to_change(ctx, in.holder);
}

template <class Holder>
void delete_inline_policy(Context& ctx, const InlinePolicyInput<Holder>& in) {
    const PolicyHolder holder = Holder::get_to_change(ctx, in.holder);
    const bool was_there = store::inline_policies::remove(ctx.tx, ctx.account(), holder.id, in.policy_name);
    if (!was_there) throw no_such_inline_policy<Holder>(in.policy_name);
}

// List…Policies

template <class Holder>
struct ListInput {
    std::string holder;
    PageInput page;
    void describe(Fields& f) {
        f.required(Holder::member, holder, Holder::inline_name);
        page.describe(f);
    }
};

struct ListOutput {
    store::Page<std::string> page;
};

void write(AnswerWriter& out, const ListOutput& output) {
    out.begin_list("PolicyNames");
    for (const std::string& name : output.page.items) out.member(name);
    out.end_list("PolicyNames");
    service::write_page_end(out, output.page.next);
}

template <class Holder>
Target list_inline_target(Context& ctx, const ListInput<Holder>& in) {
    return Holder::target(ctx, in.holder);
}

template <class Holder>
ListOutput list_inline_policies(Context& ctx, const ListInput<Holder>& in) {
    const PolicyHolder holder = Holder::get(ctx, in.holder);
    std::string after;
    return {store::inline_policies::page(ctx.tx, ctx.account(), holder.id, in.page.request(after))};
}

using service::operation;
using service::reads;
using service::writes;

constexpr service::Operation rows[] = {
    operation<put_inline_policy<UserHolder>, put_target<UserHolder>>("iam:PutUserPolicy", writes),
    operation<put_inline_policy<GroupHolder>, put_target<GroupHolder>>("iam:PutGroupPolicy", writes),
    operation<put_inline_policy<RoleHolder>, put_target<RoleHolder>>("iam:PutRolePolicy", writes),
    operation<get_inline_policy<UserHolder>, inline_policy_target<UserHolder>>("iam:GetUserPolicy", reads),
    operation<get_inline_policy<GroupHolder>, inline_policy_target<GroupHolder>>("iam:GetGroupPolicy", reads),
    operation<get_inline_policy<RoleHolder>, inline_policy_target<RoleHolder>>("iam:GetRolePolicy", reads),
    operation<delete_inline_policy<UserHolder>, delete_target<UserHolder>>("iam:DeleteUserPolicy", writes),
    operation<delete_inline_policy<GroupHolder>, delete_target<GroupHolder>>("iam:DeleteGroupPolicy", writes),
    operation<delete_inline_policy<RoleHolder>, delete_target<RoleHolder>>("iam:DeleteRolePolicy", writes),
    operation<list_inline_policies<UserHolder>, list_inline_target<UserHolder>>("iam:ListUserPolicies", reads),
    operation<list_inline_policies<GroupHolder>, list_inline_target<GroupHolder>>("iam:ListGroupPolicies", reads),
    operation<list_inline_policies<RoleHolder>, list_inline_target<RoleHolder>>("iam:ListRolePolicies", reads),
};

}  // namespace

std::span<const service::Operation> inline_policy_operations() { return rows; }

}  // namespace iamlocal::iam
