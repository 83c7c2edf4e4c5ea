#include "base/qr_code.hpp"

#include <memory>
#include <qrencode.h>
#include <stdexcept>

namespace iamlocal {
namespace {

constexpr std::size_t pixels_per_module = 4;
/// In modules; ISO/IEC 18004 wants four.
constexpr std::size_t margin = 4;

struct Free {
    void operator()(QRcode* code) const { QRcode_free(code); }
};

}  // namespace

SquareBitmap qr_code(const std::string& text) {
    const std::unique_ptr<QRcode, Free> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
    if (!code) throw std::runtime_error("libqrencode: the text does not fit into a code");
    const auto modules = static_cast<std::size_t>(code->width);
    SquareBitmap bitmap;
    bitmap.width = (modules + 2 * margin) * pixels_per_module;
    bitmap.black.resize(bitmap.width * bitmap.width);
    for (std::size_t y = 0; y < modules * pixels_per_module; ++y) {
        for (std::size_t x = 0; x < modules * pixels_per_module; ++x) {
            const unsigned char module = code->data[y / pixels_per_module * modules + x / pixels_per_module];
            const std::size_t row = y + margin * pixels_per_module;
            bitmap.black[row * bitmap.width + x + margin * pixels_per_module] = (module & 1) != 0;
        }
    }
    return bitmap;
}

}  // namespace iamlocal
