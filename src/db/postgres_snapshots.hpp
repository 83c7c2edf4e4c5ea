// Snapshots of a PostgreSQL database, kept in it: the rows of each table as a list in JSON, which the database itself
// writes and reads. All processes that share it see them. Inside this folder only.
#pragma once

#include "db/snapshots.hpp"

namespace iamlocal::db {

class PostgresConnection;
class PostgresDatabase;

/// They use the database's own connection for such things, one at a time.
class PostgresSnapshots final : public Snapshots {
  public:
    explicit PostgresSnapshots(PostgresDatabase& database) : database_(database) {}

    SnapshotHead save(const std::string& name, const std::string& notes, const SnapshotScope& scope) override;
    std::vector<SnapshotHead> list() override;
    std::optional<SnapshotHead> find(const std::string& name) override;
    void restore(const std::string& name, const SnapshotScope& scope,
                 const std::function<void()>& before_others) override;
    bool remove(const std::string& name) override;

  private:
    void exchange_rows(PostgresConnection& connection, const std::string& name, const SnapshotScope& scope);

    PostgresDatabase& database_;
};

}  // namespace iamlocal::db
