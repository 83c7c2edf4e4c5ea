#include "db/sqlite_image.hpp"

#include <cstring>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <sqlite3.h>

#include "db/sqlite_handle.hpp"
#include "db/sqlite_pages.hpp"

namespace iamlocal::db {

namespace {

struct FreeBytes {
    void operator()(unsigned char* bytes) const { sqlite3_free(bytes); }
};
using Bytes = std::unique_ptr<unsigned char[], FreeBytes>;

Bytes bytes_of(SqliteHandle& handle, const char* schema, sqlite3_int64& size) {
    Bytes bytes(sqlite3_serialize(handle.get(), schema, &size, 0));
    if (bytes == nullptr) throw std::bad_alloc();
    // The file format's versions for reading and writing: not with a log beside it, which memory has none of.
    if (size > 20) bytes[18] = bytes[19] = 1;
    return bytes;
}

/// SQLite frees the bytes in any case.
void let_have(SqliteHandle& handle, const char* schema, Bytes bytes, sqlite3_int64 size) {
    const int code = sqlite3_deserialize(handle.get(), schema, bytes.release(), size, size,
                                         SQLITE_DESERIALIZE_RESIZEABLE | SQLITE_DESERIALIZE_FREEONCLOSE);
    if (code != SQLITE_OK) handle.fail(code);
}

}  // namespace

SnapshotImage image_of(SqliteHandle& handle, const char* schema) {
    sqlite3_int64 size = 0;
    std::shared_ptr<unsigned char[]> bytes = bytes_of(handle, schema, size);
    const std::string_view view(reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size));
    return {std::move(bytes), view};
}

std::unique_ptr<SqliteHandle> copy_in_memory(SqliteHandle& handle) {
    sqlite3_int64 size = 0;
    Bytes bytes = bytes_of(handle, "main", size);
    std::unique_ptr<SqliteHandle> copy = SqliteHandle::in_memory();
    let_have(*copy, "main", std::move(bytes), size);
    return copy;
}

SnapshotImage used_image_of(SqliteHandle& handle) {
    std::vector<std::uint32_t> roots;
    {
        SqliteStatement listed(handle, "SELECT rootpage FROM sqlite_master WHERE rootpage > 1", false);
        while (listed.step()) roots.push_back(static_cast<std::uint32_t>(listed.integer(0)));
    }
    sqlite3_int64 size = 0;
    const auto* const bytes = sqlite3_serialize(handle.get(), "main", &size, SQLITE_SERIALIZE_NOCOPY);
    if (bytes == nullptr) throw std::bad_alloc();
    const std::string_view file(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    std::shared_ptr<const char[]> used = copy_what_is_used(file, roots);
    const std::string_view view(used.get(), file.size());
    return {std::move(used), view};
}

void view(SqliteHandle& handle, const char* schema, const SnapshotImage& image) {
    auto* const bytes = reinterpret_cast<unsigned char*>(const_cast<char*>(image.bytes.data()));
    const auto size = static_cast<sqlite3_int64>(image.bytes.size());
    const int code = sqlite3_deserialize(handle.get(), schema, bytes, size, size, SQLITE_DESERIALIZE_READONLY);
    if (code != SQLITE_OK) handle.fail(code);
    // Pages are looked at where they are, without a copy of each.
    handle.execute(fmt::format("PRAGMA {}.mmap_size = {}", schema, size));
}

void copy_into(SqliteHandle& handle, const char* schema, const SnapshotImage& image) {
    const std::size_t size = image.bytes.size();
    Bytes bytes(static_cast<unsigned char*>(sqlite3_malloc64(size)));
    if (bytes == nullptr) throw std::bad_alloc();
    std::memcpy(bytes.get(), image.bytes.data(), size);
    let_have(handle, schema, std::move(bytes), static_cast<sqlite3_int64>(size));
}

}  // namespace iamlocal::db
