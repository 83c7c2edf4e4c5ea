// Resources written as few patterns, by a rule that can be told in a sentence.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::analysis {

/// From how many resources under one path on they become a wildcard, unless somebody says otherwise.
inline constexpr std::size_t usual_wildcard_from = 5;

/// The resource as a pattern that matches nothing else: `*`, `?` and what would begin a variable are escaped. What is
/// no ARN is matched by `*` alone.
[[nodiscard]] std::string as_pattern(std::string_view resource);

/// As as_pattern(), for a condition's value; `wildcards`: whether its operator knows any.
[[nodiscard]] std::string as_value(std::string_view text, bool wildcards);

/// Patterns for the resources, sorted. Where `wildcard_from` or more of them differ in nothing but what follows the
/// last `/` or `:` of the sixth part of their ARNs, they become one pattern that ends with `*`; so do paths, in turn.
/// What stands before is never cut within the first five parts, nor in front of the first `/` or `:` of the sixth, so
/// that no pattern is wider than one type of one service, Region and account. 0: never.
[[nodiscard]] std::vector<std::string> group_resources(const std::vector<std::string>& resources,
                                                       std::size_t wildcard_from);

/// The rule in words.
[[nodiscard]] std::string grouping_rule(std::size_t wildcard_from);

}  // namespace iamlocal::analysis
