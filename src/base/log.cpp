#include "base/log.hpp"

#include <fmt/compile.h>

#include "base/encoding.hpp"
#include "base/time_format.hpp"

namespace iamlocal {
namespace {

const char* name_of(LogLevel level) {
    switch (level) {
        case LogLevel::error:
            return "error";
        case LogLevel::warn:
            return "warn";
        case LogLevel::info:
            return "info";
        case LogLevel::debug:
            return "debug";
    }
    return "";
}

void append_value(std::string& out, const LogField& field, LogFormat format) {
    if (const auto* number = std::get_if<std::int64_t>(&field.value)) {
        out.append(fmt::format_int(*number).c_str());
        return;
    }
    const std::string_view text = std::get<std::string_view>(field.value);
    const bool quoted = format == LogFormat::json || text.empty() || text.find_first_of(" \"=\\\n\t") != text.npos;
    if (quoted) out.push_back('"');
    // In text, too, where it keeps a line in one piece.
    json_append(out, text);
    if (quoted) out.push_back('"');
}

}  // namespace

void append_line(std::string& out, LogFormat format, Instant now, LogLevel level, std::string_view event,
                 std::initializer_list<LogField> fields) {
    const Seconds second = whole_seconds(now);
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now - second).count();
    std::string time = format_iso8601(second);
    time.pop_back();
    if (format == LogFormat::json) {
        fmt::format_to(std::back_inserter(out), FMT_COMPILE(R"({{"time":"{}.{:03}Z","level":"{}","event":")"), time,
                       millis, name_of(level));
        json_append(out, event);
        out.push_back('"');
        for (const LogField& field : fields) {
            if (field.key.empty()) continue;
            out.append(",\"").append(field.key).append("\":");
            append_value(out, field, format);
        }
        out.append("}\n");
        return;
    }
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}.{:03}Z {} {}"), time, millis, name_of(level), event);
    for (const LogField& field : fields) {
        if (field.key.empty()) continue;
        out.append(" ").append(field.key).append("=");
        append_value(out, field, format);
    }
    out.push_back('\n');
}

Log::Log(LogLevel level, LogFormat format, const Clock& clock, std::function<void(std::string_view)> sink)
    : level_(level), format_(format), clock_(clock), sink_(std::move(sink)) {}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (!enabled(level)) return;
    std::string line;
    append(line, level, event, fields);
    sink_(line);
}

void Log::append(std::string& out, LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (enabled(level)) append_line(out, format_, clock_.now(), level, event, fields);
}

void Log::flush(std::string& lines) {
    if (lines.empty()) return;
    sink_(lines);
    lines.clear();
}

}  // namespace iamlocal
