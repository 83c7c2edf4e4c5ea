#include "base/inflate.hpp"

#include <algorithm>

#include <zlib.h>

namespace iamlocal {
namespace {

/// inflateInit2: the largest window, and 16 more since a gzip header is before the stream.
constexpr int gzip_window = 15 + 16;
constexpr std::size_t first_size = 16 * 1024;

/// zlib's interface is older than const.
Bytef* bytes_of(std::string_view text) { return reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); }

class Inflater {
  public:
    Inflater() : ready_(inflateInit2(&stream_, gzip_window) == Z_OK) {}
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }
    bool ready() const { return ready_; }
    z_stream& stream() { return stream_; }

  private:
    z_stream stream_{};
    bool ready_;
};

}  // namespace

std::variant<std::size_t, InflateError> inflate(std::string_view packed, std::string& buffer, std::size_t limit) {
    Inflater inflater;
    if (!inflater.ready()) return InflateError::corrupt;
    z_stream& stream = inflater.stream();
    stream.next_in = bytes_of(packed);
    stream.avail_in = static_cast<uInt>(packed.size());
    // One byte more than may be written, to tell an exact fit from too much.
    const std::size_t most = limit + 1;
    std::size_t written = 0;
    while (true) {
        if (written == buffer.size()) buffer.resize(std::min(most, std::max(first_size, written * 2)));
        const std::size_t room = std::min(buffer.size(), most) - written;
        stream.next_out = bytes_of(buffer) + written;
        stream.avail_out = static_cast<uInt>(room);
        const int result = ::inflate(&stream, Z_NO_FLUSH);
        written += room - stream.avail_out;
        if (written > limit) return InflateError::too_large;
        if (result == Z_STREAM_END) break;
        // Z_BUF_ERROR: the input ended before the stream did.
        if (result != Z_OK) return InflateError::corrupt;
        if (stream.avail_in == 0 && stream.avail_out != 0) return InflateError::corrupt;
    }
    if (stream.avail_in != 0) return InflateError::corrupt;
    return written;
}

}  // namespace iamlocal
