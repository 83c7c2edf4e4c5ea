// Which events of the trail somebody wants to see: the query string of the trail's addresses.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "admin/query_values.hpp"
#include "base/clock.hpp"
#include "policy/glob.hpp"
#include "trail/record.hpp"

namespace iamlocal::admin {

/// Filters, and which page. Absent ones let everything through.
struct EventQuery : ListQuery {
    std::optional<policy::Glob> name;    ///< `event`: "CreateUser", in lower case, with `*` and `?`
    std::optional<std::string> source;   ///< `iam`, `sts`, `signin` or `cloudtrail`
    std::optional<policy::Glob> user;    ///< as LookupEvents calls the caller, with `*` and `?`
    std::optional<std::string> account;  ///< whose trail has it
    std::optional<bool> failed;          ///< `outcome`: `error` or `success`

    /// Reads what follows the question mark, or says what is wrong with it. `now` is what `since=15m` counts from.
    static std::variant<EventQuery, std::string> parse(std::string_view query, Instant now);
    [[nodiscard]] bool admits(const trail::Event& event) const;
    [[nodiscard]] bool admits(const trail::Record& record) const;
};

}  // namespace iamlocal::admin
