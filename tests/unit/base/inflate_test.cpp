#include "base/inflate.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace iamlocal {
namespace {

// Windows of deflateInit2: with gzip's header, with zlib's, and with none.
constexpr int gzip = 15 + 16;
constexpr int zlib = 15;
constexpr int raw = -15;

std::string packed(std::string_view text, int window = gzip) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    const auto bytes = [](std::string_view of) { return reinterpret_cast<Bytef*>(const_cast<char*>(of.data())); };
    std::string out(text.size() + 1024, '\0');
    stream.next_in = bytes(text);
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = bytes(out);
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string unpacked(std::string_view bytes, std::size_t limit) {
    std::string buffer;
    const auto result = inflate(bytes, buffer, limit);
    if (const auto* error = std::get_if<InflateError>(&result))
        return *error == InflateError::too_large ? "(too large)" : "(corrupt)";
    return buffer.substr(0, std::get<std::size_t>(result));
}

const std::string text = [] {
    std::string made;
    for (int i = 0; i < 20000; ++i) made += std::to_string(i * i);
    return made;
}();

TEST(Inflate, GivesBackWhatWasPacked) {
    EXPECT_EQ(unpacked(packed(text), text.size()), text);
    EXPECT_EQ(unpacked(packed(""), 0), "");
}

TEST(Inflate, StopsAtTheLimit) {
    EXPECT_EQ(unpacked(packed(text), text.size() - 1), "(too large)");
    EXPECT_EQ(unpacked(packed("a"), 0), "(too large)");
}

TEST(Inflate, RefusesWhatIsBroken) {
    const std::string whole = packed(text);
    EXPECT_EQ(unpacked("", 100), "(corrupt)");
    EXPECT_EQ(unpacked(whole.substr(0, whole.size() - 1), text.size()), "(corrupt)");
    EXPECT_EQ(unpacked(whole + "x", text.size()), "(corrupt)");
    EXPECT_EQ(unpacked(packed(text, raw), text.size()), "(corrupt)");
    EXPECT_EQ(unpacked(packed(text, zlib), text.size()), "(corrupt)");
}

TEST(Inflate, UsesABufferAgain) {
    std::string buffer(10, 'x');
    const auto first = inflate(packed(text), buffer, text.size());
    ASSERT_EQ(std::get<std::size_t>(first), text.size());
    const std::size_t grown = buffer.size();
    const auto second = inflate(packed("short"), buffer, text.size());
    EXPECT_EQ(std::get<std::size_t>(second), 5u);
    EXPECT_EQ(buffer.substr(0, 5), "short");
    EXPECT_EQ(buffer.size(), grown);
}

}  // namespace
}  // namespace iamlocal
