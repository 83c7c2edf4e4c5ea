// `iamlocal policy`: policies written from what was done, compared, and asked what they can ever allow.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// Runs `policy generate`, `policy diff` or `policy check`. `arguments` follow the name `policy`. Gives the exit status
/// of the command: 0 good, 1 a difference, or something that can be allowed; 2 arguments or files that cannot be used;
/// 3 where it cannot be told.
[[nodiscard]] int policy_command(const std::vector<std::string>& arguments,
                                 const std::vector<std::string>& environment);

/// Where a question about policies could not be decided.
inline constexpr int exit_unknown = 3;

int policy_generate(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);
int policy_diff(const std::vector<std::string>& arguments);
int policy_check(const std::vector<std::string>& arguments);

}  // namespace iamlocal::tools
