// A request's values as explanations show them.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "policy/condition.hpp"
#include "policy/request.hpp"

namespace iamlocal::policy {

/// As a JSON text, `"alice"`, cut after 200 bytes: an explanation has a line per statement, and each may show the same
/// value, which may be as long as a header.
[[nodiscard]] std::string shown(std::string_view value);

/// A key's values: one as itself, those of a key of several as `["a","b"]`, the first ten.
[[nodiscard]] std::string shown(const Values& values);

/// What variables stood for, each once and the first ten: `; ${aws:username} is "alice"`.
class ShownVariables {
  public:
    explicit ShownVariables(const RequestContext& context) : context_(context) {}

    void add(const std::vector<Variable>& variables);
    [[nodiscard]] std::string text() &&;

  private:
    const RequestContext& context_;
    std::unordered_set<std::string_view> known_;
    std::string text_;
};

/// What the variables of a condition's values stood for.
[[nodiscard]] std::string shown_variables(const Condition& condition, const RequestContext& context);

}  // namespace iamlocal::policy
