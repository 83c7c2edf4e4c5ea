#include "admin/decision_query.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "admin/query_values.hpp"
#include "base/encoding.hpp"

namespace iamlocal::admin {
namespace {

using access::DecisionRecord;

constexpr std::uint64_t max_limit = 1000;
constexpr std::string_view decisions[] = {"allowed", "denied", "explicitDeny", "implicitDeny",
                                          "exempt",  "off",    "fault"};

/// Reads one parameter into `query`. What is wrong with it, or nothing.
std::optional<std::string> read(DecisionQuery& query, std::string_view name, std::string_view value, Instant now) {
    constexpr policy::GlobSyntax wildcards{.wildcards = true};
    if (name == "principal") {
        query.principal = policy::Glob::parse(value, wildcards);
        query.principal_tail = policy::Glob::parse("*/" + std::string(value), wildcards);
    } else if (name == "action") {
        query.action = policy::Glob::parse(fold_case(value), wildcards);
    } else if (name == "decision") {
        if (std::find(std::begin(decisions), std::end(decisions), value) == std::end(decisions))
            return "decision is one of allowed, denied, explicitDeny, implicitDeny, exempt, off and fault";
        query.decision = value;
    } else if (name == "trace") {
        query.trace = value;
    } else if (name == "since") {
        query.since = parse_since(value, now);
        if (!query.since) return "since is a time such as 2030-01-01T00:00:00Z, or how long ago, such as 15m";
    } else if (name == "limit") {
        const auto limit = parse_number(value);
        if (!limit || *limit < 1 || *limit > max_limit) return fmt::format("limit is a number from 1 to {}", max_limit);
        query.limit = *limit;
    } else if (name == "cursor") {
        const auto cursor = parse_number(value);
        if (!cursor) return "cursor is what an answer before gave as next";
        query.before = *cursor;
    } else if (name == "format") {
        if (value != "text" && value != "json") return "format is text or json";
        query.text = value == "text";
    } else {
        return fmt::format("there is no parameter {}", name);
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
    FormPairs pairs(query);
    while (const auto pair = pairs.next()) {
        const auto name = percent_decode(pair->name, PlusIs::space);
        const auto value = percent_decode(pair->value, PlusIs::space);
        if (!name || !value || !is_utf8(*name)) return std::string("the query string is not percent-encoded");
        if (!parsed.given.insert(*name).second) return fmt::format("{} is given twice", *name);
        if (auto problem = read(parsed, *name, *value, now)) return *std::move(problem);
    }
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
