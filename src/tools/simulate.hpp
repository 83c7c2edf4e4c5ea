// `iamlocal simulate`: one question, answered from files or by a running server.
#pragma once

#include <string>
#include <vector>

#include "tools/input.hpp"

namespace iamlocal::tools {

/// Runs the command. `arguments` follow its name; `environment` has `NAME=value` entries, of which the usual AWS_…
/// variables are read when a server is asked. Gives an ExitStatus.
int simulate(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
