// CloudTrail's LookupEvents: what it is asked, and what it answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "aws/error.hpp"
#include "base/clock.hpp"
#include "base/named.hpp"
#include "trail/archive.hpp"
#include "trail/record.hpp"
#include "trail/trail.hpp"

namespace iamlocal::trail {

/// Whose events somebody may look up: those of his account, in the Region that he asks.
struct LookupScope {
    AccountId account;
    std::string region;
    Instant now{};
};

/// A request, read and checked.
struct LookupQuery {
    enum class Attribute {
        event_id,
        event_name,
        read_only,
        user_name,
        resource_type,
        resource_name,
        event_source,
        access_key_id
    };
    std::optional<std::pair<Attribute, std::string>> attribute;
    std::optional<Seconds> start;  ///< both are inclusive
    std::optional<Seconds> end;
    std::size_t most = 50;
    bool insights = false;  ///< asked for a category of which there are none
    /// Where the page before has ended, if in memory: time, sequence number and id of its last event.
    struct Shown {
        std::pair<std::int64_t, std::uint64_t> place;
        std::string id;
    };
    std::optional<Shown> after;
    /// The same, if in the files.
    std::optional<Archive::Place> from;
    std::string digest;  ///< of all that a token has to be used with

    /// Reads the body of a request in AWS's JSON protocol. The error is one of LookupEvents' own, or
    /// SerializationException for what is no such body.
    static std::variant<LookupQuery, ApiError> parse(std::string_view body, const LookupScope& scope);
};

/// The answer in JSON: events of the last 90 days, the newest first. `archive`: null where there are no files. A page
/// may have fewer events than there are, also none, where the files are large; its token leads on.
std::string look_up(const Trail& trail, const Archive* archive, const LookupQuery& query, const LookupScope& scope);

}  // namespace iamlocal::trail
