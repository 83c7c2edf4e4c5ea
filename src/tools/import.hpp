// `iamlocal import`: a real account as a seed.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// Reads what the AWS CLI printed of an account, prints a seed, and says on standard error what it has otherwise. Gives
/// the exit status.
int import(const std::vector<std::string>& arguments);

}  // namespace iamlocal::tools
