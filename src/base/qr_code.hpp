// Texts as QR codes, by libqrencode, which nobody else sees.
#pragma once

#include <string>

#include "base/png.hpp"

namespace iamlocal {

/// The code with its margin, a few pixels per module. Throws std::runtime_error for a text that no code can hold, of
/// more than 2,000 bytes or so. Takes about a millisecond.
SquareBitmap qr_code(const std::string& text);

}  // namespace iamlocal
