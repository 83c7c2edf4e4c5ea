#include "access/condition_keys.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/regions.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"
#include "policy/caller.hpp"

namespace iamlocal::access {
namespace {

using policy::Values;

Values single(std::string_view text) { return Values::single(std::string(text)); }
Values boolean(bool value) { return single(value ? "true" : "false"); }

std::optional<Values> present(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return single(text);
}

/// Of a key that a request gives twice the last value counts, as with AWS; that it is refused comes later.
std::optional<Values> find_tag(std::span<const store::Tag> tags, std::string_view key) {
    const auto found =
        std::find_if(tags.rbegin(), tags.rend(), [&](const auto& tag) { return equals_ignoring_case(tag.key, key); });
    if (found == tags.rend()) return std::nullopt;
    return single(found->value);
}

/// `prefix` cut off `text`, or nothing.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return std::nullopt;
    return text.substr(prefix.size());
}

}  // namespace

bool is_global_sts(std::string_view host) {
    return equals_ignoring_case(host.substr(0, host.find(':')), "sts.amazonaws.com");
}

std::string_view region_of_sts(std::string_view host) {
    const auto rest = after(host, "sts.");
    const std::string_view region = rest ? rest->substr(0, rest->find('.')) : std::string_view();
    return aws::is_region_name(region) ? region : "us-east-1";
}

std::optional<Values> PrincipalKeys::find(std::string_view key) const {
    const auto name = after(key, "aws:");
    if (!name) return std::nullopt;
    if (const auto tag = after(*name, "principaltag/")) return find_tag(caller_.tags, *tag);
    if (*name == "viaawsservice") return boolean(false);
    std::optional<std::string> value = policy::principal_key(caller_.principal, key);
    if (!value) return std::nullopt;
    return Values::single(*std::move(value));
}

std::optional<Values> SessionKeys::find(std::string_view key) const {
    if (session_ == nullptr) return std::nullopt;
    if (key == "aws:tokenissuetime") return single(format_iso8601(session_->issued));
    // Present, and false, for temporary credentials alone: "Bool": "false" must not match long-term keys.
    if (key == "aws:multifactorauthpresent") return boolean(session_->mfa.has_value());
    if (key == "aws:multifactorauthage") {
        if (!session_->mfa) return std::nullopt;
        return single(fmt::format("{}", (facts_.time - *session_->mfa).count()));
    }
    if (key == "aws:sourceidentity") return present(session_->source_identity);
    if (key == "aws:assumedroot" && session_->kind == auth::SessionKind::root_task) return boolean(true);
    for (const auto& [name, value] : session_->context)
        if (name == key) return single(value);
    return std::nullopt;
}

std::optional<Values> FederationKeys::find(std::string_view key) const {
    if (!caller_.federation) return std::nullopt;
    const auth::Federation& federation = *caller_.federation;
    // Whoever is on his way to a session has no provider of a session yet.
    if (key == "aws:federatedprovider") return caller_.is_role_session() ? present(federation.provider) : std::nullopt;
    const auto rest = after(key, federation.key_prefix);
    if (!rest || !rest->starts_with(':')) return std::nullopt;
    for (const auth::Federation::Key& known : federation.keys) {
        if (known.name != rest->substr(1)) continue;
        return known.is_list ? Values::list(known.values) : single(known.values.front());
    }
    return std::nullopt;
}

std::optional<Values> NetworkKeys::find(std::string_view key) const {
    const auto name = after(key, "aws:");
    if (!name) return std::nullopt;
    if (*name == "sourceip") return single(facts_.peer);
    if (*name == "securetransport") return boolean(facts_.secure);
    if (*name == "currenttime") return single(format_iso8601(facts_.time));
    if (*name == "epochtime") return single(fmt::format("{}", facts_.time.time_since_epoch().count()));
    if (*name == "requestedregion") return single(facts_.region);
    if (*name == "useragent") return present(facts_.user_agent);
    if (*name == "referer") return present(facts_.referer);
    return std::nullopt;
}

std::optional<Values> OrganizationKeys::find(std::string_view key) const {
    if (key == "aws:resourceaccount") return single(owner_);
    if (organization_ == nullptr) return std::nullopt;
    const bool of_principal = key.starts_with("aws:principalorg");
    if (!of_principal && !key.starts_with("aws:resourceorg")) return std::nullopt;
    const Organization::Member* const member = organization_->find(of_principal ? caller_ : AccountId(owner_));
    if (member == nullptr) return std::nullopt;
    if (key.ends_with("orgid")) return single(organization_->id());
    if (key.ends_with("orgpaths")) return Values::list({member->path});
    const std::optional<AccountId>& management = organization_->management_account();
    if (key != "aws:principalorgmasteraccountid" || !management) return std::nullopt;
    return single(management->view());
}

std::optional<Values> TagKeys::find(std::string_view key) const {
    if (const auto tag = after(key, "aws:resourcetag/")) return find_tag(of_resource_.tags, *tag);
    if (const auto tag = after(key, "iam:resourcetag/"))
        return of_resource_.as_iam_keys ? find_tag(of_resource_.tags, *tag) : std::nullopt;
    if (const auto tag = after(key, "aws:requesttag/")) return find_tag(sent_.tags, *tag);
    if (key != "aws:tagkeys") return std::nullopt;
    std::vector<std::string> keys(sent_.keys.begin(), sent_.keys.end());
    for (const store::Tag& tag : sent_.tags) keys.push_back(tag.key);
    if (keys.empty()) return std::nullopt;
    return Values::list(std::move(keys));
}

std::optional<Values> ServiceKeys::find(std::string_view key) const {
    for (const auto& [name, values] : keys_)
        if (name == key) return values;
    return std::nullopt;
}

std::optional<Values> PermissionKeys::find(std::string_view key) const {
    const policy::RequestContext* const providers[] = {&service_,    &tags_,         &principal_, &session_,
                                                       &federation_, &organization_, &network_};
    for (const policy::RequestContext* const provider : providers)
        if (std::optional<Values> values = provider->find(key)) return values;
    return std::nullopt;
}

std::string_view owner_of(std::string_view resource, const ResourcePolicy* resource_policy, const Identity& caller) {
    if (resource_policy != nullptr) return resource_policy->owner.view();
    const std::optional<Arn> arn = Arn::parse(resource);
    return arn && arn->account == "aws" ? arn->account : caller.account.view();
}

}  // namespace iamlocal::access
