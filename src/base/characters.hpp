// Characters of UTF-8, where bytes are counted.
#pragma once

#include <cstddef>
#include <string_view>

namespace iamlocal {

/// The longest beginning of `text` that has no more bytes than `most` and cuts no character in two.
std::string_view whole_characters(std::string_view text, std::size_t most);

}  // namespace iamlocal
