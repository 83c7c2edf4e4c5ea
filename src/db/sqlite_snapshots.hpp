// Snapshots of a SQLite database, each an image of a whole database file: copied page by page where it is of
// everything, row by row where it is of one account. Inside this folder only.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "db/backend.hpp"
#include "db/snapshot_shelf.hpp"

namespace iamlocal::db {

class SqliteDatabase;
class SqliteHandle;

class SqliteSnapshots final : public Snapshots {
  public:
    /// The database has these snapshots, and so outlives them.
    SqliteSnapshots(SqliteDatabase& database, std::unique_ptr<SnapshotShelf> shelf)
        : database_(database), shelf_(std::move(shelf)) {}

    SnapshotHead save(const std::string& name, const std::string& notes, const SnapshotScope& scope) override;
    std::vector<SnapshotHead> list() override;
    std::optional<SnapshotHead> find(const std::string& name) override;
    void restore(const std::string& name, const SnapshotScope& scope,
                 const std::function<void()>& before_others) override;
    bool remove(const std::string& name) override;

  private:
    SnapshotImage copy(SqliteHandle& live, const SnapshotScope& scope, SnapshotHead& head);
    SnapshotImage copy_rows(SqliteHandle& live, const SnapshotScope& scope, SnapshotHead& head);
    const SnapshotImage& empty_image();
    void exchange(SqliteHandle& saved, const SnapshotImage& image, const SnapshotScope& scope,
                  const std::function<void()>& before_others);
    void exchange_pages(SqliteHandle& live, SqliteHandle& image, const Stripes& touched,
                        const std::function<void()>& before_others);
    void exchange_rows(SqliteHandle& live, const SnapshotImage& image, const SnapshotScope& scope,
                       const Stripes& touched, const std::function<void()>& before_others);

    SqliteDatabase& database_;
    std::mutex mutex_;  ///< held by whoever saves, restores or removes; taken before the database's
    const std::unique_ptr<SnapshotShelf> shelf_;
    SnapshotImage empty_;  ///< of a database without rows; made when it is first needed
};

}  // namespace iamlocal::db
