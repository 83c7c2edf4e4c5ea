// Texts with `*` and `?`, compared as sets of the texts that they match. Everything here is bounded by the product of
// the two lengths.
#pragma once

#include <cstddef>
#include <string_view>

namespace iamlocal::lint {

[[nodiscard]] inline bool has_wildcard(std::string_view text) {
    return text.find_first_of("*?") != std::string_view::npos;
}

/// Whether `text`, in which nothing is special, matches `pattern`.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

/// Whether everything that `narrow` matches is matched by `wide` too. May be false where it is true for patterns that
/// say the same in different ways (`?*` and `*?`), never the other way round.
[[nodiscard]] bool covers(std::string_view wide, std::string_view narrow);

/// Whether some text matches both.
[[nodiscard]] bool overlap(std::string_view a, std::string_view b);

}  // namespace iamlocal::lint
