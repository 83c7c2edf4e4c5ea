#include "db/sqlite_pages.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "db/sqlite_handle.hpp"
#include "db/sqlite_image.hpp"

namespace iamlocal::db {
namespace {

std::vector<std::string> texts(SqliteHandle& handle, const char* sql) {
    std::vector<std::string> all;
    SqliteStatement statement(handle, sql, false);
    while (statement.step()) all.emplace_back(statement.text(0));
    return all;
}

std::vector<std::string> content_of(SqliteHandle& handle) {
    std::vector<std::string> all = texts(handle, "SELECT id || ' ' || text FROM rows ORDER BY id");
    for (const std::string& text : texts(handle, "SELECT id || ' ' || text FROM keyed ORDER BY text, id"))
        all.push_back(text);
    return all;
}

std::string check_of(SqliteHandle& handle) { return texts(handle, "PRAGMA integrity_check").front(); }

/// Two tables and an index that rows of all sizes came into and went out of, without care for what stays behind.
std::unique_ptr<SqliteHandle> used_database(int page_size = 4096) {
    std::unique_ptr<SqliteHandle> handle = SqliteHandle::in_memory();
    handle->execute(
        fmt::format("PRAGMA page_size = {}; PRAGMA secure_delete = OFF;"
                    "CREATE TABLE rows (id INTEGER PRIMARY KEY, text TEXT); CREATE INDEX rows_by_text ON rows (text);"
                    "CREATE TABLE keyed (id TEXT PRIMARY KEY, text TEXT) WITHOUT ROWID",
                    page_size));
    const auto add = [&](std::string_view whose, int from, int step) {
        for (int i = from; i < 900; i += step) {
            const int filling = i % 50 == 0 ? 9000 : i * 7919 % 700;
            handle->execute(
                fmt::format("INSERT INTO rows VALUES ({0}, '{1}{0}{2:{3}}');"
                            "INSERT INTO keyed VALUES ('{4:04}{1}', '{1}{2:{3}}')",
                            i, whose, "", filling, i * 7919 % 900));
        }
    };
    handle->execute("BEGIN");
    add("mine", 0, 3);
    add("theirs", 1, 3);
    add("theirs", 2, 3);
    handle->execute("DELETE FROM rows WHERE text GLOB 'theirs*'; DELETE FROM keyed WHERE text GLOB 'theirs*'");
    add("mine", 1, 9);
    handle->execute("COMMIT");
    return handle;
}

std::vector<std::uint32_t> roots_of(SqliteHandle& handle) {
    std::vector<std::uint32_t> roots;
    SqliteStatement listed(handle, "SELECT rootpage FROM sqlite_master WHERE rootpage > 1", false);
    while (listed.step()) roots.push_back(static_cast<std::uint32_t>(listed.integer(0)));
    return roots;
}

TEST(SqlitePages, NothingButWhatIsUsedIsCopied) {
    for (const int page_size : {512, 4096, 65536}) {
        SCOPED_TRACE(page_size);
        const auto handle = used_database(page_size);
        const SnapshotImage image = image_of(*handle, "main");
        ASSERT_NE(image.bytes.find("theirs"), image.bytes.npos);
        const auto copied = copy_what_is_used(image.bytes, roots_of(*handle));
        const std::string_view used(copied.get(), image.bytes.size());
        EXPECT_EQ(used.find("theirs"), used.npos);
        // It can be read, and written to.
        const auto opened = SqliteHandle::in_memory();
        copy_into(*opened, "main", {copied, used});
        EXPECT_EQ(content_of(*opened), content_of(*handle));
        EXPECT_EQ(check_of(*opened), "ok");
        opened->execute(
            "INSERT INTO rows SELECT id + 10000, text || text FROM rows; DELETE FROM keyed WHERE id > '0300'");
        EXPECT_EQ(check_of(*opened), "ok");
    }
}

TEST(SqlitePages, AnImageOfADatabaseInMemoryHasWhatItWasMadeOf) {
    const auto handle = used_database();
    const auto copy = copy_in_memory(*handle);
    copy->execute("DELETE FROM rows WHERE id >= 300");
    const SnapshotImage image = used_image_of(*copy);
    EXPECT_EQ(image.bytes.find("theirs"), image.bytes.npos);
    EXPECT_EQ(image.bytes.find("mine810"), image.bytes.npos);
    const auto opened = SqliteHandle::in_memory();
    view(*opened, "main", image);
    EXPECT_EQ(content_of(*opened), content_of(*copy));
    EXPECT_EQ(check_of(*opened), "ok");
    EXPECT_NE(content_of(*handle), content_of(*copy));
}

// Whatever stands in it, nothing outside of the file is read.
TEST(SqlitePages, DamagedFilesAreRefusedOrCopied) {
    const auto handle = used_database(512);
    const std::string image(image_of(*handle, "main").bytes);
    const std::vector<std::uint32_t> roots = roots_of(*handle);
    EXPECT_THROW(copy_what_is_used("", roots), std::runtime_error);
    EXPECT_THROW(copy_what_is_used(image.substr(0, 99), roots), std::runtime_error);
    EXPECT_THROW(copy_what_is_used(image.substr(0, image.size() - 1), roots), std::runtime_error);
    EXPECT_THROW(copy_what_is_used(image.substr(0, 1024), roots), std::runtime_error);
    const std::uint32_t beyond[] = {4000000000U};
    EXPECT_THROW(copy_what_is_used(image, beyond), std::runtime_error);
    const std::uint32_t twice[] = {roots.front(), roots.front()};
    EXPECT_THROW(copy_what_is_used(image, twice), std::runtime_error);
    std::uint32_t random = 1;
    const auto next = [&](std::size_t below) {
        random = random * 1664525U + 1013904223U;
        return static_cast<std::size_t>(random >> 8) % below;
    };
    int refused = 0;
    for (int i = 0; i < 1000; ++i) {
        std::string damaged = image;
        // Mostly where pages say what is in them.
        for (int j = 0; j < 3; ++j) damaged[next(damaged.size() / 512) * 512 + next(24)] = static_cast<char>(next(256));
        try {
            copy_what_is_used(damaged, roots);
        } catch (const std::runtime_error&) {
            ++refused;
        }
    }
    EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace iamlocal::db
