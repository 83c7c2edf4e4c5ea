#include "base/gzip.hpp"

#include <stdexcept>

#include <zlib.h>

namespace iamlocal {
namespace {

/// deflateInit2: the largest window, with gzip's header, and the usual memory.
constexpr int window_of_gzip = 15 + 16;
constexpr int usual_memory = 8;
constexpr int quickly = 1;

}  // namespace

std::string gzip(std::string_view text) {
    z_stream stream{};
    if (deflateInit2(&stream, quickly, Z_DEFLATED, window_of_gzip, usual_memory, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("there is no memory to pack a file");
    std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int result = deflate(&stream, Z_FINISH);
    const std::size_t written = stream.total_out;
    deflateEnd(&stream);
    if (result != Z_STREAM_END) throw std::runtime_error("a file cannot be packed");
    return packed.substr(0, written);
}

}  // namespace iamlocal
