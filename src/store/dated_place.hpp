// Where a page of a list ends that is sorted by date and, within a second, by id.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal::store {

struct DatedPlace {
    Seconds at = Seconds::min();
    std::string_view id = {};

    /// Reads what text() gives; before everything for a text of another form, which lives as long as `after` does.
    static DatedPlace parse(std::string_view after) {
        const std::size_t slash = after.find('/');
        if (slash == std::string_view::npos) return {};
        std::int64_t seconds = 0;
        std::from_chars(after.data(), after.data() + slash, seconds);
        return {Seconds(std::chrono::seconds(seconds)), after.substr(slash + 1)};
    }
    std::string text() const { return std::to_string(at.time_since_epoch().count()) + "/" + std::string(id); }
};

}  // namespace iamlocal::store
