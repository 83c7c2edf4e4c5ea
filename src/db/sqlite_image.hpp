// The bytes of a SQLite database's file, taken from a connection and given to one. Inside this folder only.
#pragma once

#include <memory>
#include <string_view>

namespace iamlocal::db {

class SqliteHandle;

/// The bytes of a database, and what keeps them.
struct SnapshotImage {
    std::shared_ptr<const void> owner;
    std::string_view bytes;
};

/// As another connection can have them in memory. `schema`: which of the connection's databases.
SnapshotImage image_of(SqliteHandle& handle, const char* schema);
/// A database in memory that is a copy of the connection's own one.
std::unique_ptr<SqliteHandle> copy_in_memory(SqliteHandle& handle);
/// What is in use of a database in memory that began as an image.
SnapshotImage used_image_of(SqliteHandle& handle);
/// Lets a schema of the connection be that image, which is only read and must last as long.
void view(SqliteHandle& handle, const char* schema, const SnapshotImage& image);
/// The same with a copy that may grow.
void copy_into(SqliteHandle& handle, const char* schema, const SnapshotImage& image);

}  // namespace iamlocal::db
