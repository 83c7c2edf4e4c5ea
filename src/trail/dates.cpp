#include "trail/dates.hpp"

#include <array>

#include <fmt/format.h>

namespace iamlocal::trail {

std::string in_words(Seconds at) {
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(at - day);
    const auto hours = time.hours().count();
    const char* const month = months[static_cast<unsigned>(date.month()) - 1];
    return fmt::format("{} {}, {}, {}:{:02}:{:02} {}", month, static_cast<unsigned>(date.day()),
                       static_cast<int>(date.year()), hours % 12 == 0 ? 12 : hours % 12, time.minutes().count(),
                       time.seconds().count(), hours < 12 ? "AM" : "PM");
}

}  // namespace iamlocal::trail
