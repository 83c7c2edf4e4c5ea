// Settings: the audit trail.
#include "cli/setting.hpp"
#include "cli/setting_values.hpp"

namespace iamlocal::cli {

std::span<const Setting> settings_of_trail() {
    static const Setting settings[] = {
        {"trail", "MIB", "Memory for the last calls as CloudTrail's events, in MiB; 0: none are recorded",
         "a number from 0 to 4096",
         [](Config& c, const std::string& t) { return set_number<std::size_t>(c.trail, t, 0, 4096); },
         [](const Config& c) { return std::to_string(c.trail); }},
        {"trail-files", "MIB", "MiB of the trail's files in the data directory, the oldest are removed; 0: none",
         "a number from 0 to 1048576",
         [](Config& c, const std::string& t) { return set_number<std::size_t>(c.trail_files, t, 0, 1048576); },
         [](const Config& c) { return std::to_string(c.trail_files); }},
        {"trail-interval", "SECONDS", "How often the trail's files are written", "a number of seconds from 1 to 86400",
         [](Config& c, const std::string& t) { return set_seconds(c.trail_interval, t); },
         [](const Config& c) { return std::to_string(c.trail_interval.count()); }},
        {"lookup-events-rate", "NUMBER", "LookupEvents a second of an account in a Region (AWS: 2); 0: any number",
         "a number from 0 to 1000",
         [](Config& c, const std::string& t) { return set_number<unsigned>(c.lookup_events_rate, t, 0, 1000); },
         [](const Config& c) { return std::to_string(c.lookup_events_rate); }},
    };
    return settings;
}

}  // namespace iamlocal::cli
