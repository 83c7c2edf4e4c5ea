// `iamlocal token`: a web identity token from a built-in issuer of a running server, as AWS_WEB_IDENTITY_TOKEN_FILE
// wants it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace iamlocal::tools {

/// The exit status: 0, or 2 where there is no token.
int token(const std::vector<std::string>& arguments, const std::vector<std::string>& environment);

/// Reads `name=text` and `name:=JSON` arguments. Throws InputError for what is neither, and for a name that is there
/// twice.
[[nodiscard]] nlohmann::ordered_json parse_claims(const std::vector<std::string>& arguments);

}  // namespace iamlocal::tools
