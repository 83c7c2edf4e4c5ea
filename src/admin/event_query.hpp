// Which events of the trail somebody wants to see: the query string of the trail's addresses.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"
#include "policy/glob.hpp"
#include "trail/record.hpp"

namespace iamlocal::admin {

/// Filters, and which page. Absent ones let everything through.
struct EventQuery {
    std::optional<policy::Glob> name;    ///< `event`: "CreateUser", in lower case, with `*` and `?`
    std::optional<std::string> source;   ///< `iam`, `sts`, `signin` or `cloudtrail`
    std::optional<policy::Glob> user;    ///< as LookupEvents calls the caller, with `*` and `?`
    std::optional<std::string> account;  ///< whose trail has it
    std::optional<bool> failed;          ///< `outcome`: `error` or `success`
    std::optional<Instant> since;
    std::size_t limit = 100;
    std::uint64_t before = UINT64_MAX;  ///< `cursor`: sequence number of the last that was shown
    std::set<std::string> given;        ///< the names of the parameters

    /// Reads what follows the question mark, or says what is wrong with it. `now` is what `since=15m` counts from.
    static std::variant<EventQuery, std::string> parse(std::string_view query, Instant now);
    [[nodiscard]] bool admits(const trail::Event& event) const;
    [[nodiscard]] bool admits(const trail::Record& record) const;
};

}  // namespace iamlocal::admin
