// `iamlocal seed`: brings a running server to the state that files describe, or tries them without one.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// Gives the exit status: `exit_error` for a seed that is refused.
///
/// @param arguments    those after the word `seed`
/// @param environment  NAME=VALUE
[[nodiscard]] int seed(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
