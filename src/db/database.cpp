#include "db/database.hpp"

#include <stdexcept>

#include "db/postgres_database.hpp"
#include "db/sqlite_database.hpp"

namespace iamlocal::db {

std::unique_ptr<Database> Database::in_memory() { return SqliteDatabase::in_memory(); }

std::unique_ptr<Database> Database::open(const std::filesystem::path& directory, Durability durability) {
    return SqliteDatabase::open(directory, durability);
}

std::unique_ptr<Database> Database::open(const PostgresOptions& options) { return PostgresDatabase::open(options); }

void Database::set_follower(Follower* follower) {
    if (follower != nullptr) throw std::logic_error("this database has no replicas");
}

std::unique_ptr<Connection> Database::connect() {
    return std::unique_ptr<Connection>(new Connection(*this, make_backend()));
}

std::size_t Database::stripe(const AccountId& account) noexcept {
    // FNV-1a: processes that share a database, and may be built with different libraries, must agree on it.
    std::uint32_t hash = 2166136261U;
    for (const char c : account.view()) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return (hash ^ (hash >> 16)) % revision_stripes;
}

}  // namespace iamlocal::db
