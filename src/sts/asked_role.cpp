#include "sts/asked_role.hpp"

#include <utility>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/error.hpp"
#include "aws/ids.hpp"

namespace iamlocal::sts {
namespace {

using access::RequestKeys;
using access::Target;
using api::Context;
using policy::Values;

Arn parse_role_arn(std::string_view text) {
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn) throw validation_error(fmt::format("{} is invalid", text));
    return *arn;
}

/// The account that is asked for the role; the caller's where the ARN has none.
AccountId asked_account(const Context& ctx, std::string_view role_arn) {
    const Arn arn = parse_role_arn(role_arn);
    return ids::is_account_id(arn.account) ? AccountId(arn.account) : ctx.account();
}

access::ResourcePolicy trust_policy(Context& ctx, std::string_view role_arn, const std::optional<store::Role>& role) {
    access::ResourcePolicy trust{nullptr, asked_account(ctx, role_arn), policy::ResourcePolicyPart::trust};
    if (!role) return trust;
    trust.document = ctx.policies.get(role->trust_policy, policy::DocumentKind::trust);
    if (!trust.document->compiled())
        ctx.env.unreadable.note(
            {role->account, std::string(role_arn), "trust policy", policy::DocumentKind::trust, role->trust_policy});
    return trust;
}

void append(RequestKeys& keys, const RequestKeys& more) { keys.insert(keys.end(), more.begin(), more.end()); }

}  // namespace

void require_role_arn(std::string_view text) { parse_role_arn(text); }

std::optional<store::Role> find_role(Context& ctx, std::string_view role_arn) {
    const Arn arn = parse_role_arn(role_arn);
    if (!ids::is_account_id(arn.account)) return std::nullopt;
    const AccountId account(arn.account);
    const std::string_view name = arn.resource.substr(arn.resource.rfind('/') + 1);
    std::optional<store::Role> role = store::roles::find(ctx.tx, account, name);
    if (!role || arn::iam(account, "role", role->path, role->name) != role_arn) return std::nullopt;
    return role;
}

Target role_target(Context& ctx, const AskedRole& asked, const std::optional<store::Role>& role) {
    Target target;
    target.resource = asked.arn;
    target.hide_reason = true;
    target.request_tags = asked.tags;
    target.resource_policy = trust_policy(ctx, asked.arn, role);
    if (role) target.tags = {.id = role->id, .as_iam_keys = true};
    target.keys.push_back({"sts:rolesessionname", Values::single(std::string(asked.session_name))});
    append(target.keys, asked.keys);
    append(target.keys, asked.common);
    RequestKeys transitive;
    if (!asked.transitive_tag_keys.empty())
        transitive.push_back({"sts:transitivetagkeys", Values::list(asked.transitive_tag_keys)});
    append(target.keys, transitive);
    append(transitive, asked.common);
    if (!asked.source_identity.empty()) {
        RequestKeys keys = {{"sts:sourceidentity", Values::single(std::string(asked.source_identity))}};
        append(target.keys, keys);
        append(keys, asked.common);
        target.dependent_permissions.push_back({.action = "sts:SetSourceIdentity",
                                                .resource = target.resource,
                                                .keys = std::move(keys),
                                                .tags = target.tags,
                                                .sees_request_tags = false});
    }
    if (!asked.tags.empty() || asked.inherits_tags)
        target.dependent_permissions.push_back({.action = "sts:TagSession",
                                                .resource = target.resource,
                                                .keys = std::move(transitive),
                                                .tags = target.tags});
    return target;
}

}  // namespace iamlocal::sts
