// The text of a file that a program's output was put into, as shells put it there. Inside this folder only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::transfer {

/// In UTF-8 without a byte order mark. PowerShell writes UTF-16: what begins with its mark is converted, and what is
/// wrong in it becomes U+FFFD. Views `bytes`, or `converted`, which is written then.
[[nodiscard]] std::string_view utf8_of_printed(std::string_view bytes, std::string& converted);

/// The objects and lists of JSON that follow each other in a text, as a loop of commands prints them. Not checked: the
/// text is only cut where one ends. At least one part, be it empty. Views `text`.
[[nodiscard]] std::vector<std::string_view> json_parts(std::string_view text);

}  // namespace iamlocal::transfer
