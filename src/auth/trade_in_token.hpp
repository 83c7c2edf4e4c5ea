// Trade-in tokens: what somebody gets who was delegated access, to be exchanged for temporary credentials.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/entropy.hpp"

namespace iamlocal::auth {

/// Text for the wire that names a delegation request, and that nobody else can make.
std::string seal_trade_in_token(std::span<const unsigned char, 32> key, std::string_view request_id, Entropy& entropy);

/// The request's id; nullopt for a text that was not sealed here.
std::optional<std::string> open_trade_in_token(std::span<const unsigned char, 32> key, std::string_view text);

}  // namespace iamlocal::auth
