// `iamlocal credentials`: temporary credentials for programs that start another program to get theirs.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// Runs the command; gives its exit status. What it prints is all that SDKs expect of a credential_process.
int credentials(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
