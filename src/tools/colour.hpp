// Colours for people at a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::tools {

enum class Colour { red, green, yellow, magenta, cyan, plain };

/// Whether standard output is a terminal that takes colours; NO_COLOR and TERM=dumb speak against it.
[[nodiscard]] bool wants_colour(const std::vector<std::string>& environment);
/// The text in bold letters of that colour.
[[nodiscard]] std::string in_colour(Colour colour, std::string_view text);
/// An explanation with its verdict and its headings in colour.
[[nodiscard]] std::string colour_explanation(std::string_view text);

}  // namespace iamlocal::tools
