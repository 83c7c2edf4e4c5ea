// The program's settings: flags over environment over defaults, each with where it came from.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "iamlocal/config.hpp"

namespace iamlocal::cli {

/// What the program is to do.
enum class Command { serve, healthcheck, print_config, describe, help, version };

struct Settings {
    Command command = Command::serve;
    Config config;
    bool json = false;  ///< whether the version is to be printed so
    /// What --help or --print-config prints.
    std::string text;
    /// Variables of other emulators that count, in the order in which the environment has them.
    std::vector<std::string> foreign;
};

/// One sentence about an unknown flag, an unknown IAMLOCAL_ variable or an impossible value.
struct UsageError {
    std::string message;
};

/// Variables as `NAME=value`.
using Environment = std::vector<std::string>;
/// The content of a file, or nullopt if it cannot be read: for settings that name a file with a secret.
using ReadFile = std::function<std::optional<std::string>(const std::string& path)>;

/// @param arguments without the program's name
[[nodiscard]] std::variant<Settings, UsageError> parse_settings(std::vector<std::string> arguments,
                                                                const Environment& environment,
                                                                const ReadFile& read_file);

}  // namespace iamlocal::cli
