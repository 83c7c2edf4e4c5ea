// Dates in conditions. AWS reads more of ISO 8601 than most do: the grammar is that of Joda-Time's parser of dates with
// an optional time.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "policy/operands.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::int64_t day_seconds = 86400;

/// What Joda-Time takes; the first is the oldest date that AWS was seen to accept.
constexpr std::int64_t first_year = -292'275'054;
constexpr std::int64_t last_year = 292'278'993;

bool is_leap(std::int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

/// Days since 1970 of a date in any year. The calendar repeats every 400 years, and std::chrono knows one of them.
std::int64_t days_since_1970(std::int64_t year, unsigned month, unsigned day) {
    constexpr std::int64_t years = 400;
    constexpr std::int64_t days = 146'097;
    const std::int64_t turns = (year - 2000 - ((year - 2000) % years + years) % years) / years;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year - turns * years)),
                                           std::chrono::month(month), std::chrono::day(day)};
    return turns * days + std::chrono::sys_days(date).time_since_epoch().count();
}

/// Reads from the left. Each step is false, or nothing, where the text does not go on as wanted.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }
    [[nodiscard]] bool is_at_digit() const { return !at_end() && rest_.front() >= '0' && rest_.front() <= '9'; }

    bool accept(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// A number of one to `most` digits that is at most `limit`.
    std::optional<std::int64_t> number(std::size_t most, std::int64_t limit) {
        std::size_t size = 0;
        while (size < std::min(most, rest_.size()) && rest_[size] >= '0' && rest_[size] <= '9') ++size;
        std::int64_t value = 0;
        const char* const end = rest_.data() + size;
        if (std::from_chars(rest_.data(), end, value).ptr != end || size == 0 || value > limit) return std::nullopt;
        rest_.remove_prefix(size);
        return value;
    }

    /// The digits after a point or comma, of a unit of so many milliseconds. None are no fraction.
    std::optional<std::int64_t> fraction(std::int64_t unit) {
        constexpr std::size_t most = 9;  // further ones are of less than a millisecond
        std::size_t size = 0;
        std::int64_t numerator = 0;
        std::int64_t denominator = 1;
        for (; size < rest_.size() && rest_[size] >= '0' && rest_[size] <= '9'; ++size) {
            if (size >= most) continue;
            numerator = numerator * 10 + (rest_[size] - '0');
            denominator *= 10;
        }
        if (size == 0) return std::nullopt;
        rest_.remove_prefix(size);
        return unit * numerator / denominator;
    }

  private:
    std::string_view rest_;
};

/// Days since 1970: a year, and perhaps its month, and perhaps its day.
std::optional<std::int64_t> read_date(Reader& in) {
    const bool negative = in.accept("-");
    if (!negative) in.accept("+");
    const auto digits = in.number(9, last_year);
    if (!digits) return std::nullopt;
    const std::int64_t year = negative ? -*digits : *digits;
    std::int64_t month = 1;
    std::int64_t day = 1;
    if (in.accept("-")) {
        const auto given = in.number(2, 12);
        if (!given || *given == 0) return std::nullopt;
        month = *given;
        if (in.accept("-")) {
            constexpr std::array<int, 12> lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
            const auto of_month =
                in.number(2, lengths[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap(year) ? 1 : 0));
            if (!of_month || *of_month == 0) return std::nullopt;
            day = *of_month;
        }
    }
    if (year < first_year) return std::nullopt;
    return days_since_1970(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

/// Milliseconds of the day: an hour, and perhaps its minute, and perhaps its second. The last may have a fraction.
std::optional<std::int64_t> read_time(Reader& in) {
    struct Unit {
        std::int64_t milliseconds;
        std::int64_t last;
    };
    constexpr std::array<Unit, 3> units{{{3'600'000, 23}, {60'000, 59}, {1000, 59}}};
    std::int64_t time = 0;
    for (const Unit& unit : units) {
        const auto value = in.number(2, unit.last);
        if (!value) return std::nullopt;
        time += *value * unit.milliseconds;
        if (in.accept(".,")) {
            const auto fraction = in.fraction(unit.milliseconds);
            if (!fraction) return std::nullopt;
            return time + *fraction;
        }
        if (unit.milliseconds == units.back().milliseconds || !in.accept(":")) break;
    }
    return time;
}

/// Seconds east of Greenwich, of a zone whose sign was read: two digits, and perhaps two more.
std::optional<std::int64_t> read_offset(Reader& in) {
    const auto tens = in.number(1, 2);
    const auto ones = tens ? in.number(1, *tens == 2 ? 3 : 9) : std::nullopt;
    if (!ones) return std::nullopt;
    std::int64_t offset = (*tens * 10 + *ones) * 3600;
    if (!in.accept(":") && in.at_end()) return offset;
    const auto minute_tens = in.number(1, 5);
    const auto minute_ones = minute_tens ? in.number(1, 9) : std::nullopt;
    if (!minute_ones) return std::nullopt;
    return offset + (*minute_tens * 10 + *minute_ones) * 60;
}

}  // namespace

std::optional<PreciseInstant> PreciseInstant::parse(std::string_view text) {
    const bool digits =
        !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    PreciseInstant instant;
    if (digits) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), instant.seconds);
        if (error != std::errc{}) return std::nullopt;
        return instant;
    }
    Reader in(text);
    const auto days = read_date(in);
    if (!days) return std::nullopt;
    std::int64_t time = 0;
    std::int64_t offset = 0;
    if (in.accept("Tt")) {
        if (in.is_at_digit()) {
            const auto of_day = read_time(in);
            if (!of_day) return std::nullopt;
            time = *of_day;
        }
        const bool east = in.accept("+");
        if (east || in.accept("-")) {
            const auto distance = read_offset(in);
            if (!distance) return std::nullopt;
            offset = east ? *distance : -*distance;
        } else {
            in.accept("Zz");
        }
    }
    if (!in.at_end()) return std::nullopt;
    instant.seconds = *days * day_seconds + time / 1000 - offset;
    instant.millisecond = static_cast<std::int32_t>(time % 1000);
    return instant;
}

}  // namespace iamlocal::policy
