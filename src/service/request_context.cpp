#include "service/request_context.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/arn.hpp"
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

std::optional<Values> header(const wire::Request& request, std::string_view name) {
    const std::string_view value = request.header(name);
    if (value.empty()) return std::nullopt;
    return single(value);
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

}  // namespace

std::optional<Values> RequestContext::find(std::string_view key) const {
    for (const auto& [name, values] : *keys_)
        if (name == key) return values;
    if (const auto tag = after(key, "iam:resourcetag/")) return resource_tag(*tag, true);
    const auto name = after(key, "aws:");
    if (!name) return std::nullopt;
    if (const auto tag = after(*name, "principaltag/")) return find_tag(ctx_.caller.tags, *tag);
    if (const auto tag = after(*name, "requesttag/"))
        return sees_request_tags_ ? find_tag(target_.request_tags, *tag) : std::nullopt;
    if (const auto tag = after(*name, "resourcetag/")) return resource_tag(*tag, false);
    if (auto values = principal_key(*name)) return values;
    if (auto values = session_key(*name)) return values;
    if (auto values = organization_key(*name)) return values;
    return request_key(*name);
}

std::optional<Values> RequestContext::principal_key(std::string_view name) const {
    const Identity& caller = ctx_.caller;
    if (name == "principalarn") return single(caller.arn);
    if (name == "principalaccount") return single(caller.account.view());
    if (name == "principaltype") return single(principal_type(caller));
    if (name == "userid") return single(caller.user_id);
    if (name == "username" && !caller.user_name.empty()) return single(caller.user_name);
    if (name == "principalisawsservice" || name == "viaawsservice") return boolean(false);
    return std::nullopt;
}

std::optional<Values> RequestContext::session_key(std::string_view name) const {
    if (!ctx_.caller.session) return std::nullopt;
    const auth::SessionClaims& session = *ctx_.caller.session;
    if (name == "tokenissuetime") return single(format_iso8601(session.issued));
    // Present, and false, for temporary credentials alone: "Bool": "false" must not match long-term keys.
    if (name == "multifactorauthpresent") return boolean(false);
    if (name == "sourceidentity" && !session.source_identity.empty()) return single(session.source_identity);
    return std::nullopt;
}

std::optional<Values> RequestContext::request_key(std::string_view name) const {
    if (name == "sourceip") return single(ctx_.request.peer);
    if (name == "securetransport") return boolean(ctx_.request.secure);
    if (name == "currenttime") return single(format_iso8601(ctx_.second()));
    if (name == "epochtime") return single(fmt::format("{}", ctx_.second().time_since_epoch().count()));
    // IAM is one service for all Regions and counts as us-east-1.
    if (name == "requestedregion") return single(action_.starts_with("iam:") ? "us-east-1" : ctx_.region);
    if (name == "useragent") return header(ctx_.request, "user-agent");
    if (name == "referer") return header(ctx_.request, "referer");
    if (name == "tagkeys") return tag_keys();
    if (name == "resourceaccount") return single(owner());
    return std::nullopt;
}

std::optional<Values> RequestContext::organization_key(std::string_view name) const {
    if (ctx_.organization == nullptr) return std::nullopt;
    const bool of_principal = name == "principalorgid" || name == "principalorgpaths";
    if (!of_principal && name != "resourceorgid" && name != "resourceorgpaths") return std::nullopt;
    const AccountId account = of_principal ? ctx_.caller.account : AccountId(owner());
    const Organization::Member* const member = ctx_.organization->find(account);
    if (member == nullptr) return std::nullopt;
    if (name.ends_with("id")) return single(ctx_.organization->id());
    return Values::list({member->path});
}

std::string_view RequestContext::owner() const {
    if (target_.trust) return target_.trust->account.view();
    // AWS's managed policies belong to no customer.
    const std::optional<Arn> arn = Arn::parse(target_.resource);
    return arn && arn->account == "aws" ? arn->account : ctx_.caller.account.view();
}

std::optional<Values> RequestContext::resource_tag(std::string_view key, bool iam_form) const {
    if (tagged_id_.empty() || (iam_form && !iam_tags_)) return std::nullopt;
    const AccountId& owner = target_.trust ? target_.trust->account : ctx_.caller.account;
    return find_tag(store::tags::all(ctx_.tx, owner, tagged_id_), key);
}

std::optional<Values> RequestContext::tag_keys() const {
    if (!sees_request_tags_) return std::nullopt;
    std::vector<std::string> keys(target_.tag_keys.begin(), target_.tag_keys.end());
    for (const store::Tag& tag : target_.request_tags) keys.push_back(tag.key);
    if (keys.empty()) return std::nullopt;
    return Values::list(std::move(keys));
}

}  // namespace iamlocal::service
