// Typing errors: which of the names that are known somebody may have meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace iamlocal {

/// How many letters must be put in, left out, changed or swapped with their neighbour to make one text of the other;
/// `limit` if that many or more.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t limit);

/// The candidate that is nearest to `text`, by letters put in, left out, changed or swapped: less than a third of the
/// letters apart. Where none is near, the shortest that begins with `text`, as `--enforcement` does with `--enforce`;
/// else empty. Case does not matter.
[[nodiscard]] std::string find_nearest(std::string_view text, std::span<const std::string> candidates);

}  // namespace iamlocal
