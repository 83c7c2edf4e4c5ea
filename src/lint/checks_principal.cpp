// Checks of Principal and NotPrincipal, whatever the kind of document.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "lint/report.hpp"
#include "lint/wildcards.hpp"
#include "policy/control_policy.hpp"
#include "policy/principal_names.hpp"

namespace iamlocal::lint {
namespace {

using policy::ResourceControlRule;

constexpr std::array<std::string_view, 4> principal_types{"AWS", "Service", "Federated", "CanonicalUser"};

const Value* principal_element(const Statement& statement) {
    return statement.principal ? statement.principal : statement.not_principal;
}

void missing_principal(const Document& document, const Statement& statement, Report& report) {
    const bool wanted = document.kind == DocumentKind::trust || document.kind == DocumentKind::resource ||
                        document.kind == DocumentKind::rcp;
    if (wanted && !principal_element(statement)) {
        report.add(*statement.whole, "Add a Principal element to the policy statement.");
    }
}

void unsupported_principal(const Document& document, const Statement& statement, Report& report) {
    const Value* element = principal_element(statement);
    if (!element || !document.is_identity_like()) return;
    report.add(*element,
               "Identity-based, boundary and session policies do not support the Principal element. Remove it.");
}

void scp_syntax_error_principal(const Document& document, const Statement& statement, Report& report) {
    const Value* element = principal_element(statement);
    if (!element || document.kind != DocumentKind::scp) return;
    report.add(*element, "SCPs do not support specifying principals. Remove the Principal or NotPrincipal element.");
}

/// The one that AWS attaches to every root: it allows everything.
bool is_full_access(const Statement& statement) {
    return statement.allows && !statement.condition && statement.actions.size() == 1 &&
           statement.actions[0].everything && statement.resources.size() == 1 && statement.resources[0]->text == "*";
}

template <class Complain>
void each_breach(const Document& document, const Statement& statement, ResourceControlRule rule, Complain complain) {
    if (document.kind != DocumentKind::rcp) return;
    for (const policy::ResourceControlBreach& breach : policy::resource_control_breaches(*statement.whole)) {
        if (breach.rule == rule) complain(*breach.at);
    }
}

void rcp_syntax_error_principal(const Document& document, const Statement& statement, Report& report) {
    each_breach(document, statement, ResourceControlRule::no_not_principal, [&](const Value& value) {
        report.add(value, "RCPs do not support the NotPrincipal element. Use \"Principal\": \"*\".");
    });
    each_breach(document, statement, ResourceControlRule::everyone, [&](const Value& value) {
        report.add(value, "RCPs support no other principal than \"*\". Name principals by condition keys.");
    });
}

void rcp_syntax_error_notaction(const Document& document, const Statement& statement, Report& report) {
    each_breach(document, statement, ResourceControlRule::no_not_action, [&](const Value& value) {
        report.add(value, "RCPs do not support the NotAction element. Update the policy to use Action.");
    });
}

void rcp_syntax_error_action(const Document& document, const Statement& statement, Report& report) {
    if (is_full_access(statement)) return;
    each_breach(document, statement, ResourceControlRule::supported_action, [&](const Value& value) {
        report.add(value, fmt::format("RCPs only support specifying select service prefixes in the Action element. "
                                      "Remove {} or name the services.",
                                      value.text));
    });
}

void rcp_syntax_error_allow(const Document& document, const Statement& statement, Report& report) {
    if (is_full_access(statement)) return;
    each_breach(document, statement, ResourceControlRule::deny_only, [&](const Value& value) {
        report.add(value, "RCPs support Allow in the policy RCPFullAWSAccess only. Use Deny.");
    });
}

void invalid_principal_format(const Document&, const Statement& statement, Report& report) {
    const Value* element = principal_element(statement);
    if (!element || !element->is(Type::string) || element->text == "*") return;
    report.add(*element,
               "The Principal element contents are not valid. Specify a key-value pair in the Principal element, for "
               "example {\"AWS\": \"123456789012\"}.");
}

void invalid_principal_key(const Document& document, const Statement& statement, Report& report) {
    const Value* element = principal_element(statement);
    if (!element || !element->is(Type::object)) return;
    for (std::size_t i = 0; i < element->items.size(); ++i) {
        const std::string_view key = element->items[i].key;
        if (std::find(principal_types.begin(), principal_types.end(), key) != principal_types.end()) continue;
        report.add(
            document.key_position(*element, i),
            fmt::format("The principal key {} is not valid. Use AWS, Service, Federated or CanonicalUser.", key));
    }
}

void unsupported_wildcard_in_principal(const Document&, const Statement& statement, Report& report) {
    for (const Principal& principal : statement.principals) {
        const std::string_view text = principal.value->text;
        const bool everyone = text == "*" && (principal.type.empty() || principal.type == "AWS");
        if (everyone || principal.type.empty() || !has_wildcard(text)) continue;
        report.add(*principal.value,
                   fmt::format("Wildcards (*, ?) are not supported with the principal key {}. Replace the "
                               "wildcard with a valid principal value.",
                               principal.type));
    }
}

void invalid_aws_principal(const Document& document, const Statement& statement, Report& report) {
    if (document.kind != DocumentKind::resource) return;
    for (const Principal& principal : statement.principals) {
        const std::string_view text = principal.value->text;
        if (principal.type != "AWS" || has_wildcard(text) || policy::is_aws_principal(text)) continue;
        if (text.find(":iam::cloudfront:user/") != std::string::npos) continue;  // an origin access identity
        const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
        report.add(*principal.value,
                   digits ? fmt::format("'{}' has {} digits; an account has 12.", text, text.size())
                          : fmt::format("'{}' is no principal. Use an account, or the ARN of a user, a role or a "
                                        "session.",
                                        text));
    }
}

/// Whether the text is a unique id of IAM's with this prefix.
bool is_unique_id(std::string_view text, std::string_view prefix) {
    return text.starts_with(prefix) && text.size() >= 16 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
           });
}

template <class Complain>
void each_id(const Statement& statement, std::string_view prefix, Complain complain) {
    for (const Principal& principal : statement.principals) {
        if (principal.type == "AWS" && is_unique_id(principal.value->text, prefix)) complain(*principal.value);
    }
}

void invalid_role_reference(const Document&, const Statement& statement, Report& report) {
    each_id(statement, "AROA", [&](const Value& value) {
        report.add(value,
                   fmt::format("The Principal element includes the IAM role ID {}, as it is shown when the role has "
                               "been deleted. We recommend that you use a role ARN instead.",
                               value.text));
    });
}

void invalid_user_reference(const Document&, const Statement& statement, Report& report) {
    each_id(statement, "AIDA", [&](const Value& value) {
        report.add(value,
                   fmt::format("The Principal element includes the IAM user ID {}, as it is shown when the user has "
                               "been deleted. We recommend that you use a user ARN instead.",
                               value.text));
    });
}

void allow_with_not_principal(const Document&, const Statement& statement, Report& report) {
    if (!statement.allows || !statement.not_principal) return;
    report.add(*statement.not_principal,
               "Using Allow with NotPrincipal can be overly permissive: it allows everyone else, anonymous requests "
               "included. We recommend that you use Principal instead.");
}

void deny_with_not_principal(const Document&, const Statement& statement, Report& report) {
    if (!statement.denies || !statement.not_principal) return;
    report.add(
        *statement.not_principal,
        "Deny with NotPrincipal also denies principals with a permissions boundary, and sessions unless their ARN is "
        "listed beside the role's. AWS recommends \"Principal\": \"*\" and a condition on aws:PrincipalArn with "
        "ArnNotLike instead.");
}

/// Keys that say something about the request and nothing about who makes it.
constexpr std::array<std::string_view, 6> keys_of_anyone{"aws:securetransport", "aws:currenttime", "aws:epochtime",
                                                         "aws:requestedregion", "aws:useragent",   "s3:tlsversion"};

bool limits_who(const Condition& condition) {
    return std::find(keys_of_anyone.begin(), keys_of_anyone.end(), condition.folded_key) == keys_of_anyone.end();
}

bool is_everyone(const Statement& statement) {
    return statement.principal && std::any_of(statement.principals.begin(), statement.principals.end(),
                                              [](const Principal& principal) { return principal.value->text == "*"; });
}

void everyone_without_condition(const Document& document, const Statement& statement, Report& report) {
    const bool of_interest = document.kind == DocumentKind::resource || document.kind == DocumentKind::trust;
    // An endpoint's policy lets everyone through who is allowed elsewhere.
    if (document.use == Use::vpc_endpoint) return;
    if (!of_interest || !statement.allows || !is_everyone(statement)) return;
    if (std::any_of(statement.conditions.begin(), statement.conditions.end(), limits_who)) return;
    report.add(
        *statement.principal,
        document.kind == DocumentKind::trust
            ? "Every principal of every AWS account can assume this role. Name principals, or add a condition such as "
              "aws:PrincipalOrgID."
            : "Everyone has this access, anonymous requests included. Name principals, or add a condition.");
}

void restrict_access_to_service_principal(const Document& document, const Statement& statement, Report& report) {
    if (document.kind != DocumentKind::resource || !statement.allows || !statement.principal) return;
    const bool has_source =
        std::any_of(statement.conditions.begin(), statement.conditions.end(),
                    [](const Condition& condition) { return condition.folded_key.starts_with("aws:source"); });
    if (has_source) return;
    for (const Principal& principal : statement.principals) {
        if (principal.type != "Service") continue;
        report.add(*principal.value,
                   "Granting access to a service principal without specifying a source is overly permissive. Use "
                   "aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths condition key to grant "
                   "fine-grained access.");
    }
}

constexpr std::string_view not_principal_page = "reference_policies_elements_notprincipal.html";

}  // namespace

std::span<const Check> principal_checks() {
    static constexpr Check table[] = {
        {"MISSING_PRINCIPAL", Severity::error, "A statement has no Principal.", missing_principal},
        {"UNSUPPORTED_PRINCIPAL", Severity::error, "A policy of this type cannot name principals.",
         unsupported_principal},
        {"SCP_SYNTAX_ERROR_PRINCIPAL", Severity::error, "A service control policy cannot name principals.",
         scp_syntax_error_principal},
        {"RCP_SYNTAX_ERROR_PRINCIPAL", Severity::error, "A resource control policy can name no principal but *.",
         rcp_syntax_error_principal},
        {"RCP_SYNTAX_ERROR_NOTACTION", Severity::error, "A resource control policy cannot have NotAction.",
         rcp_syntax_error_notaction},
        {"RCP_SYNTAX_ERROR_ACTION", Severity::error, "A resource control policy names an action that it cannot limit.",
         rcp_syntax_error_action},
        {"RCP_SYNTAX_ERROR_ALLOW", Severity::error, "A resource control policy can only deny.", rcp_syntax_error_allow},
        {"INVALID_PRINCIPAL_FORMAT", Severity::error, "A Principal is a text other than *.", invalid_principal_format},
        {"INVALID_PRINCIPAL_KEY", Severity::error, "There is no such type of principal.", invalid_principal_key},
        {"UNSUPPORTED_WILDCARD_IN_PRINCIPAL", Severity::error, "A principal's name has a wildcard.",
         unsupported_wildcard_in_principal},
        {"INVALID_AWS_PRINCIPAL", Severity::error,
         "An AWS principal is neither an account nor a user, role or session.", invalid_aws_principal, nullptr,
         "reference_policies_elements_principal.html"},
        {"INVALID_ROLE_REFERENCE", Severity::warning, "A Principal is the unique id of a role.",
         invalid_role_reference},
        {"INVALID_USER_REFERENCE", Severity::warning, "A Principal is the unique id of a user.",
         invalid_user_reference},
        {"ALLOW_WITH_NOT_PRINCIPAL", Severity::security_warning, "A statement allows everyone but some.",
         allow_with_not_principal},
        {"DENY_WITH_NOT_PRINCIPAL", Severity::warning, "A statement denies everyone but some.", deny_with_not_principal,
         nullptr, not_principal_page},
        {"PRINCIPAL_IS_EVERYONE", Severity::security_warning,
         "A statement allows everyone, without a condition on who it is.", everyone_without_condition, nullptr,
         "reference_policies_elements_principal.html#principal-anonymous"},
        {"RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", Severity::security_warning,
         "A service may use a resource on anyone's behalf.", restrict_access_to_service_principal},
    };
    return table;
}

}  // namespace iamlocal::lint
