// A writer of PNG for pictures of black and white, as far as QR codes need it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace iamlocal {

/// A square picture. The pixels are in rows from the top; true is black.
struct SquareBitmap {
    std::size_t width = 0;
    std::vector<bool> black;
};

/// One bit a pixel, grey scale, not interlaced (ISO/IEC 15948). The picture has 1 to 10,000 pixels a side.
std::string write_png(const SquareBitmap& bitmap);

}  // namespace iamlocal
