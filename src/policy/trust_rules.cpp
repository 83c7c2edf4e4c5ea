#include "policy/trust_rules.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "aws/arn.hpp"
#include "aws/ids.hpp"
#include "aws/service_principals.hpp"
#include "aws/trust_actions.hpp"
#include "policy/principal_names.hpp"
#include "policy/provider_rules.hpp"
#include "policy/shown_values.hpp"

namespace iamlocal::policy {
namespace {

using json::Type;
using json::Value;
using MaybeProblem = std::optional<Problem>;

/// What a principal of that kind would be.
std::string no_principal(std::string_view type, std::string_view text) {
    const std::string value = shown(text);
    const std::optional<ArnParts> arn = type == "AWS" ? ArnParts::split(text) : std::nullopt;
    if (arn && !ids::is_account_id(arn->part[4]))
        return fmt::format("{} in {} is no account: that has twelve digits.", shown(arn->part[4]), value);
    if (type == "AWS")
        return fmt::format("{} is no account and no ARN of a user, role or session, and not \"*\".", value);
    if (type == "Service") return fmt::format("{} is no name of a service, such as ec2.amazonaws.com.", value);
    if (type == "Federated") return fmt::format("{} is no ARN of an identity provider and no domain name.", value);
    return fmt::format("Roles trust no principals of the kind {}.", type);
}

bool is_empty(const Value& value) {
    return value.is(Type::array) ? value.items.empty() : value.is(Type::object) && value.items.empty();
}

/// The whole of an action counts, wildcards and the case of letters included.
MaybeProblem action_problem(const Value& value) {
    const bool known = std::any_of(aws::trust_actions.begin(), aws::trust_actions.end(),
                                   [&](const aws::TrustAction& action) { return action.name == value.text; });
    if (known) return std::nullopt;
    return problem("AssumeRole policy may only specify STS AssumeRole actions.", value,
                   fmt::format("{} is none; wildcards and the case of letters count.", shown(value.text)));
}

bool is_principal(std::string_view type, std::string_view text) {
    if (type == "AWS") return is_aws_principal(text);
    if (type == "Service") return aws::is_service_principal(text);
    if (type == "Federated") return is_identity_provider(text);
    return false;  // roles have no use for canonical users
}

std::string upper_case(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return upper;
}

MaybeProblem principal_problem(const Value& principal) {
    if (principal.is(Type::string)) {
        return problem(fmt::format("AssumeRolepolicy contained an invalid principal: \"STAR\":\"{}\".", principal.text),
                       principal, "Principal is a text; {\"AWS\": \"*\"} is everyone.");
    }
    for (const Value& names : principal.items) {
        const std::string_view type = names.key;
        for (const Value& value : values_of(names)) {
            if (is_principal(type, value.text)) continue;
            if (type == "Federated") {
                return problem("Federated principals must be valid domain names or SAML metadata ARNs", value,
                               no_principal(type, value.text));
            }
            return problem(fmt::format("Invalid principal in policy: \"{}\":\"{}\"", upper_case(type), value.text),
                           value, no_principal(type, value.text));
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<Problem> trust_problem(const StatementOutline& statement) {
    if (statement.resource.value) {
        const std::string_view field = statement.resource.negated ? "NotResource" : "Resource";
        return problem("Has prohibited field " + std::string(field), *statement.resource.value,
                       "The role itself is the resource of its trust policy.");
    }
    const Value* principal = statement.principal.value;
    if (statement.principal.negated) {
        return problem("AssumeRole policy must not contain NotPrincipal field.", *principal,
                       "Name those who may, in Principal.");
    }
    if (!principal)
        return problem("Missing required field Principal", *statement.whole, "The statement has no Principal.");
    const bool names_nobody =
        principal->is(Type::object) && std::all_of(principal->items.begin(), principal->items.end(), is_empty);
    if (names_nobody) {
        return problem(
            "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a "
            "statement with no principals!",
            *principal, "Principal names nobody.");
    }
    if (!statement.action.value || is_empty(*statement.action.value)) {
        return problem("Missing required field Action", *statement.whole,
                       "The statement has no Action, or an empty one.");
    }
    for (const Value& value : values_of(*statement.action.value)) {
        if (MaybeProblem found = action_problem(value)) return found;
    }
    if (MaybeProblem found = principal_problem(*principal)) return found;
    return provider_problem(statement);
}

}  // namespace iamlocal::policy
