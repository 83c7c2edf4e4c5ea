#include "admin/event_query.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "admin/query_values.hpp"
#include "base/encoding.hpp"

namespace iamlocal::admin {
namespace {

constexpr std::uint64_t most_shown = 1000;
constexpr std::string_view services[] = {"iam", "sts", "signin", "cloudtrail"};

/// Reads one parameter into `query`. What is wrong with it, or nothing.
std::optional<std::string> read(EventQuery& query, std::string_view name, const std::string& value, Instant now) {
    constexpr policy::GlobSyntax wildcards{.wildcards = true};
    if (name == "event") {
        query.name = policy::Glob::parse(fold_case(value), wildcards);
    } else if (name == "source") {
        if (std::find(std::begin(services), std::end(services), value) == std::end(services))
            return "source is one of iam, sts, signin and cloudtrail";
        query.source = value;
    } else if (name == "user") {
        query.user = policy::Glob::parse(value, wildcards);
    } else if (name == "account") {
        query.account = value;
    } else if (name == "outcome") {
        if (value != "success" && value != "error") return "outcome is success or error";
        query.failed = value == "error";
    } else if (name == "since") {
        query.since = parse_since(value, now);
        if (!query.since) return "since is a time such as 2030-01-01T00:00:00Z, or how long ago, such as 15m";
    } else if (name == "limit") {
        const auto limit = parse_number(value);
        if (!limit || *limit < 1 || *limit > most_shown)
            return fmt::format("limit is a number from 1 to {}", most_shown);
        query.limit = *limit;
    } else if (name == "cursor") {
        const auto cursor = parse_number(value);
        if (!cursor) return "cursor is what an answer before gave as next";
        query.before = *cursor;
    } else {
        return fmt::format("there is no parameter {}", name);
    }
    return std::nullopt;
}

}  // namespace

std::variant<EventQuery, std::string> EventQuery::parse(std::string_view query, Instant now) {
    EventQuery parsed;
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

bool EventQuery::admits(const trail::Event& event) const {
    if (since && event.time < *since) return false;
    if (failed && *failed != event.has_failed()) return false;
    return !name || name->matches(fold_case(event.name));
}

bool EventQuery::admits(const trail::Record& record) const {
    if (account && record.account() != *account) return false;
    if (source && record.source() != *source + ".amazonaws.com") return false;
    return !user || user->matches(record.user_name());
}

}  // namespace iamlocal::admin
