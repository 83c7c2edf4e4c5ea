// Checks of role trust policies.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/trust_actions.hpp"
#include "base/encoding.hpp"
#include "lint/facts.hpp"
#include "lint/report.hpp"
#include "lint/wildcards.hpp"

namespace iamlocal::lint {
namespace {

constexpr std::string_view github = "token.actions.githubusercontent.com";

bool is_trust(const Document& document) { return document.kind == DocumentKind::trust; }

void not_principal_in_trust(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !statement.not_principal) return;
    report.add(*statement.not_principal,
               "The NotPrincipal element is not supported in a role trust policy. Use Principal.");
}

void resource_in_trust(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document)) return;
    for (const Value* element : {statement.resource, statement.not_resource}) {
        if (element) {
            report.add(*element,
                       "The Resource and NotResource elements are not supported in a role trust policy: the role "
                       "is the resource. Remove the element.");
        }
    }
}

void everyone_in_trust(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !statement.principal || !statement.principal->is(Type::string)) return;
    if (statement.principal->text != "*") return;
    report.add(*statement.principal,
               "The bare \"*\" is not supported as principal of a role trust policy. Write {\"AWS\": \"*\"}.");
}

bool is_provider_arn(std::string_view text, std::string_view kind) {
    const std::optional<Arn> arn = Arn::parse(text);
    return arn && arn->service == "iam" && arn->resource.starts_with(kind) &&
           arn->resource.substr(kind.size()).starts_with('/');
}

bool is_domain(std::string_view text) {
    return text.find('.') != std::string_view::npos && text.find_first_of(":/* ") == std::string_view::npos;
}

void invalid_federated_principal(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document)) return;
    for (const Principal& principal : statement.principals) {
        const std::string_view text = principal.value->text;
        const bool valid = principal.type != "Federated" || is_domain(text) || is_provider_arn(text, "saml-provider") ||
                           is_provider_arn(text, "oidc-provider");
        if (valid) continue;
        report.add(*principal.value,
                   "The principal value specifies a federated principal that does not match the expected "
                   "format. Update the federated principal to a domain name, the ARN of an OIDC provider "
                   "or a SAML metadata ARN.");
    }
}

/// Which STS operation a principal can use.
enum class Way { assume_role, saml, web_identity };

Way way_of(const Principal& principal) {
    if (principal.type != "Federated") return Way::assume_role;
    return is_provider_arn(principal.value->text, "saml-provider") ? Way::saml : Way::web_identity;
}

constexpr std::array<aws::TrustAction, 3> operations{aws::assume_role, aws::assume_role_with_saml,
                                                     aws::assume_role_with_web_identity};
constexpr std::array<std::string_view, 3> fitting{
    "an AWS or Service principal", "a SAML provider as Federated principal", "an OIDC provider as Federated principal"};

void mismatched_action_for_principal(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !statement.principal || !statement.action || statement.principals.empty()) return;
    for (const Action& action : statement.actions) {
        for (std::size_t way = 0; way < operations.size(); ++way) {
            if (action.prefix != "sts" || action.name != operations[way].folded) continue;
            const bool fits =
                std::any_of(statement.principals.begin(), statement.principals.end(),
                            [&](const Principal& principal) { return way_of(principal) == static_cast<Way>(way); });
            if (fits) continue;
            report.add(*action.value,
                       fmt::format("The {} action is invalid with the principals of this statement. Use it with "
                                   "{}.",
                                   operations[way].name, fitting[way]));
        }
    }
    for (const Principal& principal : statement.principals) {
        const auto way = static_cast<std::size_t>(way_of(principal));
        const bool fits = std::any_of(statement.actions.begin(), statement.actions.end(), [&](const Action& action) {
            return action.covers("sts", operations[way].folded);
        });
        const bool assumes = std::any_of(statement.actions.begin(), statement.actions.end(), [](const Action& action) {
            return action.prefix == "sts" && action.name.starts_with("assumerole");
        });
        if (fits || !assumes || principal.value->text == "*") continue;
        report.add(*principal.value, fmt::format("None of the statement's actions is for this principal. It needs {}.",
                                                 operations[way].name));
    }
}

void unsupported_action_in_trust(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !statement.action) return;
    for (const Action& action : statement.actions) {
        const bool is_supported =
            std::any_of(aws::trust_actions.begin(), aws::trust_actions.end(),
                        [&](const aws::TrustAction& known) { return known.name == action.value->text; });
        if (is_supported) continue;
        std::string supported;
        for (const aws::TrustAction& known : aws::trust_actions)
            supported.append(supported.empty() ? "" : ", ").append(known.name);
        report.add(*action.value,
                   fmt::format("The action {} is not supported in a role trust policy, where wildcards and the case of "
                               "letters count. Use one of {}.",
                               action.value->text, supported));
    }
}

/// A key that is only there when the caller may use an action of its own.
struct KeyNeedsAction {
    std::string_view key;  ///< in lower case; how a key with a name of the caller's choice begins
    aws::TrustAction action;
};
constexpr std::array<KeyNeedsAction, 4> needed_actions{{{"sts:sourceidentity", aws::set_source_identity},
                                                        {"aws:requesttag/", aws::tag_session},
                                                        {"aws:tagkeys", aws::tag_session},
                                                        {"sts:transitivetagkeys", aws::tag_session}}};

void missing_action_for_condition_key(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !statement.allows || !statement.action) return;
    for (const Condition& condition : statement.conditions) {
        for (const KeyNeedsAction& need : needed_actions) {
            if (!condition.folded_key.starts_with(need.key)) continue;
            const bool there =
                std::any_of(statement.actions.begin(), statement.actions.end(),
                            [&](const Action& action) { return action.covers("sts", need.action.folded); });
            if (there) continue;
            report.add(condition.key_at,
                       fmt::format("The {} action must be in the Action element to allow setting values for "
                                   "the condition key {}.",
                                   need.action.name, condition.key));
        }
    }
}

bool is_web_identity(const Statement& statement) {
    return std::any_of(statement.actions.begin(), statement.actions.end(), [](const Action& action) {
        return action.covers("sts", aws::assume_role_with_web_identity.folded);
    });
}

bool is_github(const Principal& principal) {
    return principal.type == "Federated" && principal.value->text.find(github) != std::string::npos;
}

/// `repo` of `token.actions.githubusercontent.com:repo`, of one with an enterprise's path too; empty for other keys.
std::string_view github_claim(const Condition& condition) {
    const std::string_view key = condition.folded_key;
    if (!key.starts_with(github)) return {};
    const std::size_t colon = key.find(':');
    return colon == std::string_view::npos ? std::string_view() : key.substr(colon + 1);
}

/// Whether the condition only holds for tokens that have one of its values.
bool requires_a_value(const Condition& condition) {
    const bool text = condition.is(policy::Family::string) || condition.is(policy::Family::folded_string);
    return text && !condition.op->if_exists && !condition.op->op->negated && !condition.values.empty() &&
           condition.op->quantifier != policy::Quantifier::for_all_values;
}

bool is_like(const Condition& condition) { return condition.op->op->wildcards; }

/// Whether the value names an owner of repositories: `repo:me/…` (sub), `me/…` (repository, job_workflow_ref).
bool names_an_owner(std::string_view value, std::string_view claim, bool wildcards) {
    if (claim == "sub") {
        constexpr std::string_view prefix = "repo:";
        if (!value.starts_with(prefix)) return !wildcards || !has_wildcard(value);
        value.remove_prefix(prefix.size());
    }
    const std::string_view owner = value.substr(0, value.find('/'));
    return !owner.empty() && (!wildcards || !has_wildcard(owner));
}

bool limits_owner(const Condition& condition) {
    constexpr std::array<std::string_view, 5> claims{"sub", "job_workflow_ref", "repository", "repository_id",
                                                     "repository_owner_id"};
    const std::string_view claim = github_claim(condition);
    if (!requires_a_value(condition) || std::find(claims.begin(), claims.end(), claim) == claims.end()) return false;
    return std::all_of(condition.values.begin(), condition.values.end(),
                       [&](const Value* value) { return names_an_owner(value->text, claim, is_like(condition)); });
}

void missing_github_repo(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !statement.allows || !is_web_identity(statement)) return;
    if (std::any_of(statement.conditions.begin(), statement.conditions.end(), limits_owner)) return;
    for (const Principal& principal : statement.principals) {
        if (!is_github(principal)) continue;
        report.add(*principal.value,
                   fmt::format("Granting GitHub permissions without a condition that limits {}:sub to an organization "
                               "lets workflows of every GitHub repository assume the role. Limit access to an "
                               "organization and repository.",
                               github));
    }
}

/// `repo:me/mine:ref:refs/heads/main`, `repo:me/mine:environment:prod`, without wildcards: one source, and no other.
bool names_a_source(std::string_view subject, bool wildcards) {
    if (wildcards && has_wildcard(subject)) return false;
    constexpr std::string_view prefix = "repo:";
    if (!subject.starts_with(prefix)) return false;
    const std::string_view rest = subject.substr(prefix.size());
    const std::size_t slash = rest.find('/');
    return slash != std::string_view::npos && rest.find(':', slash) != std::string_view::npos;
}

void specific_github_repo_and_branch(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !statement.allows || !is_web_identity(statement)) return;
    for (const Condition& condition : statement.conditions) {
        if (github_claim(condition) != "sub" || !limits_owner(condition)) continue;
        for (const Value* value : condition.values) {
            if (names_a_source(value->text, is_like(condition))) continue;
            report.add(*value, fmt::format("{} may allow requests from more sources than you intended. Specify the "
                                           "value of {} with the repository and branch name.",
                                           value->text, condition.key));
        }
    }
}

void confirm_audience_claim_type(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !is_web_identity(statement)) return;
    const bool own_provider =
        std::any_of(statement.principals.begin(), statement.principals.end(), [](const Principal& principal) {
            // GitHub's tokens have one audience.
            return principal.type == "Federated" && is_provider_arn(principal.value->text, "oidc-provider") &&
                   !is_github(principal);
        });
    for (const Condition& condition : statement.conditions) {
        if (!own_provider || !condition.folded_key.ends_with(":aud")) continue;
        report.add(condition.key_at,
                   "The audience claim of a token may have one value or many. If the provider's has many, use a "
                   "ForAllValues or ForAnyValue qualifier; if it has one, use none.");
    }
}

void provider_without_audience(const Document& document, const Statement& statement, Report& report) {
    if (!is_trust(document) || !statement.allows || !is_web_identity(statement)) return;
    for (const Principal& principal : statement.principals) {
        if (principal.type != "Federated" || way_of(principal) != Way::web_identity) continue;
        if (is_github(principal)) continue;
        const bool limited =
            std::any_of(statement.conditions.begin(), statement.conditions.end(), [](const Condition& condition) {
                return condition.folded_key.ends_with(":aud") || condition.folded_key.ends_with(":sub") ||
                       condition.folded_key.ends_with(":app_id");
            });
        if (limited) continue;
        report.add(*principal.value,
                   "Everyone whom this identity provider knows can assume the role. Add conditions on the "
                   "token's audience (…:aud) and subject (…:sub).");
    }
}

}  // namespace

std::span<const Check> trust_checks() {
    static constexpr Check table[] = {
        {"ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", Severity::error, "A trust policy has NotPrincipal.",
         not_principal_in_trust},
        {"ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", Severity::error, "A trust policy has Resource or NotResource.",
         resource_in_trust},
        {"ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", Severity::error,
         "A trust policy's Principal is the bare *.", everyone_in_trust},
        {"INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", Severity::error,
         "A Federated principal is no identity provider.", invalid_federated_principal},
        {"UNSUPPORTED_ACTION_IN_POLICY", Severity::error, "A trust policy has actions that assume no role.",
         unsupported_action_in_trust},
        {"MISMATCHED_ACTION_FOR_PRINCIPAL", Severity::error,
         "A trust policy's action and principal do not go together.", mismatched_action_for_principal},
        {"MISSING_ACTION_FOR_CONDITION_KEY", Severity::error, "A condition key needs an action that is not allowed.",
         missing_action_for_condition_key},
        {"MISSING_GITHUB_REPO_CONDITION_KEY", Severity::security_warning,
         "Every GitHub repository can assume the role.", missing_github_repo},
        {"SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", Severity::warning,
         "A GitHub subject does not name a repository and branch.", specific_github_repo_and_branch},
        {"CONFIRM_AUDIENCE_CLAIM_TYPE", Severity::suggestion, "A token's audience may have many values.",
         confirm_audience_claim_type},
        {"MISSING_AUDIENCE_CONDITION_KEY", Severity::security_warning,
         "Everyone whom an identity provider knows can assume the role.", provider_without_audience, nullptr,
         "id_roles_create_for-idp_oidc.html"},
    };
    return table;
}

}  // namespace iamlocal::lint
