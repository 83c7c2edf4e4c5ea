#include "policy/provider_rules.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "base/encoding.hpp"

namespace iamlocal::policy {
namespace {

using json::Value;
using MaybeProblem = std::optional<Problem>;

constexpr std::string_view cognito = "cognito-identity.amazonaws.com";
constexpr std::string_view github = "token.actions.githubusercontent.com";

/// A provider and what names the tenant in its tokens.
struct SharedProvider {
    std::string_view issuer;
    std::string_view claim = "sub";
};

constexpr std::array<SharedProvider, 21> shared_providers{
    {{cognito, "aud"},
     {"agent.buildkite.com"},
     {"oidc.codefresh.io"},
     {"studio.datachain.ai/api"},
     {"oidc-configuration.audit-log.githubusercontent.com"},
     {"vstoken.actions.githubusercontent.com"},
     {"gitlab.com"},
     {"scalr.io"},
     {"tokens.cloud.shisho.dev"},
     {"app.terraform.io"},
     {"proidc.upbound.io"},
     {"rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7"},
     {"rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr"},
     {"rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg"},
     {"rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26"},
     {"oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb"},
     {"oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu"},
     {"api.pulumi.com/oidc", "aud"},
     {"sandboxes.cloud", "aud"},
     {"oidc.vercel.com", "aud"},
     {"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", {}}}};

/// The key that has to be compared: of this one provider, a name of the session.
std::string key_of(const SharedProvider& provider) {
    return provider.claim.empty() ? "sts:RoleSessionName" : fmt::format("{}:{}", provider.issuer, provider.claim);
}

enum class Wildcards { refused, allowed };

/// The operators that count: those that compare for equality, with a quantifier or without, never with IfExists.
bool compares(std::string_view name, Wildcards wildcards) {
    const std::optional<OperatorName> parsed = parse_operator(name);
    if (!parsed || parsed->if_exists || parsed->op->negated) return false;
    const Family family = parsed->op->family;
    if (family == Family::folded_string) return true;
    return family == Family::string && (!parsed->op->wildcards || wildcards == Wildcards::allowed);
}

/// Whether some block of the Condition has one of the keys, and in that block no value of them is refused.
template <class IsKey, class IsRefused>
bool is_limited(const StatementOutline& statement, Wildcards wildcards, IsKey is_key, IsRefused is_refused) {
    if (!statement.condition) return false;
    return std::any_of(statement.condition->items.begin(), statement.condition->items.end(), [&](const Value& block) {
        if (!compares(block.key, wildcards)) return false;
        bool found = false;
        for (const Value& values : block.items) {
            if (!is_key(values.key)) continue;
            found = true;
            const std::span<const Value> all = values_of(values);
            if (std::any_of(all.begin(), all.end(), [&](const Value& value) { return is_refused(value.text); }))
                return false;
        }
        return found;
    });
}

Problem not_scoped(std::string_view principal, std::string_view key, const Value& at) {
    return {fmt::format("Trust policy with trusted principal {} must evaluate, using StringEquals, StringLike or "
                        "StringEqualsIgnoreCase, {} which is not scoped to all.",
                        principal, key),
            at.begin,
            fmt::format("Everyone who has an account there could assume the role: add StringEquals on {}.", key)};
}

MaybeProblem shared_problem(const StatementOutline& statement, std::string_view issuer, const Value& at) {
    const auto* const provider =
        std::find_if(shared_providers.begin(), shared_providers.end(),
                     [&](const SharedProvider& candidate) { return candidate.issuer == issuer; });
    if (provider == shared_providers.end()) return std::nullopt;
    if (issuer == cognito && !statement.condition) {
        return Problem{"A condition block must be present for the Cognito provider", at.begin,
                       fmt::format("Add StringEquals on {}:aud, with the identity pool.", cognito)};
    }
    const std::string key = key_of(*provider);
    const bool limited = is_limited(
        statement, Wildcards::allowed, [&](std::string_view name) { return equals_ignoring_case(name, key); },
        [](std::string_view value) { return value == "*"; });
    if (limited) return std::nullopt;
    return not_scoped(issuer, key, at);
}

/// Whatever follows the issuer, as an enterprise's own part of it does, is GitHub's, too.
MaybeProblem github_problem(const StatementOutline& statement, std::string_view issuer, const Value& at) {
    if (!issuer.starts_with(github)) return std::nullopt;
    const std::string subject = fmt::format("{}:sub", issuer);
    const std::string workflow = fmt::format("{}:job_workflow_ref", issuer);
    const bool limited = is_limited(
        statement, Wildcards::allowed,
        [&](std::string_view name) {
            return equals_ignoring_case(name, subject) || equals_ignoring_case(name, workflow);
        },
        [](std::string_view value) {
            return value.starts_with('*') || value.find_first_not_of(" \t\r\n") == std::string_view::npos;
        });
    if (limited) return std::nullopt;
    return not_scoped(at.text, fmt::format("{} or {}", subject, workflow), at);
}

/// The providers that were there before there were others. What their keys are compared with does not matter.
MaybeProblem old_problem(const StatementOutline& statement, std::string_view issuer, const Value& at) {
    const bool google = issuer == "accounts.google.com";
    if (!google && issuer != "www.amazon.com" && issuer != "graph.facebook.com") return std::nullopt;
    constexpr std::array<std::string_view, 3> of_google{"aud", "oaud", "sub"};
    constexpr std::array<std::string_view, 2> of_others{"app_id", "sub"};
    const std::span<const std::string_view> claims =
        google ? std::span<const std::string_view>(of_google) : std::span<const std::string_view>(of_others);
    const bool limited = is_limited(
        statement, Wildcards::refused,
        [&](std::string_view name) {
            return std::any_of(claims.begin(), claims.end(),
                               [&](std::string_view claim) { return name == fmt::format("{}:{}", issuer, claim); });
        },
        [](std::string_view) { return false; });
    if (limited) return std::nullopt;
    return Problem{fmt::format("Policy trusting {} requires a StringEquals condition on an application id", issuer),
                   at.begin, fmt::format("Add StringEquals on {}:{}.", issuer, fmt::join(claims, " or "))};
}

/// What identifies a provider: what its ARN ends with, or the domain itself.
std::string_view issuer_of(std::string_view federated) {
    constexpr std::string_view type = "oidc-provider/";
    const std::optional<ArnParts> parts = ArnParts::split(federated);
    if (!parts || !parts->part[5].starts_with(type)) return federated;
    return parts->part[5].substr(type.size());
}

}  // namespace

MaybeProblem provider_problem(const StatementOutline& statement) {
    const Value* const principal = statement.principal.value;
    const Value* const action = statement.action.value;
    if (statement.effect->text != "Allow" || !principal || !action || statement.action.negated) return std::nullopt;
    const std::span<const Value> actions = values_of(*action);
    const bool takes_tokens = std::any_of(actions.begin(), actions.end(), [](const Value& value) {
        return value.text == "sts:AssumeRoleWithWebIdentity";
    });
    const Value* const federated = principal->find("Federated");
    if (!takes_tokens || !federated) return std::nullopt;
    for (const Value& value : values_of(*federated)) {
        const std::string_view issuer = issuer_of(value.text);
        for (const auto rule : {shared_problem, github_problem, old_problem}) {
            if (MaybeProblem found = rule(statement, issuer, value)) return found;
        }
    }
    return std::nullopt;
}

}  // namespace iamlocal::policy
