#include "admin/authorization_details.hpp"

#include <string_view>

#include <fmt/format.h>

#include "admin/decision_json.hpp"
#include "aws/arn.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"

namespace iamlocal::admin {
namespace {

using Json = nlohmann::ordered_json;
using access::DecisionRecord;
using policy::PolicyReport;
using policy::PolicyType;

std::string_view effect_of(policy::Outcome outcome) {
    if (outcome == policy::Outcome::allowed) return "ALLOW";
    return outcome == policy::Outcome::explicit_deny ? "EXPLICIT_DENY" : "IMPLICIT_DENY";
}

std::string_view type_of(PolicyType type) {
    switch (type) {
        case PolicyType::identity:
            return "IDENTITY_BASED_POLICY";
        case PolicyType::boundary:
            return "PERMISSIONS_BOUNDARY";
        case PolicyType::session:
        case PolicyType::scope_down:
            return "SESSION_POLICY";
        case PolicyType::resource:
        case PolicyType::trust:
            return "RESOURCE_BASED_POLICY";
        case PolicyType::scp:
            return "SERVICE_CONTROL_POLICY";
        case PolicyType::rcp:
            return "RESOURCE_CONTROL_POLICY";
    }
    return {};
}

/// What a policy is attached to: the caller, a group of the caller's, the session, the resource; of an organization's
/// policies the unit or account.
std::string holder_of(const PolicyReport& policy, const access::Identity& caller, std::string_view resource) {
    if (policy.type == PolicyType::resource || policy.type == PolicyType::trust) return std::string(resource);
    if (policy.type == PolicyType::session || policy.type == PolicyType::scope_down) return caller.principal.arn;
    if (policy.owner.empty()) return caller.arn;
    if (policy.type == PolicyType::identity) return arn::iam(caller.account, "group", "/", policy.owner);
    return policy.owner;
}

/// A managed policy's ARN. An inline one has none: it is called by its holder and its name.
std::string uri_of(const PolicyReport& policy, const std::string& holder) {
    return policy.arn.empty() ? fmt::format("{}#{}", holder, policy.name) : policy.arn;
}

Json text_or_list(const policy::Values& values) {
    if (values.items.size() == 1 && !values.multivalued) return values.items.front();
    return values.items;
}

Json matched_statements(const PolicyReport& policy) {
    Json matched = Json::array();
    if (policy.unreadable) return {{{"evaluatedEffect", "DENY"}}};
    for (const policy::StatementReport& statement : policy.statements) {
        if (!statement.match.applies()) continue;
        matched.push_back({{"sid", statement.sid},
                           {"evaluatedEffect", statement.effect == policy::Effect::allow ? "ALLOW" : "DENY"}});
    }
    return matched;
}

Json request_context(const DecisionRecord& record) {
    const access::Identity& caller = *record.caller;
    return {{"aws:PrincipalArn", caller.arn},
            {"aws:PrincipalAccount", caller.account.str()},
            {"aws:userid", caller.user_id},
            {"aws:SourceIp", record.request.peer},
            {"aws:RequestedRegion", record.request.region},
            {"aws:SecureTransport", record.request.secure ? "true" : "false"},
            {"aws:CurrentTime", format_iso8601(whole_seconds(record.time))}};
}

}  // namespace

std::string authorization_details(const DecisionRecord& record) {
    Json evaluations = Json::array();
    Json policies = Json::array();
    for (const access::DecisionCheck& check : record.checks) {
        const access::Replay replay(record, check, {});
        const policy::Explanation explanation = replay.explain();
        Json context = Json::object();
        for (const auto& [key, values] : replay.context()) context[std::string(key)] = text_or_list(values);
        Json matched = Json::array();
        for (const PolicyReport& policy : explanation.policies) {
            const std::string holder = holder_of(policy, *record.caller, replay.request().resource);
            const std::string uri = uri_of(policy, holder);
            if (Json statements = matched_statements(policy); !statements.empty())
                matched.push_back({{"uri", uri}, {"matchedStatements", std::move(statements)}});
            Json shown{{"type", type_of(policy.type)},
                       {"inline", policy.arn.empty()},
                       {"uri", uri},
                       {"attachedTo", {{{"arn", holder}}}}};
            if (std::find(policies.begin(), policies.end(), shown) == policies.end())
                policies.push_back(std::move(shown));
        }
        evaluations.push_back({{"action", replay.request().action},
                               {"resource", replay.request().resource},
                               {"context", std::move(context)},
                               {"evaluatedEffect", effect_of(explanation.outcome)},
                               {"matchedPolicies", std::move(matched)}});
    }
    return json_text(Json{{"requestContext", request_context(record)},
                          {"evaluations", std::move(evaluations)},
                          {"policies", std::move(policies)}});
}

}  // namespace iamlocal::admin
