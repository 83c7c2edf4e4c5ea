// How the commands of this folder read their arguments.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace iamlocal::tools {

/// Reads the arguments that follow a command's name. Gives the help if that was asked for. Throws InputError for
/// arguments that `app` does not understand, and for empty ones: an unset variable in a script must not make a command
/// forget a boundary.
[[nodiscard]] std::optional<std::string> parse_arguments(CLI::App& app, const std::vector<std::string>& arguments);

}  // namespace iamlocal::tools
