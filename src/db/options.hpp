// How a database is to be opened.
#pragma once

#include <chrono>
#include <string>

namespace iamlocal::db {

/// What a commit in a file survives. `normal`: the end of the process, however it ends; a loss of power may take the
/// last commits. `full`: a loss of power too; every commit waits for the disk.
enum class Durability { normal, full };

/// When a process sees what others have committed in a PostgreSQL database that they share. `second`: within a second.
/// `immediate`: at once; every request asks the database first.
enum class Freshness { second, immediate };

struct PostgresOptions {
    std::string url;  ///< postgresql://USER:PASSWORD@HOST:PORT/DATABASE?…, as libpq takes it
    Freshness freshness = Freshness::second;
    /// How long one statement, or waiting for its turn to write, may take before the connection is given up.
    std::chrono::milliseconds statement_timeout{10'000};
};

}  // namespace iamlocal::db
