// A database with two small tables, in memory or in a directory that goes with the test.
#pragma once

#include <filesystem>
#include <memory>
#include <stdlib.h>
#include <string>

#include <gtest/gtest.h>

#include "db/transaction.hpp"

namespace iamlocal::db {

inline constexpr Migration test_schema[] = {
    {1, "parents",
     "CREATE TABLE parents (id TEXT PRIMARY KEY, number BIGINT); CREATE TABLE notes (text TEXT, bytes BLOB)"},
    {2, "children", "CREATE TABLE children (id TEXT PRIMARY KEY, parent TEXT NOT NULL REFERENCES parents (id))"},
};

/// A new directory, removed with all that is in it.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string pattern = testing::TempDir() + "iamlocal-XXXXXX";
        path_ = ::mkdtemp(pattern.data());
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

enum class Storage { memory, file };

inline std::string name_of(const testing::TestParamInfo<Storage>& info) {
    return info.param == Storage::memory ? "memory" : "file";
}

class BothStorages : public testing::TestWithParam<Storage> {
  protected:
    BothStorages() : database_(GetParam() == Storage::memory ? Database::in_memory() : Database::open(home_.path())) {
        database_->migrate(test_schema);
    }

    std::int64_t count_parents(Connection& connection) {
        Transaction tx(connection, Access::read);
        return tx.number("SELECT count(*) FROM parents");
    }

    TemporaryDirectory home_;
    std::unique_ptr<Database> database_;
    std::unique_ptr<Connection> connection_ = database_->connect();
    AccountId account_{"111122223333"};
};

}  // namespace iamlocal::db
