// Templates with the values of their parameters in place of `@{Name}`.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace iamlocal::templates {

/// Values by parameter; a parameter that is no list has one.
using Values = std::map<std::string, std::vector<std::string>, std::less<>>;

/// A placeholder whose parameter has no value.
struct MissingParameter {
    std::string name;
};

/// More than a policy document can hold.
struct TooLarge {};

using Rendered = std::variant<std::string, MissingParameter, TooLarge>;

/// The parameters that a text names.
[[nodiscard]] std::set<std::string> parameters_in(std::string_view text);

/// A name, a path, a description. A list stands there with commas.
[[nodiscard]] Rendered render_text(std::string_view text, const Values& values);

/// A policy document, without white space between its tokens. A string with the placeholder of a list becomes one
/// string for each value, in the list that it stands in, or in one of its own. A statement with `"@Enabled": "@{Name}"`
/// stays, without that member, if the value is `True`; otherwise it goes, whatever else it names. `document` is JSON.
[[nodiscard]] Rendered render_document(std::string_view document, const Values& values);

}  // namespace iamlocal::templates
