// Findings that somebody has looked at and wants to hear of no more.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::tools {

using Codes = std::set<std::string, std::less<>>;

/// Codes of checks, separated by commas. Throws InputError, which begins with `where`, for a code that no check has.
[[nodiscard]] Codes parse_codes(const std::vector<std::string>& lists, std::string_view where);

/// What is not to be said of a policy: the codes in the file `NAME.ignore` beside it, and in `.iamlocal-ignore` of its
/// folder. A code a line; what follows a `#` is a remark. Throws InputError as parse_codes() does.
[[nodiscard]] Codes read_suppressions(const std::string& policy_file);

}  // namespace iamlocal::tools
