// Text of others, made fit for a terminal and for XML.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal::tools {

/// `text` with a `?` for each thing that a terminal may obey or XML 1.0 has no place for, not even escaped: control
/// characters other than line break and tab, U+FFFE, U+FFFF, and bytes that are not UTF-8.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace iamlocal::tools
