// Lower case as String…IgnoreCase compares: of all of Unicode, by characters and not by folding, as Java does it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace iamlocal::policy {

/// `ΟΣ` is `ος`, whose last letter is the one that ends words, and `ſ` stays what it is. Bytes that are no UTF-8 stay,
/// too.
[[nodiscard]] std::string lower_case(std::string_view text);

/// A text in lower case is up to so many times shorter: the Kelvin sign has three bytes, `k` has one.
inline constexpr std::size_t most_shrinking = 3;

/// What it takes for each byte at most, in steps of about a nanosecond.
inline constexpr std::size_t lower_case_steps = 32;

}  // namespace iamlocal::policy
