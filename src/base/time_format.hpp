// Instants as AWS writes and reads them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal {

/// `2017-09-02T14:32:23Z`
std::string format_iso8601(Seconds at);
/// `2017-09-02T14:32:23.120Z`
std::string format_iso8601(Milliseconds at);
/// `20170902T143223Z`, the form of X-Amz-Date.
std::string format_amz_date(Seconds at);
/// `Sat, 02 Sep 2017 14:32:23 GMT`, the form of HTTP's Date header.
std::string format_http_date(Seconds at);

/// Exactly the form of X-Amz-Date.
std::optional<Seconds> parse_amz_date(std::string_view text);
/// RFC 7231's preferred form of HTTP dates.
std::optional<Seconds> parse_http_date(std::string_view text);
/// `YYYY-MM-DD`, or `YYYY-MM-DDThh:mm[:ss[.fff]]` with `Z` or `±hh:mm`: what policies and APIs accept.
std::optional<Instant> parse_iso8601(std::string_view text);

inline Seconds whole_seconds(Instant at) { return std::chrono::floor<std::chrono::seconds>(at); }

/// `90s`, `15m`, `2h`, `1d`, and sums of them like `1h30m`, each at most a hundred years; with a leading '-' back in
/// time.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace iamlocal
