#include "db/postgres_database.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "base/encoding.hpp"
#include "db/postgres_sql.hpp"
#include "db/postgres_work.hpp"

namespace iamlocal::db {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds read_every{200};
/// Older than this, with the time that a request takes, would no longer be "within a second".
constexpr std::chrono::milliseconds fresh_for{800};
/// A read that takes longer hangs.
constexpr std::chrono::seconds gone_after{2};
/// Everything that is kept for this backend alone.
constexpr const char* own_tables = R"sql(
CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS schema_writers ();
CREATE TABLE IF NOT EXISTS schema_revisions (stripe BIGINT PRIMARY KEY, revision BIGINT NOT NULL);
CREATE SEQUENCE IF NOT EXISTS schema_revision_numbers;
CREATE TABLE IF NOT EXISTS schema_snapshots (name TEXT PRIMARY KEY, notes TEXT NOT NULL, version BIGINT NOT NULL,
    counted BIGINT NOT NULL, bytes BIGINT NOT NULL);
CREATE TABLE IF NOT EXISTS schema_snapshot_rows (snapshot TEXT NOT NULL REFERENCES schema_snapshots (name)
    ON DELETE CASCADE, name TEXT NOT NULL, content JSON NOT NULL, PRIMARY KEY (snapshot, name));
)sql";

}  // namespace

std::unique_ptr<PostgresDatabase> PostgresDatabase::open(const PostgresOptions& options) {
    std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(options));
    try {
        database->keeper_.require_connected();
    } catch (const Unavailable& error) {
        throw CannotOpen("Cannot use the database " + database->location_ + ": " + error.what() + ".");
    }
    return database;
}

PostgresDatabase::PostgresDatabase(const PostgresOptions& options)
    : options_(options), location_(postgres_location(options.url)), keeper_(options_), snapshots_(*this) {}

PostgresDatabase::~PostgresDatabase() {
    if (!follower_.joinable()) return;
    {
        const std::lock_guard guard(stop_mutex_);
        stop_ = true;
    }
    stop_wish_.notify_all();
    follower_.join();
}

std::unique_ptr<Backend> PostgresDatabase::make_backend() { return std::make_unique<PostgresBackend>(*this); }

void PostgresDatabase::migrate(const Schema& schema) {
    const std::lock_guard guard(keeper_mutex_);
    try {
        Work work(keeper_, "BEGIN");
        keeper_.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0");
        // Two processes that start at the same time.
        keeper_.execute("SELECT pg_advisory_xact_lock(hashtext('iamlocal'), hashtext(current_schema()))", long_work);
        keeper_.execute(own_tables, long_work);
        keeper_.execute("INSERT INTO schema_revisions (stripe, revision) SELECT stripe, 0 FROM generate_series(0, " +
                        std::to_string(revision_stripes - 1) + ") AS stripe ON CONFLICT DO NOTHING");
        const std::int64_t current = keeper_.execute("SELECT max(version) FROM schema_migrations").integer(0, 0);
        const std::int64_t latest = schema.version();
        if (current > latest)
            throw CannotOpen("The database " + location_ + " was written by a later release (schema " +
                             std::to_string(current) + ", this one knows up to " + std::to_string(latest) + ").");
        for (const Migration& step : schema.steps) {
            if (step.version <= current) continue;
            keeper_.execute(postgres_schema(step.sql), long_work);
            const Value values[] = {step.version, step.description};
            keeper_.execute(Sql("INSERT INTO schema_migrations (version, description) VALUES (?1, ?2)"), values);
        }
        work.commit();
        read_revisions(keeper_);
    } catch (const CannotOpen&) {
        throw;
    } catch (const std::runtime_error& error) {
        throw CannotOpen("Cannot use the database " + location_ + ": " + error.what() + ".");
    }
    if (!follower_.joinable()) follower_ = std::thread([this] { follow(); });
}

void PostgresDatabase::reset() {
    const std::lock_guard guard(keeper_mutex_);
    Work work(keeper_, begin_write);
    std::string deletes;  // one message for all: most tables are empty, and the way there takes longer
    for (const std::string& table : tables_in_order(keeper_)) deletes += "DELETE FROM " + quoted_name(table) + ";";
    keeper_.execute(deletes, long_work);
    const std::int64_t revision = keeper_.execute(revise("TRUE")).integer(0, 0);
    const Stripes all = Stripes().set();
    const Exchanges::Going going(exchanges_, all);
    work.commit();
    raise(all, static_cast<std::uint64_t>(revision));
}

void PostgresDatabase::follow() {
    PostgresConnection connection(options_);
    std::unique_lock lock(stop_mutex_);
    while (!stop_wish_.wait_for(lock, read_every, [this] { return stop_; })) {
        lock.unlock();
        try {
            note_revisions(connection);
        } catch (const std::exception&) {
            // Requests notice that nothing was read for a while, and ask themselves.
        }
        lock.lock();
    }
}

void PostgresDatabase::note_revisions(PostgresConnection& connection) {
    try {
        read_revisions(connection);
        last_read_failed_.store(false, std::memory_order_release);
    } catch (const Unavailable&) {
        last_read_failed_.store(true, std::memory_order_release);
        throw;
    }
}

void PostgresDatabase::read_revisions(PostgresConnection& connection) {
    const std::uint64_t seen = newest_seen_.load(std::memory_order_acquire);
    const Value values[] = {seen};
    const steady_clock::duration asked = steady_clock::now().time_since_epoch();
    const PostgresResult changed = connection.with_reconnect([&] {
        return connection.execute(Sql("SELECT stripe, revision FROM schema_revisions WHERE revision > ?1"), values);
    });
    std::uint64_t newest = seen;
    for (int i = 0; i < changed.rows(); ++i) {
        const auto stripe = static_cast<std::size_t>(changed.integer(i, 0));
        const auto revision = static_cast<std::uint64_t>(changed.integer(i, 1));
        if (stripe < revision_stripes) raise(stripe, revision);
        newest = std::max(newest, revision);
    }
    std::uint64_t other = newest_seen_.load(std::memory_order_relaxed);
    while (other < newest && !newest_seen_.compare_exchange_weak(other, newest, std::memory_order_acq_rel)) {
    }
    last_read_.store(asked, std::memory_order_release);
}

void PostgresDatabase::raise(const Stripes& touched, std::uint64_t revision) noexcept {
    for (std::size_t i = 0; i < touched.size(); ++i)
        if (touched[i]) raise(i, revision);
}

void PostgresDatabase::raise(std::size_t stripe, std::uint64_t revision) noexcept {
    std::uint64_t known = revisions_[stripe].load(std::memory_order_relaxed);
    while (known < revision) {
        if (!revisions_[stripe].compare_exchange_weak(known, revision, std::memory_order_acq_rel)) continue;
        revision_of_all_.fetch_add(1, std::memory_order_acq_rel);
        return;
    }
}

steady_clock::duration PostgresDatabase::since_last_read() const noexcept {
    return steady_clock::now().time_since_epoch() - last_read_.load(std::memory_order_acquire);
}

bool PostgresDatabase::is_available() const noexcept {
    return !last_read_failed_.load(std::memory_order_acquire) && since_last_read() < gone_after;
}

void PostgresCursor::hold(PostgresResult result) {
    result_ = std::move(result);
    row_ = -1;
}

std::string_view PostgresCursor::blob(int column) const {
    std::string_view digits = result_.text(row_, column);
    if (!digits.starts_with("\\x")) return {};
    std::string& bytes = blobs_[column];
    bytes.clear();
    digits.remove_prefix(2);
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        bytes.push_back(static_cast<char>(digit(digits[i]) * 16 + digit(digits[i + 1])));
    return bytes;
}

void PostgresCursor::release() noexcept {
    result_ = PostgresResult();
    backend_.idle_.push_back(this);
}

void PostgresBackend::begin(Access access) {
    access_ = access;
    try {
        connection_.with_reconnect(
            [&] { return connection_.execute(access == Access::write ? begin_write : begin_read); });
    } catch (const std::exception&) {
        connection_.rollback();
        throw;
    }
}

void PostgresBackend::commit(const Stripes& touched) {
    if (access_ == Access::read || touched.none()) {
        try {
            if (connection_.execute("COMMIT").status() != "COMMIT")
                throw std::logic_error("a transaction was to be committed after an error");
        } catch (const Unavailable& error) {
            if (access_ == Access::write) throw Unavailable(error.what(), Unavailable::Retry::later);
            throw;
        }
        return;
    }
    std::uint64_t revision = 0;
    try {
        const PostgresResult revised = connection_.execute(revise(stripes_of(touched)) + "; COMMIT");
        revision = static_cast<std::uint64_t>(revised.integer(0, 0));
    } catch (const Unavailable& error) {
        throw Unavailable(error.what(), Unavailable::Retry::later);
    }
    database_.raise(touched, revision);
}

Cursor& PostgresBackend::open(Sql sql, std::span<const Value> values) {
    if (access_ == Access::read && postgres_writes(sql.text()))
        throw std::logic_error("a read transaction was asked to write");
    PostgresResult result = connection_.execute(sql, values);
    if (idle_.empty()) {
        idle_.reserve(cursors_.size() + 1);  // so that release() needs no memory
        idle_.push_back(cursors_.emplace_back(std::make_unique<PostgresCursor>(*this)).get());
    }
    PostgresCursor& cursor = *idle_.back();
    idle_.pop_back();
    cursor.hold(std::move(result));
    return cursor;
}

void PostgresBackend::refresh_revisions() {
    if (database_.options_.freshness == Freshness::second && database_.since_last_read() < fresh_for) return;
    database_.note_revisions(connection_);
}

}  // namespace iamlocal::db
