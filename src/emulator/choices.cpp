#include "emulator/choices.hpp"

#include <unistd.h>

namespace iamlocal {

LogLevel level_of(Config::LogLevel level) {
    switch (level) {
        case Config::LogLevel::error:
            return LogLevel::error;
        case Config::LogLevel::warn:
            return LogLevel::warn;
        case Config::LogLevel::info:
            return LogLevel::info;
        case Config::LogLevel::debug:
            return LogLevel::debug;
    }
    return LogLevel::info;
}

LogFormat format_of(Config::LogFormat format) {
    if (format == Config::LogFormat::automatic) return ::isatty(STDERR_FILENO) == 1 ? LogFormat::text : LogFormat::json;
    return format == Config::LogFormat::text ? LogFormat::text : LogFormat::json;
}

access::Enforcement enforcement_of(Config::Enforcement enforcement) {
    switch (enforcement) {
        case Config::Enforcement::enforce:
            return access::Enforcement::enforce;
        case Config::Enforcement::audit:
            return access::Enforcement::audit;
        case Config::Enforcement::off:
            return access::Enforcement::off;
    }
    return access::Enforcement::enforce;
}

app::ServeMetrics metrics_of(Config::Metrics metrics) {
    switch (metrics) {
        case Config::Metrics::automatic:
            return app::ServeMetrics::on_loopback;
        case Config::Metrics::on:
            return app::ServeMetrics::on;
        case Config::Metrics::off:
            return app::ServeMetrics::off;
    }
    return app::ServeMetrics::off;
}

}  // namespace iamlocal
