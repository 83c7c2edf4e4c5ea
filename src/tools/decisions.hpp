// `iamlocal decisions`: what a running server has decided, or decides from now on.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

int decisions(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
