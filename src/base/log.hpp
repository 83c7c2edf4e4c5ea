// Log lines: text on a terminal, JSON otherwise. append() adds a line to a text of the caller's and flush() writes that
// text with one system call, so that an access line per request does not cost a write each. write() writes at once.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.hpp"

namespace iamlocal {

enum class LogLevel { error, warn, info, debug };
enum class LogFormat { text, json };

/// One key=value of a line. Values are escaped; a Secret cannot be passed. Without a key it is left out.
struct LogField {
    std::string_view key;
    std::variant<std::string_view, std::int64_t> value;
};

/// Appends one line with its newline to `out`.
void append_line(std::string& out, LogFormat format, Instant now, LogLevel level, std::string_view event,
                 std::initializer_list<LogField> fields);

/// Where lines go; shared by all workers.
class Log {
  public:
    /// `sink` receives whole lines, each with its newline, and must be callable from every thread at once.
    Log(LogLevel level, LogFormat format, const Clock& clock, std::function<void(std::string_view)> sink);

    bool enabled(LogLevel level) const { return level <= level_; }
    LogFormat format() const { return format_; }
    /// Writes one line at once.
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});
    /// Appends one line to `out` instead of writing it.
    void append(std::string& out, LogLevel level, std::string_view event, std::initializer_list<LogField> fields);
    /// Writes lines that append() made.
    void flush(std::string& lines);

  private:
    LogLevel level_;
    LogFormat format_;
    const Clock& clock_;
    std::function<void(std::string_view)> sink_;
};

}  // namespace iamlocal
