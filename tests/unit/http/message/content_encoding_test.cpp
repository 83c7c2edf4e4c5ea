#include "http/message/content_encoding.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "http/message/request.hpp"

namespace iamlocal::http {
namespace {

constexpr std::size_t mebibyte = 1 << 20;

std::string compress(const std::string& text, int window = 15 + 16) {
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::runtime_error("zlib");
    std::string out(deflateBound(&stream, text.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("zlib");
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

/// The text, or "error N".
std::string decoded(std::string_view coding, const std::string& body, std::size_t limit = mebibyte) {
    std::string buffer;
    const auto result = decode_content(coding, body, buffer, limit);
    if (const auto* error = std::get_if<ContentError>(&result))
        return "error " + std::to_string(static_cast<int>(*error));
    return std::string(std::get<std::string_view>(result));
}

const std::string unknown_coding = "error 0";
const std::string corrupt = "error 1";
const std::string too_large = "error 2";

TEST(ContentEncoding, IdentityIsTheBodyItself) {
    const std::string body = "Action=GetUser";
    std::string buffer;
    for (const char* coding : {"", "identity", "Identity", " identity , identity", ",", "  "}) {
        SCOPED_TRACE(coding);
        const auto result = decode_content(coding, body, buffer, mebibyte);
        ASSERT_TRUE(std::holds_alternative<std::string_view>(result));
        EXPECT_EQ(std::get<std::string_view>(result).data(), body.data());
        EXPECT_TRUE(buffer.empty());
    }
    EXPECT_EQ(decoded("", body, body.size()), body);
    EXPECT_EQ(decoded("", body, body.size() - 1), too_large);
}

TEST(ContentEncoding, Gzip) {
    for (const std::size_t size : {0, 1, 100, 16383, 16384, 16385, 100000, 1 << 20}) {
        SCOPED_TRACE(size);
        std::string text(size, 'a');
        for (std::size_t i = 0; i < size; i += 7) text[i] = static_cast<char>('a' + i % 23);
        for (const char* coding : {"gzip", "GZIP", "x-gzip", "identity, gzip"})
            EXPECT_TRUE(decoded(coding, compress(text)) == text) << coding;
    }
}

TEST(ContentEncoding, OutputIsBounded) {
    const std::string bomb = compress(std::string(64 * mebibyte, '\0'));
    EXPECT_LT(bomb.size(), 100000u);
    EXPECT_EQ(decoded("gzip", bomb), too_large);
    const std::string text(50000, 'x');
    EXPECT_EQ(decoded("gzip", compress(text), 50000), text);
    EXPECT_EQ(decoded("gzip", compress(text), 49999), too_large);
    EXPECT_EQ(decoded("gzip", compress(text), 0), too_large);
    EXPECT_EQ(decoded("gzip", compress(""), 0), "");
}

TEST(ContentEncoding, BrokenGzipIsRefused) {
    const std::string body = "Action=CreateUser&UserName=" + std::string(500, 'b') + "&Path=%2Fx%2F";
    const std::string good = compress(body);
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_EQ(decoded("gzip", good.substr(0, length)), corrupt) << "cut to " << length;
    EXPECT_EQ(decoded("gzip", good + '\0'), corrupt) << "something behind it";
    EXPECT_EQ(decoded("gzip", good + good), corrupt) << "a second member";
    EXPECT_EQ(decoded("gzip", body), corrupt) << "not gzip";
    EXPECT_EQ(decoded("gzip", compress(body, 15)), corrupt) << "zlib's own format";
    EXPECT_EQ(decoded("gzip", compress(body, -15)), corrupt) << "bare deflate";
    for (std::size_t back = 1; back <= 8; ++back) {
        std::string wrong = good;
        wrong[wrong.size() - back] = static_cast<char>(wrong[wrong.size() - back] ^ 1);
        EXPECT_EQ(decoded("gzip", wrong), corrupt) << "checksum or length, byte " << back << " from the end";
    }
}

TEST(ContentEncoding, OtherCodingsAreRefused) {
    for (const char* coding : {"deflate", "br", "zstd", "aws-chunked", "gzip, gzip", "gzip, br", "gzip;q=1", "gz ip"})
        EXPECT_EQ(decoded(coding, compress("x")), unknown_coding) << coding;
}

TEST(ContentEncoding, BufferIsReusable) {
    std::string buffer;
    for (const std::size_t size : {200000, 10, 0, 200000}) {
        const std::string text(size, 'q');
        const auto result = decode_content("gzip", compress(text), buffer, mebibyte);
        ASSERT_TRUE(std::holds_alternative<std::string_view>(result));
        EXPECT_TRUE(std::get<std::string_view>(result) == text);
    }
}

TEST(Request, HeaderIsTheFirstOfThatName) {
    const std::vector<Header> headers = {{"Host", "a"}, {"X-Empty", ""}, {"HOST", "b"}};
    const Request request{"GET", "/", headers, "", "", false};
    EXPECT_EQ(request.header("host"), "a");
    EXPECT_EQ(request.header("x-empty"), "");
    EXPECT_EQ(request.header("hos"), "");
}

}  // namespace
}  // namespace iamlocal::http
