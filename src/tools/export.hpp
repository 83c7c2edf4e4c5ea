// `iamlocal export`: what a running server holds, as a seed or for Terraform.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// Asks a server for its state, as `arguments` say, and prints it. Gives the exit status.
int export_seed(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
