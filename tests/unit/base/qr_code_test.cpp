#include "base/qr_code.hpp"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

TEST(QrCode, HasAMarginAndThreeCorners) {
    const SquareBitmap bitmap = qr_code("otpauth://totp/phone@000000000000?secret=JBSWY3DPEHPK3PXP");
    EXPECT_EQ(bitmap.black.size(), bitmap.width * bitmap.width);
    const auto black = [&](std::size_t x, std::size_t y) { return bitmap.black[y * bitmap.width + x]; };
    const std::size_t margin = 16;
    const std::size_t last = bitmap.width - margin - 1;
    EXPECT_TRUE(black(margin, margin));
    EXPECT_TRUE(black(last, margin));
    EXPECT_TRUE(black(margin, last));
    for (std::size_t i = 0; i < bitmap.width; ++i)
        EXPECT_FALSE(black(i, margin - 1) || black(margin - 1, i) || black(i, last + 1) || black(last + 1, i)) << i;
}

TEST(QrCode, TooMuchTextIsRefused) {
    EXPECT_NO_THROW(qr_code(std::string(1000, 'x')));
    EXPECT_THROW(qr_code(std::string(3000, 'x')), std::runtime_error);
}

/// A picture of one pixel, as libpng writes it but for the level of compression; others are read back by the client
/// tests.
TEST(Png, IsAsTheStandardHasIt) {
    const std::string png = write_png({1, {false}});
    EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
    EXPECT_EQ(png.substr(8, 8), std::string("\0\0\0\x0dIHDR", 8));
    EXPECT_EQ(png.substr(16, 13), std::string("\0\0\0\1\0\0\0\1\1\0\0\0\0", 13));
    EXPECT_EQ(png.substr(29, 4), "\x37\x6e\xf9\x24") << "the checksum of a header that is known";
    EXPECT_EQ(png.substr(png.size() - 12), std::string("\0\0\0\0IEND\xae\x42\x60\x82", 12));
}

TEST(Png, OnlySquaresAreWritten) {
    EXPECT_THROW(write_png({0, {}}), std::logic_error);
    EXPECT_THROW(write_png({2, {true, false, true}}), std::logic_error);
}

}  // namespace
}  // namespace iamlocal
