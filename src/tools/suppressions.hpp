// Findings that somebody has looked at and wants to hear of no more.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lint/lint.hpp"

namespace iamlocal::tools {

using Codes = std::set<std::string, std::less<>>;

/// Codes of checks, separated by commas. Throws InputError, which begins with `where`, for a code that no check has.
[[nodiscard]] Codes parse_codes(const std::vector<std::string>& lists, std::string_view where);

/// What is not to be said of a policy.
class Suppressions {
  public:
    /// What is not to be said wherever it stands.
    explicit Suppressions(Codes everywhere = {}) : everywhere_(std::move(everywhere)) {}

    /// Of one statement: its Sid, or its number from 1.
    void add(std::string code, std::string statement) {
        of_statements_.emplace_back(std::move(code), std::move(statement));
    }
    void add(std::string code) { everywhere_.insert(std::move(code)); }
    /// Takes out of the findings about `text` those that are covered. How many.
    std::size_t take_out(std::vector<lint::Finding>& findings, std::string_view text) const;

  private:
    Codes everywhere_;
    std::vector<std::pair<std::string, std::string>> of_statements_;
};

/// What stands in the file `NAME.ignore` beside a policy, and in `.iamlocal-ignore` of its folder. A code a line, which
/// `statement=SID` limits to one statement, and `file=NAME` to one file of the folder; what follows a `#` is a remark.
/// Throws InputError for a code that no check has, and for anything else.
[[nodiscard]] Suppressions read_suppressions(const std::string& policy_file);

}  // namespace iamlocal::tools
