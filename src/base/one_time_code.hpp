// Codes of six digits that change every thirty seconds (TOTP, RFC 6238), as MFA devices show them, and the base32 text
// in which their secrets are handed over. Over liboath, which nobody else sees.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal::one_time_code {

/// The number of the thirty seconds that an instant is in, counted from 1970.
std::int64_t step_of(Instant at);
/// What a device with this secret shows in a step.
std::string at_step(std::string_view secret, std::int64_t step);

/// RFC 4648 with padding.
std::string base32_encode(std::string_view bytes);
/// Nothing for a text that is no base32. Padding may be left out.
std::optional<std::string> base32_decode(std::string_view text);

}  // namespace iamlocal::one_time_code
