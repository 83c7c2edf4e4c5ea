// A database with two small tables: in memory, in a directory that goes with the test, or in PostgreSQL.
#pragma once

#include <filesystem>
#include <memory>
#include <stdlib.h>
#include <string>

#include <gtest/gtest.h>

#include "db/transaction.hpp"
#include "support/postgres_server.hpp"

namespace iamlocal::db {

inline constexpr Migration test_schema[] = {
    {1, "parents",
     "CREATE TABLE parents (id TEXT PRIMARY KEY, number BIGINT);"
     "CREATE TABLE notes (position INTEGER, text TEXT, bytes BLOB)"},
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

enum class Storage { memory, file, postgresql };

inline std::string name_of(const testing::TestParamInfo<Storage>& info) {
    switch (info.param) {
        case Storage::memory:
            return "memory";
        case Storage::file:
            return "file";
        case Storage::postgresql:
            return "postgresql";
    }
    return "";
}

/// An empty database that can be opened again.
class Place {
  public:
    explicit Place(Storage storage) : storage_(storage) {
        if (storage == Storage::postgresql) postgres_.url = PostgresServer::instance().new_schema();
    }
    std::unique_ptr<Database> open() const {
        switch (storage_) {
            case Storage::memory:
                return Database::in_memory();
            case Storage::file:
                return Database::open(home_.path());
            case Storage::postgresql:
                return Database::open(postgres_);
        }
        return nullptr;
    }
    const PostgresOptions& postgres() const { return postgres_; }
    const std::filesystem::path& home() const { return home_.path(); }

  private:
    Storage storage_;
    TemporaryDirectory home_;
    PostgresOptions postgres_;
};

class AllStorages : public testing::TestWithParam<Storage> {
  protected:
    AllStorages() { database_->migrate(test_schema); }

    std::int64_t count_parents(Connection& connection) {
        Transaction tx(connection, Access::read);
        return tx.number("SELECT count(*) FROM parents");
    }

    Place place_{GetParam()};
    std::unique_ptr<Database> database_ = place_.open();
    std::unique_ptr<Connection> connection_ = database_->connect();
    AccountId account_{"111122223333"};
};

}  // namespace iamlocal::db
