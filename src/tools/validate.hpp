// `iamlocal validate`: findings about policy documents in files, for people, editors and code scanning.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// Runs the command with its arguments, program and command name not among them. Gives the exit status: 0 when no file
/// has errors (with --strict: nor warnings), 1 when one has, 2 for arguments and files that cannot be used.
///
/// @param environment `NAME=value`; NO_COLOR and TERM count
[[nodiscard]] int validate(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
