// `iamlocal test`: runs suites of expectations about policies.
#pragma once

#include <string>
#include <vector>

#include "tools/input.hpp"

namespace iamlocal::tools {

/// Runs the command. `arguments` follow its name. Gives an ExitStatus: exit_bad if an expectation does not hold or
/// fewer statements were reached than required.
///
/// @param environment `NAME=value`; NO_COLOR and TERM count
int test(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
