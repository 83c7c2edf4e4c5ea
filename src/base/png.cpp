#include "base/png.hpp"

#include <cstdint>
#include <stdexcept>
#include <string_view>

#include <zlib.h>

namespace iamlocal {
namespace {

constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
constexpr std::size_t max_width = 10'000;

void put_number(std::string& out, std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>((number >> shift) & 0xff));
}

const Bytef* bytes_of(const std::string& text) { return reinterpret_cast<const Bytef*>(text.data()); }

/// Length, type, data, and the checksum of the last two.
void put_chunk(std::string& out, std::string_view type, std::string_view data) {
    put_number(out, static_cast<std::uint32_t>(data.size()));
    std::string body(type);
    body.append(data);
    out.append(body);
    put_number(out, static_cast<std::uint32_t>(crc32(0, bytes_of(body), static_cast<uInt>(body.size()))));
}

std::string header(std::uint32_t width) {
    std::string out;
    put_number(out, width);
    put_number(out, width);
    // One bit a pixel of grey; the usual compression and filters; rows one after the other.
    out.append({1, 0, 0, 0, 0});
    return out;
}

/// Before each row the filter, which is none.
std::string packed_rows(const SquareBitmap& bitmap) {
    const std::size_t row_size = 1 + (bitmap.width + 7) / 8;
    std::string rows(row_size * bitmap.width, '\0');
    for (std::size_t y = 0; y < bitmap.width; ++y) {
        for (std::size_t x = 0; x < bitmap.width; ++x) {
            if (bitmap.black[y * bitmap.width + x]) continue;
            char& byte = rows[y * row_size + 1 + x / 8];
            byte = static_cast<char>(byte | (0x80 >> (x % 8)));
        }
    }
    return rows;
}

std::string deflated(const std::string& plain) {
    uLongf size = compressBound(static_cast<uLong>(plain.size()));
    std::string out(size, '\0');
    if (compress(reinterpret_cast<Bytef*>(out.data()), &size, bytes_of(plain), static_cast<uLong>(plain.size())) !=
        Z_OK)
        throw std::runtime_error("zlib: compress failed");
    out.resize(size);
    return out;
}

}  // namespace

std::string write_png(const SquareBitmap& bitmap) {
    if (bitmap.width == 0 || bitmap.width > max_width || bitmap.black.size() != bitmap.width * bitmap.width)
        throw std::logic_error("no square picture");
    std::string out(signature);
    put_chunk(out, "IHDR", header(static_cast<std::uint32_t>(bitmap.width)));
    put_chunk(out, "IDAT", deflated(packed_rows(bitmap)));
    put_chunk(out, "IEND", {});
    return out;
}

}  // namespace iamlocal
