#include "base/time_format.hpp"

#include <array>
#include <cstdint>

#include <fmt/compile.h>

namespace iamlocal {
namespace {

constexpr std::int64_t hundred_years = 100LL * 366 * 86400;

using namespace std::chrono;

constexpr std::array<std::string_view, 7> weekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
    year_month_day date;
    unsigned day_of_week;
    hh_mm_ss<seconds> time;
};

Parts parts_of(Seconds at) {
    const sys_days day = floor<days>(at);
    return {year_month_day(day), weekday(day).c_encoding(), hh_mm_ss<seconds>(at - day)};
}

int year_of(const Parts& p) { return static_cast<int>(p.date.year()); }
unsigned month_of(const Parts& p) { return static_cast<unsigned>(p.date.month()); }
unsigned day_of(const Parts& p) { return static_cast<unsigned>(p.date.day()); }

/// Writes a number over the zeros that stand at a place of a text.
void put(std::string& text, std::size_t at, std::size_t digits, std::int64_t number) {
    for (std::size_t i = at + digits; i-- > at; number /= 10) text[i] = static_cast<char>('0' + number % 10);
}

/// Reads a text from the left; every step fails for good once one has failed.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    int digits(std::size_t count) {
        int value = 0;
        if (text_.size() < count) return fail();
        for (std::size_t i = 0; i < count; ++i) {
            if (text_[i] < '0' || text_[i] > '9') return fail();
            value = value * 10 + (text_[i] - '0');
        }
        text_.remove_prefix(count);
        return value;
    }
    void literal(std::string_view expected) {
        if (!text_.starts_with(expected)) {
            fail();
            return;
        }
        text_.remove_prefix(expected.size());
    }
    bool accept(char c) {
        if (text_.empty() || text_.front() != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    /// The fraction's digits as microseconds; further digits are read and dropped.
    int fraction() {
        int micros = 0;
        int unit = 100000;
        bool any = false;
        while (!text_.empty() && text_.front() >= '0' && text_.front() <= '9') {
            micros += (text_.front() - '0') * unit;
            unit /= 10;
            any = true;
            text_.remove_prefix(1);
        }
        if (!any) fail();
        return micros;
    }
    template <std::size_t N>
    unsigned name_of(const std::array<std::string_view, N>& names) {
        for (unsigned i = 0; i < N; ++i) {
            if (!text_.starts_with(names[i])) continue;
            text_.remove_prefix(names[i].size());
            return i;
        }
        fail();
        return 0;
    }
    bool at_end() const { return ok_ && text_.empty(); }

  private:
    int fail() {
        ok_ = false;
        text_ = {};
        return 0;
    }
    std::string_view text_;
    bool ok_ = true;
};

std::optional<Seconds> make(int y, int mo, int d, int h, int mi, int s) {
    const year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
    if (!date.ok() || h > 23 || mi > 59 || s > 60) return std::nullopt;
    return Seconds(sys_days(date)) + hours(h) + minutes(mi) + seconds(s);
}

}  // namespace

std::string format_iso8601(Seconds at) {
    const Parts p = parts_of(at);
    // By hand: lists have a date in every item.
    std::string text = "0000-00-00T00:00:00Z";
    put(text, 0, 4, year_of(p));
    put(text, 5, 2, month_of(p));
    put(text, 8, 2, day_of(p));
    put(text, 11, 2, p.time.hours().count());
    put(text, 14, 2, p.time.minutes().count());
    put(text, 17, 2, p.time.seconds().count());
    return text;
}

std::string format_iso8601(Milliseconds at) {
    const Seconds second = floor<seconds>(at);
    std::string text = format_iso8601(second);
    text.pop_back();
    text.append(fmt::format(".{:03}Z", (at - second).count()));
    return text;
}

std::string format_amz_date(Seconds at) {
    const Parts p = parts_of(at);
    return fmt::format(FMT_COMPILE("{:04}{:02}{:02}T{:02}{:02}{:02}Z"), year_of(p), month_of(p), day_of(p),
                       p.time.hours().count(), p.time.minutes().count(), p.time.seconds().count());
}

std::string format_http_date(Seconds at) {
    const Parts p = parts_of(at);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", weekdays[p.day_of_week], day_of(p),
                       months[month_of(p) - 1], year_of(p), p.time.hours().count(), p.time.minutes().count(),
                       p.time.seconds().count());
}

std::optional<Seconds> parse_amz_date(std::string_view text) {
    Scanner in(text);
    const int y = in.digits(4), mo = in.digits(2), d = in.digits(2);
    in.literal("T");
    const int h = in.digits(2), mi = in.digits(2), s = in.digits(2);
    in.literal("Z");
    if (!in.at_end()) return std::nullopt;
    return make(y, mo, d, h, mi, s);
}

std::optional<Seconds> parse_http_date(std::string_view text) {
    Scanner in(text);
    in.name_of(weekdays);
    in.literal(", ");
    const int d = in.digits(2);
    in.literal(" ");
    const int mo = static_cast<int>(in.name_of(months)) + 1;
    in.literal(" ");
    const int y = in.digits(4);
    in.literal(" ");
    const int h = in.digits(2);
    in.literal(":");
    const int mi = in.digits(2);
    in.literal(":");
    const int s = in.digits(2);
    in.literal(" GMT");
    if (!in.at_end()) return std::nullopt;
    return make(y, mo, d, h, mi, s);
}

std::optional<Instant> parse_iso8601(std::string_view text) {
    Scanner in(text);
    const int y = in.digits(4);
    in.literal("-");
    const int mo = in.digits(2);
    in.literal("-");
    const int d = in.digits(2);
    if (in.at_end()) return make(y, mo, d, 0, 0, 0);
    in.literal("T");
    const int h = in.digits(2);
    in.literal(":");
    const int mi = in.digits(2);
    int s = 0;
    int micros = 0;
    if (in.accept(':')) {
        s = in.digits(2);
        if (in.accept('.')) micros = in.fraction();
    }
    int offset_minutes = 0;
    if (!in.accept('Z')) {
        const int sign = in.accept('-') ? -1 : (in.literal("+"), 1);
        const int oh = in.digits(2);
        in.literal(":");
        const int om = in.digits(2);
        if (oh > 14 || om > 59) return std::nullopt;
        offset_minutes = sign * (oh * 60 + om);
    }
    if (!in.at_end()) return std::nullopt;
    const std::optional<Seconds> at = make(y, mo, d, h, mi, s);
    if (!at) return std::nullopt;
    return Instant(*at) - minutes(offset_minutes) + microseconds(micros);
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    const bool back = text.starts_with('-');
    if (back) text.remove_prefix(1);
    if (text.empty()) return std::nullopt;
    std::int64_t total = 0;
    while (!text.empty()) {
        std::int64_t number = 0;
        std::size_t digits = 0;
        while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && number <= hundred_years)
            number = number * 10 + (text[digits++] - '0');
        if (digits == 0 || digits == text.size()) return std::nullopt;
        std::int64_t unit = 0;
        switch (text[digits]) {
            case 's':
                unit = 1;
                break;
            case 'm':
                unit = 60;
                break;
            case 'h':
                unit = 3600;
                break;
            case 'd':
                unit = 86400;
                break;
            default:
                return std::nullopt;
        }
        if (number > hundred_years / unit) return std::nullopt;
        total += number * unit;
        if (total > hundred_years) return std::nullopt;
        text.remove_prefix(digits + 1);
    }
    return std::chrono::seconds(back ? -total : total);
}

}  // namespace iamlocal
