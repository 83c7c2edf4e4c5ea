#include "http/message/content_encoding.hpp"

#include <algorithm>

#include <zlib.h>

#include "base/encoding.hpp"

namespace iamlocal::http {
namespace {

/// inflateInit2: the largest window, and a gzip header instead of a zlib one.
constexpr int gzip_window = 15 + 16;
constexpr std::size_t first_size = 16 * 1024;

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

std::variant<std::string_view, ContentError> gunzip(std::string_view body, std::string& buffer, std::size_t limit) {
    Inflater inflater;
    if (!inflater.ready()) return ContentError::corrupt;
    z_stream& stream = inflater.stream();
    // zlib's interface is older than const.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    // One byte more than may be written, to tell an exact fit from too much.
    const std::size_t most = limit + 1;
    std::size_t written = 0;
    while (true) {
        if (written == buffer.size()) buffer.resize(std::min(most, std::max(first_size, written * 2)));
        const std::size_t room = std::min(buffer.size(), most) - written;
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data() + written);
        stream.avail_out = static_cast<uInt>(room);
        const int result = inflate(&stream, Z_NO_FLUSH);
        written += room - stream.avail_out;
        if (written > limit) return ContentError::too_large;
        if (result == Z_STREAM_END) break;
        // Z_BUF_ERROR: the input ended before the stream did.
        if (result != Z_OK) return ContentError::corrupt;
        if (stream.avail_in == 0 && stream.avail_out != 0) return ContentError::corrupt;
    }
    if (stream.avail_in != 0) return ContentError::corrupt;
    return std::string_view(buffer).substr(0, written);
}

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::variant<std::string_view, ContentError> decode_content(std::string_view coding, std::string_view body,
                                                            std::string& buffer, std::size_t limit) {
    bool gzip = false;
    while (!coding.empty()) {
        const std::size_t comma = std::min(coding.find(','), coding.size());
        const std::string_view name = trim(coding.substr(0, comma));
        coding.remove_prefix(std::min(comma + 1, coding.size()));
        if (name.empty() || equals_ignoring_case(name, "identity")) continue;
        const bool is_gzip = equals_ignoring_case(name, "gzip") || equals_ignoring_case(name, "x-gzip");
        if (!is_gzip || gzip) return ContentError::unknown_coding;
        gzip = true;
    }
    if (gzip) return gunzip(body, buffer, limit);
    if (body.size() > limit) return ContentError::too_large;
    return body;
}

}  // namespace iamlocal::http
