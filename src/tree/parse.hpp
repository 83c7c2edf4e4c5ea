// Reading YAML and JSON within bounds. Safe for any bytes.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "tree/node.hpp"

namespace iamlocal::tree {

/// A text of more bytes, deeper nesting or more values is refused; values and bytes of their texts with every alias
/// counted as what it stands for.
inline constexpr std::size_t most_bytes = std::size_t{32} << 20;
inline constexpr std::size_t most_depth = 64;
inline constexpr std::size_t most_nodes = 2'000'000;

/// Why a text cannot be used.
struct Error {
    Place place;
    std::string message;
};

/// The only document of a YAML text. Refused: what is not YAML or not UTF-8, a second document, a key that is no text
/// or comes twice, tags (`!x`), an alias within what it stands for, and what goes beyond the bounds. `file` is how
/// places name it.
[[nodiscard]] std::variant<Tree, Error> parse_yaml(std::string_view text, std::string_view file);

/// A JSON text, with the same bounds.
[[nodiscard]] std::variant<Tree, Error> parse_json(std::string_view text, std::string_view file);

/// JSON where the file's name ends with `.json` or the text begins with `{`; otherwise YAML. A byte order mark of
/// UTF-8 is skipped.
[[nodiscard]] std::variant<Tree, Error> parse(std::string_view text, std::string_view file);

}  // namespace iamlocal::tree
