#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "policy/explanation.hpp"

namespace iamlocal::policy {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(PrincipalKind kind) {
    switch (kind) {
        case PrincipalKind::anonymous:
            return "anonymous";
        case PrincipalKind::root:
            return "root";
        case PrincipalKind::user:
            return "user";
        case PrincipalKind::user_session:
            return "user_session";
        case PrincipalKind::role_session:
            return "role_session";
        case PrincipalKind::federated_user:
            return "federated_user";
        case PrincipalKind::service:
            return "service";
        case PrincipalKind::web_identity:
            return "web_identity";
        case PrincipalKind::saml:
            return "saml";
    }
    return {};
}

std::string_view name_of(Element element) {
    switch (element) {
        case Element::none:
            return "none";
        case Element::action:
            return "action";
        case Element::resource:
            return "resource";
        case Element::principal:
            return "principal";
        case Element::condition:
            return "condition";
    }
    return {};
}

std::string_view name_of(TypeVerdict says) {
    switch (says) {
        case TypeVerdict::nothing:
            return "nothing";
        case TypeVerdict::allow:
            return "allow";
        case TypeVerdict::deny:
            return "deny";
    }
    return {};
}

Json json_of(Position position) { return {{"line", position.line}, {"column", position.column}}; }

Json json_of(const Principal* principal) {
    if (!principal) return {{"kind", "anonymous"}};
    Json json{{"kind", name_of(principal->kind)}};
    if (!principal->arn.empty()) json["arn"] = principal->arn;
    if (!principal->account.empty()) json["account"] = principal->account;
    if (!principal->unique_id.empty()) json["unique_id"] = principal->unique_id;
    if (!principal->role_arn.empty()) json["role_arn"] = principal->role_arn;
    if (!principal->provider.empty()) json["provider"] = principal->provider;
    return json;
}

Json json_of(const StatementReport& line) {
    Json json{{"index", line.index}};
    if (!line.sid.empty()) json["sid"] = line.sid;
    json["effect"] = line.effect == Effect::allow ? "Allow" : "Deny";
    json["applies"] = line.match.applies();
    if (!line.match.applies()) json["failed"] = name_of(line.match.failed);
    json["text"] = line.text;
    json["start"] = json_of(line.start);
    json["element"] = json_of(line.element);
    json["path"] = line.path;
    return json;
}

Json json_of(const PolicyReport& report) {
    Json json{{"type", policy::name_of(report.type)}};
    if (has_levels(report.type)) json["level"] = report.level;
    json["name"] = report.name;
    if (!report.arn.empty()) json["arn"] = report.arn;
    if (!report.owner.empty()) json["owner"] = report.owner;
    if (report.unreadable) json["unreadable"] = true;
    json["statements"] = Json::array();
    for (const StatementReport& line : report.statements) json["statements"].push_back(json_of(line));
    return json;
}

Json json_of(const ContextReport& context) {
    Json json{{"key", context.key}, {"present", context.values.has_value()}};
    if (!context.values) return json;
    if (context.values->multivalued) json["multivalued"] = true;
    json["values"] = context.values->items;
    return json;
}

Json json_of(const Addition& addition) {
    Json json{{"type", policy::name_of(addition.type)}};
    if (has_levels(addition.type)) json["level"] = addition.level;
    json["statement"] = Json::parse(addition.statement, nullptr, false);
    return json;
}

Json json_of(const Lack& lack) {
    Json json{{"type", policy::name_of(lack.type)}};
    if (has_levels(lack.type)) json["level"] = lack.level;
    json["policy"] = lack.policy;
    json["statement"] = lack.statement;
    json["conditions"] = Json::array();
    for (const LackedCondition& condition : lack.conditions) {
        Json entry{{"key", condition.key}, {"text", condition.text}};
        if (!condition.advice.empty()) entry["advice"] = condition.advice;
        json["conditions"].push_back(std::move(entry));
    }
    if (!lack.instead.empty()) json["instead"] = Json::parse(lack.instead, nullptr, false);
    return json;
}

template <class Item>
Json list_of(const std::vector<Item>& items) {
    Json json = Json::array();
    for (const Item& item : items) json.push_back(json_of(item));
    return json;
}

}  // namespace

std::string to_json(const Explanation& explanation, const Request& request) {
    Json json{{"decision", name_of(explanation.outcome)},
              {"decided_by", name_of(explanation.decided_by)},
              {"step", explanation.step},
              {"principal", json_of(request.principal)},
              {"action", request.action},
              {"resource", request.resource}};
    if (!request.resource_account.empty()) json["resource_account"] = request.resource_account;
    json["cross_account"] = explanation.cross_account;
    if (explanation.exhausted) json["exhausted"] = true;
    json["said"] = Json::object();
    for (std::size_t i = 0; i < policy_type_count; ++i) {
        const std::optional<TypeVerdict>& said = explanation.said[i];
        if (said) json["said"][std::string(name_of(static_cast<PolicyType>(i)))] = name_of(*said);
    }
    json["context"] = list_of(explanation.context);
    json["policies"] = list_of(explanation.policies);
    if (explanation.deciding_policy) {
        json["deciding"] = {{"policy", *explanation.deciding_policy}};
        if (explanation.deciding_statement) json["deciding"]["statement"] = *explanation.deciding_statement;
    }
    if (!explanation.lacks.empty()) json["lacks"] = list_of(explanation.lacks);
    if (!explanation.additions.empty()) json["additions"] = list_of(explanation.additions);
    if (!explanation.obstacle.empty()) json["obstacle"] = explanation.obstacle;
    return json_text(json);
}

}  // namespace iamlocal::policy
