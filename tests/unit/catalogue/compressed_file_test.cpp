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

FileBuilder two_groups() {
    FileBuilder builder;
    builder.add({"the first", "", " and the second"}).add("").add("what is alike helps what is alike");
    return builder;
}

TEST(CompressedFile, UnpacksEachGroupAlone) {
    const std::string bytes = two_groups().build();
    const auto opened = CompressedFile::parse(bytes, "test");
    const auto* const file = std::get_if<CompressedFile>(&opened);
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(file->size(), 5u);
    EXPECT_TRUE(file->is_intact());
    EXPECT_EQ(file->text(4), "what is alike helps what is alike");
    EXPECT_EQ(file->text(3), "");
    EXPECT_EQ(file->text(2), " and the second");
    EXPECT_EQ(file->text(1), "");
    EXPECT_EQ(file->text(0), "the first");
    EXPECT_EQ(file->text(0)->data(), file->text(0)->data()) << "unpacked once";
    EXPECT_EQ(file->text(5), std::nullopt);
    EXPECT_EQ(file->text(SIZE_MAX), std::nullopt);
}

TEST(CompressedFile, WorksWithoutTexts) {
    FileBuilder builder;
    EXPECT_EQ(outcome(builder.build()), "fine");
    const std::string bytes = builder.add("").build();
    const auto opened = CompressedFile::parse(bytes, "test");
    ASSERT_EQ(outcome(bytes), "fine");
    EXPECT_EQ(std::get<CompressedFile>(opened).text(0), "");
}

TEST(CompressedFile, TextsStayWhereTheyAreWhenTheFileIsMoved) {
    const std::string bytes = two_groups().build();
    auto opened = CompressedFile::parse(bytes, "test");
    const std::string_view text = *std::get<CompressedFile>(opened).text(0);
    const CompressedFile file = std::move(std::get<CompressedFile>(opened));
    EXPECT_EQ(file.text(0)->data(), text.data());
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
        {"Iamlocal-catalogue 2 test\n\n", other},
        {"iamlocal-catalogue 1 test\n\n", version},
        {"iamlocal-catalogue 21 test\n\n", version},
        {"iamlocal-catalogue 2 tests\n\n", something_else},
        {"iamlocal-catalogue 2 \n\n", something_else},
        {"iamlocal-catalogue 2 test \n\n", something_else},
        {"iamlocal-catalogue 2 test\n\n", "fine"},
        {"iamlocal-catalogue 2 test\n# a\n# b\n\n", "fine"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.head);
        FileBuilder builder = two_groups();
        builder.head = row.head;
        EXPECT_EQ(outcome(builder.build()), row.reason);
    }
    EXPECT_EQ(outcome("iamlocal-catalogue 2 test"), cut_short);
    EXPECT_EQ(outcome("iamlocal-catalogue 2 test\n# no end\n"), cut_short);
    EXPECT_EQ(outcome("iamlocal-catalogue 2 test\n\n1234567"), cut_short);
}

TEST(CompressedFile, TablesThatAreRefused) {
    constexpr const char* head = "iamlocal-catalogue 2 test\n\n";
    const std::string none = pack_raw("");
    const auto size = static_cast<std::uint32_t>(none.size());
    const auto file = [&](std::uint32_t count, std::vector<std::uint32_t> table, const std::string& data) {
        std::string bytes = head + little_endian(0) + little_endian(count);
        for (const std::uint32_t number : table) bytes += little_endian(number);
        return bytes + data;
    };
    constexpr std::uint32_t largest = CompressedFile::max_group_size;
    std::vector<std::uint32_t> much{size, 0};
    for (std::size_t all = 0; all <= CompressedFile::max_size; all += largest) much.insert(much.end(), {size, largest});
    const struct {
        const char* what;
        std::string bytes;
        const char* reason;
    } rows[] = {
        {"no groups", file(0, {}, ""), "it is damaged"},
        {"no texts", file(1, {size, 0}, none), "fine"},
        {"more groups than the table has", file(2, {size, 0}, ""), "it is cut short"},
        {"as many groups as a number can say", file(UINT32_MAX, {size, 0}, none), "it is cut short"},
        {"ends that go back", file(3, {size, 0, size + 4, 1, size + 2, 1}, none + "abcd"), "it is damaged"},
        {"an end behind the file", file(2, {size, 0, size + 5, 1}, none + "abcd"), "it is cut short"},
        {"the largest end", file(2, {size, 0, UINT32_MAX, 1}, none + "abcd"), "it is cut short"},
        {"bytes behind the last group", file(1, {size, 0}, none + "x"), "it is damaged"},
        {"a forged size", file(2, {size, 0, size + 1, UINT32_MAX}, none + "a"), "it is damaged"},
        {"just too large", file(2, {size, 0, size + 1, largest + 1}, none + "a"), "it is damaged"},
        {"too large together", file(static_cast<std::uint32_t>(much.size() / 2), much, none), "it is damaged"},
        {"sizes of another size", file(1, {size, 4}, none), "it is damaged"},
        {"no stream of sizes", file(1, {0, 0}, ""), "it is damaged"},
        {"half a number", file(1, {static_cast<std::uint32_t>(pack_raw("ab").size()), 2}, pack_raw("ab")),
         "it is damaged"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        EXPECT_EQ(outcome(row.bytes), row.reason);
    }
}

/// Texts fill the groups one after another, each of them wholly.
TEST(CompressedFile, SizesOfTextsThatAreRefused) {
    const struct {
        const char* what;
        std::vector<std::uint32_t> sizes;
        const char* reason;
    } rows[] = {
        {"as it should be", {2, 3, 4}, "fine"},
        {"empty ones between", {0, 5, 0, 0, 4, 0}, "fine"},
        {"none", {}, "it is damaged"},
        {"one in two groups", {9}, "it is damaged"},
        {"one that reaches into the next group", {2, 4, 3}, "it is damaged"},
        {"too few", {2, 3}, "it is damaged"},
        {"something left", {2, 3, 3}, "it is damaged"},
        {"too many", {2, 3, 4, 1}, "it is damaged"},
        {"the largest size", {2, UINT32_MAX}, "it is damaged"},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        FileBuilder builder;
        builder.add("12345").add("6789");
        builder.sizes = row.sizes;
        EXPECT_EQ(outcome(builder.build()), row.reason);
    }
}

TEST(CompressedFile, DamagedGroupsGiveNothing) {
    const std::string text = "some text that is packed";
    const std::string packed = pack_raw(text);
    const struct {
        const char* what;
        FileBuilder::Group group;
        bool good;
    } rows[] = {
        {"as it should be", {packed, text.size()}, true},
        {"too small a size", {packed, text.size() - 1}, false},
        {"too large a size", {packed, text.size() + 1}, false},
        {"cut short", {packed.substr(0, packed.size() - 1), text.size()}, false},
        {"bytes behind it", {packed + "x", text.size()}, false},
        {"no bytes", {"", 1}, false},
        {"no LZMA stream", {"\xFF\xFF\xFF\xFF", 4}, false},
        {"a stream of much more", {pack_raw(std::string(5'000'000, 'a')), 4}, false},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.what);
        FileBuilder builder;
        builder.groups.push_back(row.group);
        builder.sizes.push_back(static_cast<std::uint32_t>(row.group.raw_size));
        builder.add("the one behind it");
        const std::string bytes = builder.build();
        const auto opened = CompressedFile::parse(bytes, "test");
        const auto* const file = std::get_if<CompressedFile>(&opened);
        ASSERT_NE(file, nullptr);
        EXPECT_EQ(file->text(0).has_value(), row.good);
        EXPECT_EQ(file->text(0).has_value(), row.good) << "the second time";
        EXPECT_EQ(file->text(1), "the one behind it");
    }
}

TEST(CompressedFile, EveryCutIsNoticed) {
    const std::string bytes = two_groups().build();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        SCOPED_TRACE(size);
        EXPECT_NE(outcome(std::string_view(bytes).substr(0, size)), "fine");
    }
}

/// Wherever a byte is wrong, behind the head: the file is refused, or its checksum says so; and unpacking does no harm.
TEST(CompressedFile, EveryWrongByteIsNoticed) {
    const FileBuilder builder = two_groups();
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
            for (std::size_t i = 0; i < file->size(); ++i) static_cast<void>(file->text(i));
        }
    }
}

}  // namespace
}  // namespace iamlocal::catalogue
