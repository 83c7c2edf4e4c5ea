#include "admin/decision_query.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace iamlocal::admin {
namespace {

using access::DecisionRecord;

constexpr std::string_view decisions[] = {"allowed", "denied", "explicitDeny", "implicitDeny",
                                          "exempt",  "off",    "fault"};

std::optional<std::string> read_own(DecisionQuery& query, std::string_view name, const std::string& value) {
    constexpr policy::GlobSyntax wildcards{.wildcards = true};
    if (name == "principal") {
        query.principal = policy::Glob::parse(value, wildcards);
        query.principal_tail = policy::Glob::parse("*/" + value, wildcards);
    } else if (name == "action") {
        query.action = policy::Glob::parse(fold_case(value), wildcards);
    } else if (name == "decision") {
        if (std::find(std::begin(decisions), std::end(decisions), value) == std::end(decisions))
            return "decision is one of allowed, denied, explicitDeny, implicitDeny, exempt, off and fault";
        query.decision = value;
    } else if (name == "trace") {
        query.trace = value;
    } else if (name == "format") {
        if (value != "text" && value != "json") return "format is text or json";
        query.text = value == "text";
    } else {
        return unknown_parameter(name);
    }
    return std::nullopt;
}

bool matches(const policy::Glob& action, const DecisionRecord& record) {
    if (action.matches(fold_case(record.action))) return true;
    return std::any_of(record.checks.begin(), record.checks.end(),
                       [&](const auto& check) { return action.matches(fold_case(record.permission(check).action)); });
}

}  // namespace

std::string_view decision_name(const DecisionRecord& record) {
    switch (record.kind) {
        case DecisionRecord::Kind::exempt:
            return "exempt";
        case DecisionRecord::Kind::off:
            return "off";
        case DecisionRecord::Kind::fault:
            return "fault";
        case DecisionRecord::Kind::made:
            if (const auto* check = record.main_check()) return policy::name_of(check->outcome);
            break;
        case DecisionRecord::Kind::none:
            break;
    }
    return "none";
}

std::variant<DecisionQuery, std::string> DecisionQuery::parse(std::string_view query, Instant now) {
    DecisionQuery parsed;
    auto problem = read_query(query, now, parsed, [&parsed](std::string_view name, const std::string& value) {
        return read_own(parsed, name, value);
    });
    if (problem) return *std::move(problem);
    return parsed;
}

bool DecisionQuery::admits(const DecisionRecord& record) const {
    if (since && record.time < *since) return false;
    if (trace && record.trace_id != *trace) return false;
    if (decision) {
        const bool fits = *decision == "denied" ? record.denied() : *decision == decision_name(record);
        if (!fits) return false;
    }
    if (principal) {
        const std::string& arn = record.caller->principal.arn;
        const std::string& role = record.caller->arn;
        const bool fits = principal->matches(arn) || principal_tail->matches(arn) || principal->matches(role) ||
                          principal_tail->matches(role);
        if (!fits) return false;
    }
    return !action || matches(*action, record);
}

}  // namespace iamlocal::admin
