// Files for their owner alone.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal::tools {

/// Puts a file in place, with mode 0600: readers find what was there before, or all of the new. Throws InputError where
/// that cannot be done; nothing is left behind then.
void replace_private_file(const std::string& path, std::string_view content);

}  // namespace iamlocal::tools
