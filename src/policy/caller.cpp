#include "policy/caller.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "aws/service_principals.hpp"
#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

/// Identity providers that trust policies name by host ("AWS JSON policy elements: Principal").
constexpr std::array<std::string_view, 4> provider_hosts{"accounts.google.com", "cognito-identity.amazonaws.com",
                                                         "graph.facebook.com", "www.amazon.com"};

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

std::string_view type_of(PrincipalKind kind) {
    switch (kind) {
        case PrincipalKind::anonymous:
            return "Anonymous";
        case PrincipalKind::root:
            return "Account";
        case PrincipalKind::role_session:
            return "AssumedRole";
        case PrincipalKind::federated_user:
            return "FederatedUser";
        case PrincipalKind::user:
        case PrincipalKind::user_session:
        case PrincipalKind::web_identity:
        case PrincipalKind::saml:
            return "User";
        case PrincipalKind::service:
            break;
    }
    return {};
}

/// Of who is not yet somebody: the account of his provider.
std::string_view account_of(const Principal& principal) {
    if (principal.kind == PrincipalKind::anonymous) return "anonymous";
    if (!is_federating(principal)) return principal.account;
    const std::optional<Arn> provider = Arn::parse(principal.provider);
    return provider ? provider->account : std::string_view{};
}

/// `aws:userid`, as far as the principal tells it: of a session `AROA…:session`, of a federated user `account:name`.
std::string user_id_of(const Principal& principal) {
    const auto named = [&](std::string_view id) {
        const std::size_t slash = principal.arn.rfind('/');
        if (id.empty() || slash == std::string::npos) return std::string();
        return std::string(id).append(":").append(std::string_view(principal.arn).substr(slash + 1));
    };
    switch (principal.kind) {
        case PrincipalKind::role_session:
            return named(principal.unique_id);
        case PrincipalKind::federated_user:
            return named(principal.account);
        case PrincipalKind::root:
            return principal.account;
        case PrincipalKind::user:
        case PrincipalKind::user_session:
            return principal.unique_id;
        case PrincipalKind::web_identity:
        case PrincipalKind::saml:
            return principal.provider;
        case PrincipalKind::anonymous:
        case PrincipalKind::service:
            break;
    }
    return {};
}

/// The names as policies are used to spell them, in the order in which they are listed.
constexpr std::array<std::string_view, 7> key_names{
    "aws:PrincipalArn",         "aws:PrincipalAccount", "aws:PrincipalType", "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName", "aws:userid",           "aws:username"};

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
        // Policies name services in lower case, and are compared with them exactly.
        if (!aws::is_service_principal(text) || fold_case(text) != text) return std::nullopt;
        principal.kind = PrincipalKind::service;
        return principal;
    }
    if (!arn->region.empty() || !ids::is_account_id(arn->account)) return std::nullopt;
    principal.account = arn->account;
    if (arn->service == "iam") return parse_iam(*arn, std::move(principal));
    if (arn->service == "sts") return parse_sts(*arn, std::move(principal));
    return std::nullopt;
}

std::optional<std::string> principal_key(const Principal& principal, std::string_view key) {
    constexpr std::string_view prefix = "aws:";
    if (!key.starts_with(prefix)) return std::nullopt;
    const std::string_view name = key.substr(prefix.size());
    const auto if_any = [](std::string_view text) {
        return text.empty() ? std::nullopt : std::optional<std::string>(text);
    };
    const bool service = principal.kind == PrincipalKind::service;
    if (name == "principalarn") {
        const bool has_role = principal.kind == PrincipalKind::role_session && !principal.role_arn.empty();
        if (principal.account.empty()) return std::nullopt;
        return has_role ? principal.role_arn : principal.arn;
    }
    if (name == "principalaccount") return if_any(account_of(principal));
    if (name == "principaltype") return if_any(type_of(principal.kind));
    if (name == "principalisawsservice") {
        if (principal.kind == PrincipalKind::anonymous) return std::nullopt;
        return service ? "true" : "false";
    }
    if (name == "principalservicename") return service ? if_any(principal.arn) : std::nullopt;
    if (name == "userid") return if_any(user_id_of(principal));
    if (name == "username") {
        const std::string& user = principal.kind == PrincipalKind::user_session && !principal.user_arn.empty()
                                      ? principal.user_arn
                                      : principal.arn;
        const bool is_user = principal.kind == PrincipalKind::user || principal.kind == PrincipalKind::user_session;
        const std::size_t slash = user.rfind('/');
        if (is_user && slash != std::string::npos) return user.substr(slash + 1);
    }
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> caller_keys(const Principal& caller) {
    std::vector<std::pair<std::string, std::string>> keys;
    for (const std::string_view name : key_names) {
        if (auto value = principal_key(caller, fold_case(name))) keys.emplace_back(name, *std::move(value));
    }
    return keys;
}

}  // namespace iamlocal::policy
