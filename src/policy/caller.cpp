#include "policy/caller.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/arn.hpp"
#include "base/ids.hpp"

namespace iamlocal::policy {
namespace {

/// Identity providers that trust policies name by host ("AWS JSON policy elements: Principal").
constexpr std::array<std::string_view, 4> provider_hosts{"accounts.google.com", "cognito-identity.amazonaws.com",
                                                         "graph.facebook.com", "www.amazon.com"};

bool is_service(std::string_view text) {
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
    return plain && !text.starts_with('.') &&
           (text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") || text.ends_with(".amazon.com"));
}

/// What stands after `prefix`; nothing when it is not there or nothing follows.
std::optional<std::string_view> after(std::string_view text, std::string_view prefix) {
    if (!text.starts_with(prefix) || text.size() == prefix.size()) return std::nullopt;
    return text.substr(prefix.size());
}

std::string iam_arn(const Arn& arn, std::string_view resource) {
    return std::string("arn:").append(arn.partition).append(":iam::").append(arn.account).append(":").append(resource);
}

std::optional<Principal> parse_iam(const Arn& arn, Principal principal) {
    if (arn.resource == "root") {
        principal.kind = PrincipalKind::root;
        return principal;
    }
    if (const auto path = after(arn.resource, "user/"); path && !path->ends_with('/')) {
        principal.kind = PrincipalKind::user;
        return principal;
    }
    if (const auto path = after(arn.resource, "role/"); path && !path->ends_with('/')) {
        principal.kind = PrincipalKind::role_session;
        principal.role_arn = std::move(principal.arn);
        const std::string_view name = path->substr(path->rfind('/') + 1);
        principal.arn = std::string("arn:").append(arn.partition).append(":sts::").append(arn.account);
        principal.arn.append(":assumed-role/").append(name).append("/session");
        return principal;
    }
    const bool saml = after(arn.resource, "saml-provider/").has_value();
    if (!saml && !after(arn.resource, "oidc-provider/")) return std::nullopt;
    principal.kind = saml ? PrincipalKind::saml : PrincipalKind::web_identity;
    principal.provider = principal.arn;
    principal.account.clear();
    return principal;
}

std::optional<Principal> parse_sts(const Arn& arn, Principal principal) {
    if (after(arn.resource, "federated-user/")) {
        principal.kind = PrincipalKind::federated_user;
        return principal;
    }
    const auto session = after(arn.resource, "assumed-role/");
    const std::size_t slash = session ? session->find('/') : std::string_view::npos;
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == session->size()) return std::nullopt;
    if (session->find('/', slash + 1) != std::string_view::npos) return std::nullopt;
    principal.kind = PrincipalKind::role_session;
    principal.role_arn = iam_arn(arn, std::string("role/").append(session->substr(0, slash)));
    return principal;
}

std::optional<std::string> type_of(PrincipalKind kind) {
    switch (kind) {
        case PrincipalKind::anonymous:
            return "Anonymous";
        case PrincipalKind::root:
            return "Account";
        case PrincipalKind::user:
        case PrincipalKind::user_session:
            return "User";
        case PrincipalKind::role_session:
            return "AssumedRole";
        case PrincipalKind::federated_user:
            return "FederatedUser";
        case PrincipalKind::service:
        case PrincipalKind::web_identity:
        case PrincipalKind::saml:
            break;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Principal> parse_caller(std::string_view text) {
    Principal principal;
    if (text == "*") return principal;
    principal.arn = text;
    if (ids::is_account_id(text)) {
        principal.kind = PrincipalKind::root;
        principal.account = text;
        principal.arn = arn::root(AccountId(text));
        return principal;
    }
    if (std::find(provider_hosts.begin(), provider_hosts.end(), text) != provider_hosts.end()) {
        principal.kind = PrincipalKind::web_identity;
        principal.provider = text;
        return principal;
    }
    const std::optional<Arn> arn = Arn::parse(text);
    if (!arn) {
        if (!is_service(text)) return std::nullopt;
        principal.kind = PrincipalKind::service;
        return principal;
    }
    if (!arn->region.empty() || !ids::is_account_id(arn->account)) return std::nullopt;
    principal.account = arn->account;
    if (arn->service == "iam") return parse_iam(*arn, std::move(principal));
    if (arn->service == "sts") return parse_sts(*arn, std::move(principal));
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> caller_keys(const Principal& caller) {
    std::vector<std::pair<std::string, std::string>> keys;
    if (!caller.account.empty()) {
        const bool has_role = caller.kind == PrincipalKind::role_session && !caller.role_arn.empty();
        keys.emplace_back("aws:PrincipalArn", has_role ? caller.role_arn : caller.arn);
        keys.emplace_back("aws:PrincipalAccount", caller.account);
    }
    if (auto type = type_of(caller.kind)) keys.emplace_back("aws:PrincipalType", *std::move(type));
    const bool is_service = caller.kind == PrincipalKind::service;
    keys.emplace_back("aws:PrincipalIsAWSService", is_service ? "true" : "false");
    if (is_service) keys.emplace_back("aws:PrincipalServiceName", caller.arn);
    if (caller.kind == PrincipalKind::user || caller.kind == PrincipalKind::user_session) {
        const std::size_t slash = caller.arn.rfind('/');
        if (slash != std::string::npos) keys.emplace_back("aws:username", caller.arn.substr(slash + 1));
    }
    return keys;
}

}  // namespace iamlocal::policy
