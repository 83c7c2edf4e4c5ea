// Checks of what trust policies ask of identity providers and of services that assume roles with more than AssumeRole.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

bool is_trust_allow(const Document& document, const Statement& statement) {
    return document.kind == DocumentKind::trust && statement.allows && statement.principal;
}

bool has_action(const Statement& statement, std::string_view name) {
    return std::any_of(statement.actions.begin(), statement.actions.end(),
                       [&](const Action& action) { return action.covers("sts", name); });
}

/// The name with which a provider's condition keys begin; empty for SAML's and for what is no provider.
std::string provider_name(const Principal& principal) {
    if (principal.type != "Federated") return {};
    const std::string_view text = principal.value->text;
    if (text.find(":saml-provider/") != std::string_view::npos) return {};
    constexpr std::string_view kind = ":oidc-provider/";
    const std::size_t at = text.find(kind);
    return fold_case(at == std::string_view::npos ? text : text.substr(at + kind.size()));
}

/// `oidc.example/id` of `oidc.example/id:sub`.
std::string_view provider_of_key(const Condition& condition) {
    const std::string_view key = condition.folded_key;
    return key.substr(0, key.rfind(':'));
}

bool is_limited_to_values(const Condition& condition) {
    const bool text = condition.is(policy::Family::string) || condition.is(policy::Family::folded_string);
    return text && !condition.op->if_exists && !condition.op->op->negated &&
           condition.op->quantifier != policy::Quantifier::for_all_values;
}

void key_of_other_provider(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust_allow(document, statement)) return;
    std::vector<std::string> providers;
    for (const Principal& principal : statement.principals) {
        std::string name = provider_name(principal);
        if (name.empty()) return;
        providers.push_back(std::move(name));
    }
    if (providers.empty()) return;
    for (const Condition& condition : statement.conditions) {
        const std::string_view of = provider_of_key(condition);
        if (of == "saml" || !is_provider_prefix(of) || !is_limited_to_values(condition)) continue;
        if (std::find(providers.begin(), providers.end(), of) != providers.end()) continue;
        report.add(condition.key_at,
                   fmt::format("Tokens of {} never have the condition key '{}', so nobody can assume the role. Write "
                               "the key of the provider that is the statement's principal.",
                               providers.front(), condition.key));
    }
}

void unsupported_federated_principal(const Document& document, const Statement& statement, Report& report) {
    if (document.kind != DocumentKind::resource) return;
    for (const Principal& principal : statement.principals) {
        if (principal.type != "Federated") continue;
        report.add(*principal.value,
                   fmt::format("The identity provider '{}' is no principal of a resource's policy: those who come from "
                               "it call with the session of a role. Name the role.",
                               principal.value->text));
    }
}

void saml_without_audience(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust_allow(document, statement) || !has_action(statement, "assumerolewithsaml")) return;
    if (statement.find_condition("saml:aud") || statement.find_condition("saml:sub")) return;
    for (const Principal& principal : statement.principals) {
        if (principal.type != "Federated" || principal.value->text.find(":saml-provider/") == std::string_view::npos)
            continue;
        report.add(*principal.value,
                   "Assertions that this provider made for another audience are taken, too. Add a condition on "
                   "SAML:aud, which is https://signin.aws.amazon.com/saml for the console.");
    }
}

/// Providers that sign tokens for everybody: their audience says nothing about whose token it is.
constexpr std::array<std::string_view, 5> shared_providers{"gitlab.com", "app.terraform.io", "agent.buildkite.com",
                                                           "oidc.vercel.com", "oidc.fly.io"};

void shared_provider_without_subject(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust_allow(document, statement) || !has_action(statement, "assumerolewithwebidentity")) return;
    const bool limited =
        std::any_of(statement.conditions.begin(), statement.conditions.end(), [](const Condition& condition) {
            return is_provider_prefix(provider_of_key(condition)) && !condition.folded_key.ends_with(":aud") &&
                   is_limited_to_values(condition);
        });
    if (limited) return;
    for (const Principal& principal : statement.principals) {
        const std::string name = provider_name(principal);
        if (std::find(shared_providers.begin(), shared_providers.end(), name) == shared_providers.end()) continue;
        report.add(*principal.value,
                   fmt::format("Whoever has an account at {} can assume this role: the audience alone limits nobody. "
                               "Add a condition on {}:sub.",
                               name, name));
    }
}

void wide_service_account(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust_allow(document, statement)) return;
    constexpr std::string_view prefix = "system:serviceaccount:";
    for (const Condition& condition : statement.conditions) {
        if (!condition.folded_key.ends_with(":sub") || !is_limited_to_values(condition)) continue;
        if (!condition.op->op->wildcards) continue;
        for (const Value* value : condition.values) {
            if (!value->text.starts_with(prefix) && !value->text.starts_with("system:*")) continue;
            const std::string_view rest =
                value->text.starts_with(prefix) ? value->text.substr(prefix.size()) : std::string_view("*");
            if (!rest.starts_with('*')) continue;
            report.add(*value, fmt::format("'{}' is every service account of every namespace of the cluster. Name the "
                                           "namespace and the service account.",
                                           value->text));
        }
    }
}

/// What a service does beside AssumeRole each time that it assumes a role.
struct ServiceNeed {
    std::string_view service;
    std::string_view action;  ///< in lower case
    std::string_view name;
};
constexpr std::array<ServiceNeed, 3> service_needs{
    {{"pods.eks.amazonaws.com", "tagsession", "sts:TagSession"},
     {"rolesanywhere.amazonaws.com", "tagsession", "sts:TagSession"},
     {"rolesanywhere.amazonaws.com", "setsourceidentity", "sts:SetSourceIdentity"}}};

/// Another statement may allow it.
void missing_action_for_service(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust_allow(document, statement) || !has_action(statement, "assumerole")) return;
    for (const Principal& principal : statement.principals) {
        for (const ServiceNeed& need : service_needs) {
            if (principal.type != "Service" || principal.value->text != need.service) continue;
            const bool there =
                std::any_of(document.statements.begin(), document.statements.end(), [&](const Statement& other) {
                    return other.allows && has_action(other, need.action) &&
                           std::any_of(other.principals.begin(), other.principals.end(),
                                       [&](const Principal& one) { return one.value->text == need.service; });
                });
            if (there) continue;
            report.add(*principal.value, fmt::format("{} cannot assume the role without {}. Add it to the actions.",
                                                     need.service, need.name));
        }
    }
}

constexpr std::string_view principal_page = "reference_policies_elements_principal.html";

}  // namespace

std::span<const Check> provider_checks() {
    static constexpr Check table[] = {
        {"CONDITION_KEY_OF_OTHER_PROVIDER", Severity::error, "A condition key is that of another identity provider.",
         key_of_other_provider, nullptr, "reference_policies_iam-condition-keys.html"},
        {"MISSING_ACTION_FOR_SERVICE_PRINCIPAL", Severity::error, "A service needs more actions to assume a role.",
         missing_action_for_service, nullptr, principal_page},
        {"MISSING_AUDIENCE_CONDITION_KEY", Severity::security_warning,
         "Everyone whom an identity provider knows can assume the role.", saml_without_audience, nullptr,
         "id_roles_providers_create_saml.html"},
        {"MISSING_SUBJECT_CONDITION_KEY", Severity::security_warning,
         "An identity provider that many use is limited by its audience only.", shared_provider_without_subject,
         nullptr, "id_roles_create_for-idp_oidc.html"},
        {"SERVICE_ACCOUNT_SUBJECT_IS_WIDE", Severity::security_warning,
         "Every service account of a cluster can assume the role.", wide_service_account, nullptr,
         "id_roles_create_for-idp_oidc.html"},
        {"UNSUPPORTED_FEDERATED_PRINCIPAL", Severity::warning, "A resource's policy names an identity provider.",
         unsupported_federated_principal, nullptr, principal_page},
    };
    return table;
}

}  // namespace iamlocal::lint
