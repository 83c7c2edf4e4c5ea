// `iamlocal why`: a running server explains a decision.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// The exit status: 0 where the request was allowed, 1 where it was denied or its signature was wrong, 2 where nothing
/// can be said.
int why(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
