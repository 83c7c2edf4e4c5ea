// `iamlocal assertion`: a SAML response of a built-in identity provider.
#pragma once

#include <string>
#include <vector>

namespace iamlocal::tools {

/// Has a running server make one, and prints it in base64 or puts it into a file. Returns the exit status.
/// `environment`: variables as NAME=value.
int assertion(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

}  // namespace iamlocal::tools
