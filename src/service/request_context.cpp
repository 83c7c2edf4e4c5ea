#include "service/request_context.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"

namespace iamlocal::service {
namespace {

using policy::Values;

Values single(std::string_view text) { return Values::single(std::string(text)); }
Values boolean(bool value) { return single(value ? "true" : "false"); }

std::optional<Values> find_tag(std::span<const store::Tag> tags, std::string_view key) {
    const auto found =
        std::find_if(tags.begin(), tags.end(), [&](const auto& tag) { return equals_ignoring_case(tag.key, key); });
    if (found == tags.end()) return std::nullopt;
    return single(found->value);
}

std::string_view principal_type(const Identity& caller) {
    switch (caller.principal.kind) {
        case policy::PrincipalKind::root:
            return "Account";
        case policy::PrincipalKind::role_session:
            return "AssumedRole";
        case policy::PrincipalKind::federated_user:
            return "FederatedUser";
        case policy::PrincipalKind::anonymous:
            return "Anonymous";
        default:
            return "User";
    }
}

/// `prefix` cut off `text`, or nothing.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    return text.substr(prefix.size());
}

/// Who owns what the request acts on, as far as its tags are concerned.
const AccountId& tags_owner(const service::Context& ctx, const Target& target) {
    return target.trust ? target.trust->account : ctx.caller.account;
}

}  // namespace

const std::vector<store::Tag>& ResourceTags::all() const {
    if (!tags_) tags_ = id_.empty() ? std::vector<store::Tag>() : store::tags::all(*tx_, *owner_, id_);
    return *tags_;
}

RequestFacts RequestFacts::of(const service::Context& ctx, const Target& target) {
    return {.caller = ctx.caller,
            .organization = ctx.organization,
            .time = ctx.second(),
            .region = ctx.region,
            .peer = ctx.request.peer,
            .secure = ctx.request.secure,
            .headers = ctx.request.headers,
            .target = target.resource,
            .trust_account = target.trust ? &target.trust->account : nullptr,
            .request_tags = target.request_tags,
            .tag_keys = target.tag_keys};
}

RequestContext::RequestContext(const service::Context& ctx, std::string_view action, const Target& target)
    : RequestContext(RequestFacts::of(ctx, target), {action, target.keys, target.iam_tags, true},
                     ResourceTags(ctx.tx, tags_owner(ctx, target), target.tagged_id)) {}

RequestContext::RequestContext(const service::Context& ctx, const Permission& permission, const Target& target)
    : RequestContext(RequestFacts::of(ctx, target),
                     {permission.action, permission.keys, permission.iam_tags, permission.sees_request_tags},
                     ResourceTags(ctx.tx, tags_owner(ctx, target), permission.tagged_id)) {}

std::optional<Values> RequestContext::find(std::string_view key) const {
    for (const auto& [name, values] : permission_.keys)
        if (name == key) return values;
    if (const auto tag = after(key, "iam:resourcetag/"))
        return permission_.iam_tags ? find_tag(tags_.all(), *tag) : std::nullopt;
    const auto name = after(key, "aws:");
    if (!name) return std::nullopt;
    if (const auto tag = after(*name, "principaltag/")) return find_tag(request_.caller.tags, *tag);
    if (const auto tag = after(*name, "requesttag/"))
        return permission_.sees_request_tags ? find_tag(request_.request_tags, *tag) : std::nullopt;
    if (const auto tag = after(*name, "resourcetag/")) return find_tag(tags_.all(), *tag);
    if (auto values = principal_key(*name)) return values;
    if (auto values = session_key(*name)) return values;
    if (auto values = organization_key(*name)) return values;
    return request_key(*name);
}

std::optional<Values> RequestContext::principal_key(std::string_view name) const {
    const Identity& caller = request_.caller;
    if (name == "principalarn") return single(caller.arn);
    if (name == "principalaccount") return single(caller.account.view());
    if (name == "principaltype") return single(principal_type(caller));
    if (name == "userid") return single(caller.user_id);
    if (name == "username" && !caller.user_name.empty()) return single(caller.user_name);
    if (name == "principalisawsservice" || name == "viaawsservice") return boolean(false);
    return std::nullopt;
}

std::optional<Values> RequestContext::session_key(std::string_view name) const {
    if (!request_.caller.session) return std::nullopt;
    const auth::SessionClaims& session = *request_.caller.session;
    if (name == "tokenissuetime") return single(format_iso8601(session.issued));
    // Present, and false, for temporary credentials alone: "Bool": "false" must not match long-term keys.
    if (name == "multifactorauthpresent") return boolean(false);
    if (name == "sourceidentity" && !session.source_identity.empty()) return single(session.source_identity);
    return std::nullopt;
}

std::optional<Values> RequestContext::request_key(std::string_view name) const {
    if (name == "sourceip") return single(request_.peer);
    if (name == "securetransport") return boolean(request_.secure);
    if (name == "currenttime") return single(format_iso8601(request_.time));
    if (name == "epochtime") return single(fmt::format("{}", request_.time.time_since_epoch().count()));
    // IAM is one service for all Regions and counts as us-east-1.
    if (name == "requestedregion")
        return single(permission_.action.starts_with("iam:") ? "us-east-1" : request_.region);
    if (name == "useragent") return header("user-agent");
    if (name == "referer") return header("referer");
    if (name == "tagkeys") return tag_keys();
    if (name == "resourceaccount") return single(owner());
    return std::nullopt;
}

std::optional<Values> RequestContext::organization_key(std::string_view name) const {
    if (request_.organization == nullptr) return std::nullopt;
    const bool of_principal = name == "principalorgid" || name == "principalorgpaths";
    if (!of_principal && name != "resourceorgid" && name != "resourceorgpaths") return std::nullopt;
    const AccountId account = of_principal ? request_.caller.account : AccountId(owner());
    const Organization::Member* const member = request_.organization->find(account);
    if (member == nullptr) return std::nullopt;
    if (name.ends_with("id")) return single(request_.organization->id());
    return Values::list({member->path});
}

std::optional<Values> RequestContext::header(std::string_view name) const {
    const std::string_view value = wire::find_header(request_.headers, name);
    if (value.empty()) return std::nullopt;
    return single(value);
}

std::string_view RequestContext::owner() const {
    if (request_.trust_account != nullptr) return request_.trust_account->view();
    // AWS's managed policies belong to no customer.
    const std::optional<Arn> arn = Arn::parse(request_.target);
    return arn && arn->account == "aws" ? arn->account : request_.caller.account.view();
}

std::optional<Values> RequestContext::tag_keys() const {
    if (!permission_.sees_request_tags) return std::nullopt;
    std::vector<std::string> keys(request_.tag_keys.begin(), request_.tag_keys.end());
    for (const store::Tag& tag : request_.request_tags) keys.push_back(tag.key);
    if (keys.empty()) return std::nullopt;
    return Values::list(std::move(keys));
}

}  // namespace iamlocal::service
