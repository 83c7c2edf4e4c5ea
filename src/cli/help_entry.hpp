// How help is laid out: names and what they mean in two columns, for terminals of 80 columns.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal::cli {

/// Adds a name and what it means, on as many lines as that takes.
void append_entry(std::string& out, std::string_view name, std::string_view help);

}  // namespace iamlocal::cli
