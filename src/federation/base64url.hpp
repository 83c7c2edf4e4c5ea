// RFC 4648's base64 for addresses, as JSON Web Tokens have it: without padding.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace iamlocal::federation {

std::string base64url_encode(std::string_view bytes);
/// Nothing for input that is not exactly of the form.
std::optional<std::string> base64url_decode(std::string_view text);

}  // namespace iamlocal::federation
