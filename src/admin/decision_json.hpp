// What decisions look like in JSON: a line of a list, and the message that DecodeAuthorizationMessage gives.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "access/decisions.hpp"
#include "policy/decide.hpp"

namespace iamlocal::admin {

/// What lists show of a record; taken out of the log under its lock, so that nothing is formatted there.
struct DecisionSummary {
    explicit DecisionSummary(const access::DecisionRecord& record);

    std::string id;
    std::uint64_t sequence;
    Instant time;
    std::shared_ptr<const access::Identity> caller;
    std::string_view action;
    std::string resource;  ///< empty: nothing was decided
    std::string_view decision;
    std::optional<policy::PolicyType> decided_by;
    std::string fault;     ///< what was injected; empty: nothing
    std::string trace_id;  ///< of the client's trace; empty: it told of none
    std::string span_id;
};

nlohmann::ordered_json json_of(const DecisionSummary& summary);
/// The same for people: id, time, decision, action, resource and principal, without a line's end.
std::string text_line(const DecisionSummary& summary);

/// A refusal as AWS tells it: allowed, explicitDeny, matchedStatements, failures, context. At most `max_bytes`: what is
/// too long loses the elements of its statements first, then the condition keys, then everything but its head.
std::string authorization_message(const access::Replay& replay, const access::Identity& caller, std::size_t max_bytes);

}  // namespace iamlocal::admin
