// Inline policies of users, groups and roles: put, get, delete and list. The three kinds of holders are faces of the
// same handlers.
#include "store/inline_policies.hpp"

#include <string>

#include <fmt/format.h>

#include "api/operation.hpp"
#include "api/page.hpp"
#include "api/policy_documents.hpp"
#include "base/encoding.hpp"
#include "iam/errors.hpp"
#include "iam/operations.hpp"
#include "iam/policy_holders.hpp"
#include "iam/shapes.hpp"

namespace iamlocal::iam {
namespace {

using api::PageInput;
using protocol::AnswerWriter;
using protocol::Fields;

template <class Holder>
ApiError too_large(const Context& ctx, std::string_view holder_name) {
    return {error_type::limit_exceeded, fmt::format("Maximum policy size of {} bytes exceeded for {} {}",
                                                    quota(ctx, Holder::inline_size), Holder::type, holder_name)};
}

template <class Holder>
ApiError no_such_inline_policy(std::string_view name) {
    return no_such_entity(fmt::format("{} policy", Holder::type), name);
}

/// The input of operations on one policy.
template <class Holder>
struct InlinePolicyInput {
    std::string name;  ///< of the holder
    std::string policy_name;
    void describe(Fields& f) {
        f.required(Holder::member, name, Holder::inline_name);
        f.required("PolicyName", policy_name, shape::policy_name);
    }
};

// Put…Policy

template <class Holder>
struct PutInput {
    std::string name;  ///< of the holder
    std::string policy_name;
    std::string policy_document;
    void describe(Fields& f) {
        f.required(Holder::member, name, Holder::inline_name);
        f.required("PolicyName", policy_name, shape::policy_name);
        f.required("PolicyDocument", policy_document, shape::policy_document);
    }
};

template <class Holder>
void put_inline_policy(Context& ctx, const PutInput<Holder>& in, typename Holder::Entity& holder) {
    const std::int64_t size = api::admit_policy(in.policy_document, policy::DocumentKind::identity);
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
GetOutput<Holder> get_inline_policy(Context& ctx, const InlinePolicyInput<Holder>& in,
                                    typename Holder::Entity& holder) {
    std::optional<std::string> document =
        store::inline_policies::find(ctx.tx, ctx.account(), holder.id, in.policy_name);
    if (!document) throw no_such_inline_policy<Holder>(in.policy_name);
    return {std::move(holder.name), in.policy_name, *std::move(document)};
}

// Delete…Policy

template <class Holder>
void delete_inline_policy(Context& ctx, const InlinePolicyInput<Holder>& in, typename Holder::Entity& holder) {
    const bool was_there = store::inline_policies::remove(ctx.tx, ctx.account(), holder.id, in.policy_name);
    if (!was_there) throw no_such_inline_policy<Holder>(in.policy_name);
}

// List…Policies

template <class Holder>
struct ListInput {
    std::string name;  ///< of the holder
    PageInput page;
    void describe(Fields& f) {
        f.required(Holder::member, name, Holder::inline_name);
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
    api::write_page_end(out, output.page.next);
}

template <class Holder>
ListOutput list_inline_policies(Context& ctx, const ListInput<Holder>& in, typename Holder::Entity& holder) {
    return {store::inline_policies::page(ctx.tx, ctx.account(), holder.id, in.page.request())};
}

using api::reads;
using api::writes;

template <class Holder>
constexpr api::Operation put_row(const char* action) {
    return on<typename Holder::Changed, &put_inline_policy<Holder>, with_holder_boundary>(action, writes);
}
template <class Holder>
constexpr api::Operation get_row(const char* action) {
    return on<Holder, &get_inline_policy<Holder>>(action, reads);
}
template <class Holder>
constexpr api::Operation delete_row(const char* action) {
    return on<typename Holder::Changed, &delete_inline_policy<Holder>, with_holder_boundary>(action, writes);
}
template <class Holder>
constexpr api::Operation list_inline_row(const char* action) {
    return on<Holder, &list_inline_policies<Holder>>(action, reads);
}

}  // namespace

std::span<const api::Operation> inline_policy_operations() {
    static constexpr api::Operation rows[] = {
        put_row<UserHolder>("iam:PutUserPolicy"),
        put_row<GroupHolder>("iam:PutGroupPolicy"),
        put_row<RoleHolder>("iam:PutRolePolicy"),
        get_row<UserHolder>("iam:GetUserPolicy"),
        get_row<GroupHolder>("iam:GetGroupPolicy"),
        get_row<RoleHolder>("iam:GetRolePolicy"),
        delete_row<UserHolder>("iam:DeleteUserPolicy"),
        delete_row<GroupHolder>("iam:DeleteGroupPolicy"),
        delete_row<RoleHolder>("iam:DeleteRolePolicy"),
        list_inline_row<UserHolder>("iam:ListUserPolicies"),
        list_inline_row<GroupHolder>("iam:ListGroupPolicies"),
        list_inline_row<RoleHolder>("iam:ListRolePolicies"),
    };
    return rows;
}

}  // namespace iamlocal::iam
