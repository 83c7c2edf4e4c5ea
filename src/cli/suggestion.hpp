// What somebody meant who wrote a name that is none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::cli {

/// `; did you mean --workers?`, or how to find the right name.
///
/// @param prefix that `text` and all of `known` have; it makes none of them nearer
[[nodiscard]] std::string did_you_mean(std::string_view text, const std::vector<std::string>& known,
                                       std::string_view prefix = {});

}  // namespace iamlocal::cli
