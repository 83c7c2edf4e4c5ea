// A password as seeds hold it that were written by a server: nobody knows the password itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "seed/passwords.hpp"

namespace iamlocal::seed {

/// `scrypt:SALT:HASH`, both in base64.
[[nodiscard]] std::string write_stored_password(const HashedPassword& password);
/// Nothing for a text that is no such thing.
[[nodiscard]] std::optional<HashedPassword> parse_stored_password(std::string_view text);

}  // namespace iamlocal::seed
