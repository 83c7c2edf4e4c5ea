#include "catalogue/compressed_file.hpp"

#include <gtest/gtest.h>

#include "unit/catalogue/file_builder.hpp"

namespace iamlocal::catalogue {
namespace {

/// The reason, or "fine".
std::string outcome(std::string_view bytes, std::string_view kind = "test") {
    const auto opened = CompressedFile::parse(bytes, kind);
    const auto* const malformed = std::get_if<MalformedFile>(&opened);
    return malformed != nullptr ? malformed->reason : "fine";
}

FileBuilder two_blocks() {
    FileBuilder builder;
    builder.add("the dictionary helps with this").add("");
    return builder;
}

TEST(CompressedFile, UnpacksEachBlockAlone) {
    const std::string bytes = two_blocks().build();
    const auto opened = CompressedFile::parse(bytes, "test");
    const auto* const file = std::get_if<CompressedFile>(&opened);
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(file->size(), 2u);
    EXPECT_TRUE(file->is_intact());
    EXPECT_EQ(file->unpack(1), "");
    EXPECT_EQ(file->unpack(0), "the dictionary helps with this");
    EXPECT_EQ(file->unpack(2), std::nullopt);
    EXPECT_EQ(file->unpack(SIZE_MAX), std::nullopt);
}

TEST(CompressedFile, WorksWithoutADictionaryAndWithoutBlocks) {
    FileBuilder builder;
    builder.dictionary.clear();
    EXPECT_EQ(outcome(builder.build()), "fine");
    const std::string bytes = builder.add("text").build();
    const auto opened = CompressedFile::parse(bytes, "test");
    ASSERT_EQ(outcome(bytes), "fine");
    EXPECT_EQ(std::get<CompressedFile>(opened).unpack(0), "text");
}

TEST(CompressedFile, HeadsThatAreRefused) {
    constexpr const char* other = "it is no data file of iamlocal";
    constexpr const char* version = "it is of a version that this program does not read";
    constexpr const char* something_else = "it holds something else";
    constexpr const char* cut_short = "it is cut short";
    const struct {
        std::string head;
        std::string reason;
    } rows[] = {
        {"", other},
        {"\n\n", other},
        {"Iamlocal-catalogue 1 test\n\n", other},
        {"iamlocal-catalogue 2 test\n\n", version},
        {"iamlocal-catalogue 11 test\n\n", version},
        {"iamlocal-catalogue 1 tests\n\n", something_else},
        {"iamlocal-catalogue 1 \n\n", something_else},
        {"iamlocal-catalogue 1 test \n\n", something_else},
        {"iamlocal-catalogue 1 test\n\n", "fine"},
        {"iamlocal-catalogue 1 test\n# a\n# b\n\n", "fine"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.head);
        FileBuilder builder = two_blocks();
        builder.head = row.head;
        EXPECT_EQ(outcome(builder.build()), row.reason);
    }
    EXPECT_EQ(outcome("iamlocal-catalogue 1 test"), cut_short);
    EXPECT_EQ(outcome("iamlocal-catalogue 1 test\n# no end\n"), cut_short);
    EXPECT_EQ(outcome("iamlocal-catalogue 1 test\n\n1234567"), cut_short);
}

TEST(CompressedFile, TablesThatAreRefused) {
    constexpr const char* head = "iamlocal-catalogue 1 test\n\n";
    const std::string dictionary = deflate_raw("");
    const auto size = static_cast<std::uint32_t>(dictionary.size());
    const auto file = [&](std::uint32_t count, std::vector<std::uint32_t> table, const std::string& data) {
        std::string bytes = head + little_endian(0) + little_endian(count);
        for (const std::uint32_t number : table) bytes += little_endian(number);
        return bytes + data;
    };
    const struct {
        const char* what;
        std::string bytes;
        const char* reason;
    } rows[] = {
        {"no blocks", file(0, {}, ""), "it is damaged"},
        {"the dictionary only", file(1, {size, 0}, dictionary), "fine"},
        {"more blocks than the table has", file(2, {size, 0}, dictionary), "it is cut short"},
        {"as many blocks as a number can say", file(UINT32_MAX, {size, 0}, dictionary), "it is cut short"},
        {"ends that go back", file(3, {size, 0, size + 4, 1, size + 2, 1}, dictionary + "abcd"), "it is damaged"},
        {"an end behind the file", file(2, {size, 0, size + 5, 1}, dictionary + "abcd"), "it is cut short"},
        {"the largest end", file(2, {size, 0, UINT32_MAX, 1}, dictionary + "abcd"), "it is cut short"},
        {"bytes behind the last block", file(1, {size, 0}, dictionary + "x"), "it is damaged"},
        {"a forged size", file(2, {size, 0, size + 1, UINT32_MAX}, dictionary + "a"), "it is damaged"},
        {"just too large", file(2, {size, 0, size + 1, CompressedFile::max_block_size + 1}, dictionary + "a"),
         "it is damaged"},
        {"a dictionary of another size", file(1, {size, 1}, dictionary), "it is damaged"},
        {"an empty dictionary stream", file(1, {0, 0}, ""), "it is damaged"},
        {"a large dictionary",
         file(1, {static_cast<std::uint32_t>(deflate_raw(std::string(32769, 'a')).size()), 32769},
              deflate_raw(std::string(32769, 'a'))),
         "it is damaged"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        EXPECT_EQ(outcome(row.bytes), row.reason);
    }
}

TEST(CompressedFile, DamagedBlocksGiveNothing) {
    const std::string text = "some text that is packed";
    const FileBuilder plain;
    const std::string packed = deflate_raw(text, plain.dictionary);
    const struct {
        const char* what;
        FileBuilder::Block block;
        bool good;
    } rows[] = {
        {"as it should be", {packed, text.size()}, true},
        {"too small a size", {packed, text.size() - 1}, false},
        {"too large a size", {packed, text.size() + 1}, false},
        {"no size", {packed, 0}, false},
        {"cut short", {packed.substr(0, packed.size() - 1), text.size()}, false},
        {"bytes behind it", {packed + "x", text.size()}, false},
        {"no bytes", {"", 0}, false},
        {"no deflate stream", {"\xFF\xFF\xFF\xFF", 4}, false},
        {"a stream of much more", {deflate_raw(std::string(5'000'000, 'a'), plain.dictionary), 4}, false},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        FileBuilder builder;
        builder.blocks.push_back(row.block);
        builder.add("the one behind it");
        const std::string bytes = builder.build();
        const auto opened = CompressedFile::parse(bytes, "test");
        const auto* const file = std::get_if<CompressedFile>(&opened);
        ASSERT_NE(file, nullptr);
        EXPECT_EQ(file->unpack(0).has_value(), row.good);
        EXPECT_EQ(file->unpack(1), "the one behind it");
    }
}

TEST(CompressedFile, EveryCutIsNoticed) {
    const std::string bytes = two_blocks().build();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        SCOPED_TRACE(size);
        EXPECT_NE(outcome(std::string_view(bytes).substr(0, size)), "fine");
    }
}

/// Wherever a byte is wrong, behind the head: the file is refused, or its checksum says so; and unpacking does no harm.
TEST(CompressedFile, EveryWrongByteIsNoticed) {
    const FileBuilder builder = two_blocks();
    const std::string good = builder.build();
    for (std::size_t at = builder.head.size(); at < good.size(); ++at) {
        for (const unsigned char flip : {0x01, 0x80, 0xFF}) {
            SCOPED_TRACE(testing::Message() << "byte " << at << " flipped by " << int(flip));
            std::string bytes = good;
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ flip);
            const auto opened = CompressedFile::parse(bytes, "test");
            const auto* const file = std::get_if<CompressedFile>(&opened);
            if (file == nullptr) continue;
            EXPECT_FALSE(file->is_intact());
            for (std::size_t i = 0; i < file->size(); ++i) static_cast<void>(file->unpack(i));
        }
    }
}

}  // namespace
}  // namespace iamlocal::catalogue
