#include "admin/decision_json.hpp"

#include <utility>

#include <fmt/format.h>

#include "admin/decision_query.hpp"
#include "admin/decisions.hpp"
#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"

namespace iamlocal::admin {
namespace {

using Json = nlohmann::ordered_json;

/// `{"items":[{"value":…}, …]}` of a string or a list of them.
Json items_of(const Json& values) {
    Json items = Json::array();
    if (values.is_array()) {
        for (const Json& value : values) items.push_back({{"value", value}});
    } else {
        items.push_back({{"value", values}});
    }
    return {{"items", items}};
}

Json no_items() { return {{"items", Json::array()}}; }

Json key_item(std::string_view key, const Json& values) { return {{"key", key}, {"values", items_of(values)}}; }

/// All values of a Principal, whatever their types.
Json principals_of(const Json& statement, const access::Identity& caller) {
    const auto principal = statement.find("Principal");
    if (principal == statement.end()) return items_of(caller.principal.unique_id);
    if (!principal->is_object()) return items_of(*principal);
    Json all = Json::array();
    for (const Json& values : *principal) {
        if (values.is_array())
            all.insert(all.end(), values.begin(), values.end());
        else
            all.push_back(values);
    }
    return items_of(all);
}

Json conditions_of(const Json& statement) {
    Json conditions = no_items();
    const auto condition = statement.find("Condition");
    if (condition == statement.end()) return conditions;
    for (const Json& keys : *condition)
        for (const auto& [key, values] : keys.items()) conditions["items"].push_back(key_item(key, values));
    return conditions;
}

/// The statement as it is written; nothing for a document that is no JSON.
Json written(const policy::MatchedStatement& matched) {
    const Json document = Json::parse(matched.source->text, nullptr, false);
    if (!document.is_object() || !document.contains("Statement")) return nullptr;
    const Json& statements = document["Statement"];
    if (!statements.is_array()) return statements;
    return matched.statement < statements.size() ? statements[matched.statement] : Json();
}

Json item_of(const policy::MatchedStatement& matched, const access::Identity& caller, bool with_elements) {
    const Json statement = written(matched);
    if (!statement.is_object()) return {{"effect", "DENY"}};
    Json item{{"statementId", statement.value("Sid", "")},
              {"effect", matched.effect == policy::Effect::allow ? "ALLOW" : "DENY"}};
    if (!with_elements) return item;
    item["principals"] = principals_of(statement, caller);
    item["principalGroups"] = no_items();
    item["actions"] = statement.contains("Action") ? items_of(statement["Action"]) : no_items();
    if (statement.contains("NotAction")) item["notActions"] = items_of(statement["NotAction"]);
    item["resources"] = statement.contains("Resource") ? items_of(statement["Resource"]) : no_items();
    if (statement.contains("NotResource")) item["notResources"] = items_of(statement["NotResource"]);
    item["conditions"] = conditions_of(statement);
    return item;
}

Json context_conditions(const access::Replay& replay) {
    Json conditions = no_items();
    for (const auto& [key, values] : replay.context()) conditions["items"].push_back(key_item(key, Json(values.items)));
    return conditions;
}

/// As in AWS's examples: only users have a name.
Json principal_of(const access::Identity& caller) {
    Json principal{{"id", caller.user_id}};
    if (!caller.user_name.empty()) principal["name"] = caller.user_name;
    principal["arn"] = caller.principal.arn;
    return principal;
}

}  // namespace

DecisionSummary::DecisionSummary(const access::DecisionRecord& record)
    : id(record.id),
      sequence(record.sequence),
      time(record.time),
      caller(record.caller),
      action(record.action),
      decision(decision_name(record)),
      fault(record.fault),
      trace_id(record.trace_id),
      span_id(record.span_id) {
    const access::DecisionCheck* check = record.main_check();
    if (!check) return;
    const access::PermissionView permission = record.permission(*check);
    action = permission.action;
    resource = permission.resource;
    decided_by = check->decided_by;
}

Json json_of(const DecisionSummary& summary) {
    Json json{{"id", summary.id},
              {"time", format_iso8601(whole_seconds(summary.time))},
              {"principal", summary.caller->principal.arn},
              {"action", summary.action}};
    if (!summary.resource.empty()) json["resource"] = summary.resource;
    json["decision"] = summary.decision;
    if (!summary.trace_id.empty()) {
        json["trace_id"] = summary.trace_id;
        json["span_id"] = summary.span_id;
    }
    if (summary.decided_by) json["decided_by"] = policy::name_of(*summary.decided_by);
    if (!summary.fault.empty()) json["fault"] = summary.fault;
    json["link"] = std::string(Decisions::root) + "/" + summary.id;
    return json;
}

std::string text_line(const DecisionSummary& summary) {
    // A resource may have any characters; a line stays one line.
    const auto printable = [](const std::string& text) {
        const std::string quoted = json_text(Json(text));
        const bool same = quoted.size() == text.size() + 2 && quoted.compare(1, text.size(), text) == 0;
        return same ? text : quoted;
    };
    std::string line = fmt::format("{} {} {:<12} {}", summary.id, format_iso8601(whole_seconds(summary.time)),
                                   summary.decision, summary.action);
    if (!summary.resource.empty()) line.append(" on ").append(printable(summary.resource));
    line.append(" by ").append(printable(summary.caller->principal.arn));
    return summary.fault.empty() ? line : line.append(", fault: ").append(summary.fault);
}

std::string authorization_message(const access::Replay& replay, const access::Identity& caller, std::size_t max_bytes) {
    policy::Trace trace;
    const policy::Decision decision = policy::decide(replay.policies(), replay.request(), trace);
    const auto make = [&](bool with_elements, bool with_conditions, bool with_statements) {
        Json statements = no_items();
        for (const policy::MatchedStatement& matched : trace.decisive(decision.outcome))
            if (with_statements) statements["items"].push_back(item_of(matched, caller, with_elements));
        return json_text(Json{{"allowed", decision.allowed()},
                              {"explicitDeny", decision.outcome == policy::Outcome::explicit_deny},
                              {"matchedStatements", statements},
                              {"failures", no_items()},
                              {"context",
                               {{"principal", principal_of(caller)},
                                {"action", replay.request().action},
                                {"resource", replay.request().resource},
                                {"conditions", with_conditions ? context_conditions(replay) : no_items()}}}});
    };
    std::string message = make(true, true, true);
    if (message.size() > max_bytes) message = make(false, true, true);
    if (message.size() > max_bytes) message = make(false, false, true);
    if (message.size() > max_bytes) message = make(false, false, false);
    return message;
}

}  // namespace iamlocal::admin
