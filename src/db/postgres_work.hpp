// What is done to a PostgreSQL database as a whole, on the keeper's connection. Inside this folder only.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "db/backend.hpp"
#include "db/postgres_connection.hpp"

namespace iamlocal::db {

/// Long enough for a table of many rows, or for another process that is at it.
inline constexpr std::chrono::minutes long_work{5};

/// The snapshot is taken by the first statement after these, so a writer sees all that was committed before its turn.
inline constexpr const char* begin_write =
    "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE schema_writers IN EXCLUSIVE MODE";
inline constexpr const char* begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// BEGIN … COMMIT on the keeper's connection, rolled back by an exception.
class Work {
  public:
    Work(PostgresConnection& connection, const char* begin) : connection_(connection) {
        try {
            connection.with_reconnect([&] { return connection.execute(begin); });
        } catch (const std::exception&) {
            connection.rollback();
            throw;
        }
    }
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    void commit() { connection_.execute("COMMIT"); }
    ~Work() { connection_.rollback(); }

  private:
    PostgresConnection& connection_;
};

/// A name, or a text, as it stands in a statement.
std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);

/// The tables that rows of the store are in, those that refer to others before those that they refer to.
std::vector<std::string> tables_in_order(PostgresConnection& connection);

/// A statement that gives the touched stripes the next number and returns it.
std::string revise(const std::string& condition);
std::string stripes_of(const Stripes& touched);

}  // namespace iamlocal::db
