#include "base/inflate.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace iamlocal {
namespace {

std::string packed(std::string_view text, PackedAs form, std::string_view dictionary = {}) {
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, form == PackedAs::gzip ? 31 : -15, 8, Z_DEFAULT_STRATEGY);
    const auto bytes = [](std::string_view of) { return reinterpret_cast<Bytef*>(const_cast<char*>(of.data())); };
    if (!dictionary.empty()) deflateSetDictionary(&stream, bytes(dictionary), static_cast<uInt>(dictionary.size()));
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

std::string unpacked(std::string_view bytes, PackedAs form, std::size_t limit, std::string_view dictionary = {}) {
    std::string buffer;
    const auto result = inflate(bytes, form, buffer, limit, dictionary);
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
    for (const PackedAs form : {PackedAs::gzip, PackedAs::raw}) {
        EXPECT_EQ(unpacked(packed(text, form), form, text.size()), text);
        EXPECT_EQ(unpacked(packed("", form), form, 0), "");
    }
    EXPECT_EQ(unpacked(packed(text, PackedAs::raw, "149162536"), PackedAs::raw, text.size(), "149162536"), text);
}

TEST(Inflate, StopsAtTheLimit) {
    for (const PackedAs form : {PackedAs::gzip, PackedAs::raw}) {
        EXPECT_EQ(unpacked(packed(text, form), form, text.size() - 1), "(too large)");
        EXPECT_EQ(unpacked(packed("a", form), form, 0), "(too large)");
    }
}

TEST(Inflate, RefusesWhatIsBroken) {
    for (const PackedAs form : {PackedAs::gzip, PackedAs::raw}) {
        const std::string whole = packed(text, form);
        EXPECT_EQ(unpacked("", form, 100), "(corrupt)");
        EXPECT_EQ(unpacked(whole.substr(0, whole.size() - 1), form, text.size()), "(corrupt)");
        EXPECT_EQ(unpacked(whole + "x", form, text.size()), "(corrupt)");
    }
    EXPECT_EQ(unpacked(packed(text, PackedAs::gzip), PackedAs::raw, text.size()), "(corrupt)");
    EXPECT_EQ(unpacked(packed(text, PackedAs::raw), PackedAs::gzip, text.size()), "(corrupt)");
    const std::string needs_dictionary = packed("abcdefghabcdefgh", PackedAs::raw, "abcdefgh");
    EXPECT_EQ(unpacked(needs_dictionary, PackedAs::raw, 100), "(corrupt)");
}

TEST(Inflate, UsesABufferAgain) {
    std::string buffer(10, 'x');
    const auto first = inflate(packed(text, PackedAs::gzip), PackedAs::gzip, buffer, text.size());
    ASSERT_EQ(std::get<std::size_t>(first), text.size());
    const std::size_t grown = buffer.size();
    const auto second = inflate(packed("short", PackedAs::gzip), PackedAs::gzip, buffer, text.size());
    EXPECT_EQ(std::get<std::size_t>(second), 5u);
    EXPECT_EQ(buffer.substr(0, 5), "short");
    EXPECT_EQ(buffer.size(), grown);
}

}  // namespace
}  // namespace iamlocal
