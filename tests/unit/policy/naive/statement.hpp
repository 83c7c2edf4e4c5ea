// One statement and one request, read from the JSON each time. Part of the second evaluator (see combine.hpp).
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "policy/document.hpp"
#include "policy/request.hpp"
#include "unit/policy/naive/condition.hpp"
#include "unit/policy/naive/principal.hpp"
#include "unit/policy/naive/text.hpp"

namespace iamlocal::naive {

using policy::DocumentKind;

inline bool action_matches(const std::string& value, const std::string& action) {
    if (value == "*" || value == "*:*") return true;
    const std::size_t colon = value.find(':');
    const std::size_t our_colon = action.find(':');
    if (colon == std::string::npos || our_colon == std::string::npos) return false;
    const std::string name = lowered(value.substr(colon + 1));
    if (name.empty() || name.find_first_of(" \t\r\n\f\v") != std::string::npos) return false;
    return lowered(value.substr(0, colon)) == lowered(action.substr(0, our_colon)) &&
           glob(pattern_of(characters(name), true), characters(lowered(action.substr(our_colon + 1))));
}

inline bool resource_matches(const std::string& value, const std::string& resource, DocumentKind kind, bool variables,
                             const policy::RequestContext& context) {
    if (value == "*") return true;
    if (resource == "*") return false;
    if (parts_of_arn(resource).size() < 6) return false;
    const auto pattern = expanded(value, true, variables, context);
    if (!pattern) return false;
    if (parts_of_pattern(*pattern).size() == 6) return arn_matches(*pattern, resource);
    // Too short. With a variable in it that is all; else what is missing matches everything.
    if (variables && has_variable(value)) return false;
    if (kind == DocumentKind::resource && value.find('*') == std::string::npos) return false;
    std::string filled = value;
    for (std::size_t parts = parts_of_arn(value).size(); parts < 6; ++parts) filled += ":*";
    return arn_matches(*expanded(filled, true, variables, context), resource);
}

/// Whether the statement applies, and how closely it names the caller: Named::direct where it names nobody.
/// `bounded`: a boundary limits the caller.
inline Named applies(const Json& statement, DocumentKind kind, bool variables, bool bounded,
                     const policy::Request& request) {
    const std::string action(request.action);
    const std::string resource(request.resource);
    const bool not_action = statement.contains("NotAction");
    const std::vector<std::string> actions = one_or_many(statement.at(not_action ? "NotAction" : "Action"));
    const auto matches_action = [&](const std::string& value) { return action_matches(value, action); };
    if (std::any_of(actions.begin(), actions.end(), matches_action) == not_action) return Named::no;

    if (kind != DocumentKind::trust || statement.contains("Resource") || statement.contains("NotResource")) {
        const bool not_resource = statement.contains("NotResource");
        const auto resources = one_or_many(statement.at(not_resource ? "NotResource" : "Resource"));
        const auto matches_resource = [&](const std::string& value) {
            return resource_matches(value, resource, kind, variables, *request.context);
        };
        if (std::any_of(resources.begin(), resources.end(), matches_resource) == not_resource) return Named::no;
    }

    Named strength = Named::direct;
    const bool names_callers =
        kind == DocumentKind::resource || kind == DocumentKind::trust || kind == DocumentKind::rcp;
    if (statement.contains("Principal")) {
        strength = named(statement["Principal"], *request.principal);
        if (kind == DocumentKind::trust && statement["Effect"] == "Allow" && !request.principal->provider.empty() &&
            request.principal->kind != policy::PrincipalKind::role_session)
            strength = named_by_provider(statement["Principal"], *request.principal);
        if (strength == Named::no) return Named::no;
    } else if (statement.contains("NotPrincipal")) {
        const bool always = statement["Effect"] == "Deny" && bounded;
        if (!always && named(statement["NotPrincipal"], *request.principal) != Named::no) return Named::no;
    } else if (names_callers) {
        return Named::no;
    }

    if (statement.contains("Condition") &&
        !conditions_match(statement["Condition"], statement["Effect"] == "Deny", variables, *request.context)) {
        return Named::no;
    }
    return strength;
}

}  // namespace iamlocal::naive
