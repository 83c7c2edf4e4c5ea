#include "admin/event_query.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace iamlocal::admin {
namespace {

constexpr std::string_view services[] = {"iam", "sts", "signin", "cloudtrail"};

std::optional<std::string> read_own(EventQuery& query, std::string_view name, const std::string& value) {
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
    } else {
        return unknown_parameter(name);
    }
    return std::nullopt;
}

}  // namespace

std::variant<EventQuery, std::string> EventQuery::parse(std::string_view query, Instant now) {
    EventQuery parsed;
    auto problem = read_query(query, now, parsed, [&parsed](std::string_view parameter, const std::string& value) {
        return read_own(parsed, parameter, value);
    });
    if (problem) return *std::move(problem);
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
