#include "db/postgres_connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <libpq-fe.h>
#include <poll.h>
#include <stdexcept>
#include <vector>

#include "db/error.hpp"
#include "db/libpq.hpp"
#include "db/postgres_sql.hpp"

namespace iamlocal::db {
namespace {

const Libpq& pq() { return Libpq::get(); }

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// After a failure to connect; longer if the failure took long.
constexpr milliseconds shortest_pause{250};
/// The server is to end a statement by itself; this much later we give up on the server.
constexpr milliseconds grace{2000};

std::string_view trimmed(std::string_view message) {
    while (!message.empty() && (message.back() == '\n' || message.back() == ' ')) message.remove_suffix(1);
    return message.substr(0, message.find('\n'));
}

/// Whether the session is over, or the server cannot serve now, whatever the statement was.
bool is_outage(std::string_view state) {
    return state.starts_with("08")     // connection exceptions
           || state.starts_with("53")  // out of disk, memory, connections
           || state.starts_with("57")  // shut down, cancelled, over its time
           || state.starts_with("58")  // the server's own input and output
           || state == "55P03"         // over its time waiting for a lock
           || state == "25006";        // the server has become a copy of another one and takes no changes
}

/// The values of a statement in libpq's form. Texts and bytes go as they are, since the binary form of both is their
/// bytes; numbers go as text, from which the server makes whatever type it expects.
class Arguments {
  public:
    explicit Arguments(std::span<const Value> values) {
        values_.reserve(values.size());
        numbers_.resize(values.size());
        for (const Value& value : values) add(value);
    }

    int count() const { return static_cast<int>(values_.size()); }
    const char* const* values() const { return values_.data(); }
    const int* lengths() const { return lengths_.data(); }
    const int* formats() const { return formats_.data(); }

  private:
    void add(const Value& value) {
        std::array<char, 24>& number = numbers_[values_.size()];
        switch (value.kind()) {
            case Value::Kind::null:
                return push(nullptr, 0, 0);
            case Value::Kind::integer:
                *std::to_chars(number.data(), number.data() + number.size() - 1, value.number()).ptr = '\0';
                return push(number.data(), 0, 0);
            case Value::Kind::text:
            case Value::Kind::blob:
                return push(value.bytes().data() != nullptr ? value.bytes().data() : "",
                            static_cast<int>(value.bytes().size()), 1);
        }
    }
    void push(const char* value, int length, int format) {
        values_.push_back(value);
        lengths_.push_back(length);
        formats_.push_back(format);
    }

    std::vector<const char*> values_;
    std::vector<int> lengths_;
    std::vector<int> formats_;
    std::vector<std::array<char, 24>> numbers_;
};

}  // namespace

void PostgresResult::Clear::operator()(pg_result* result) const noexcept { pq().clear(result); }

int PostgresResult::rows() const { return pq().ntuples(result_.get()); }

int PostgresResult::changes() const {
    const std::string_view count = pq().cmdTuples(result_.get());
    int number = 0;
    std::from_chars(count.data(), count.data() + count.size(), number);
    return number;
}

std::string_view PostgresResult::status() const { return pq().cmdStatus(result_.get()); }

bool PostgresResult::is_null(int row, int column) const { return pq().getisnull(result_.get(), row, column) != 0; }

std::int64_t PostgresResult::integer(int row, int column) const {
    const std::string_view digits = text(row, column);
    if (digits == "t") return 1;
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return number;
}

std::string_view PostgresResult::text(int row, int column) const {
    return {pq().getvalue(result_.get(), row, column),
            static_cast<std::size_t>(pq().getlength(result_.get(), row, column))};
}

void PostgresConnection::require_connected() {
    if (connection_ != nullptr) return;
    if (steady_clock::now() < not_before_)
        throw Unavailable("the database could not be reached a moment ago", Unavailable::Retry::later);
    // What stands in the URL wins over what comes before it.
    const char* const keywords[] = {"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                                    "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                                    "dbname",           "client_encoding",  nullptr};
    const char* const values[] = {"3", "10", "3", "3", "10000", "iamlocal", options_.url.c_str(), "UTF8", nullptr};
    const steady_clock::time_point started = steady_clock::now();
    connection_ = pq().connectdbParams(keywords, values, 1);
    if (connection_ == nullptr) throw std::bad_alloc();
    if (pq().status(connection_) != CONNECTION_OK) {
        const steady_clock::time_point now = steady_clock::now();
        not_before_ = now + std::max<steady_clock::duration>(shortest_pause, 2 * (now - started));
        lose(std::string(trimmed(pq().errorMessage(connection_))), Unavailable::Retry::later);
    }
    pq().setnonblocking(connection_, 1);
    pq().setNoticeProcessor(
        connection_, [](void*, const char*) {}, nullptr);
    const std::string timeout = std::to_string(options_.statement_timeout.count());
    // A process that stands still with a transaction open must not keep the others from writing for long.
    execute("SET statement_timeout = " + timeout +
            "; SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = warning; "
            "SET bytea_output = hex");
}

void PostgresConnection::drop() noexcept {
    if (connection_ == nullptr) return;
    pq().finish(connection_);
    connection_ = nullptr;
    statements_.clear();
}

PostgresResult PostgresConnection::execute(const std::string& sql, milliseconds timeout) {
    if (pq().sendQuery(connection_, sql.c_str()) == 0) lose(std::string(trimmed(pq().errorMessage(connection_))));
    return collect(timeout);
}

PostgresResult PostgresConnection::execute(Sql sql, std::span<const Value> values) {
    const std::string& name = prepare(sql);
    const Arguments arguments(values);
    if (pq().sendQueryPrepared(connection_, name.c_str(), arguments.count(), arguments.values(), arguments.lengths(),
                               arguments.formats(), 0) == 0)
        lose(std::string(trimmed(pq().errorMessage(connection_))));
    return collect(options_.statement_timeout);
}

const std::string& PostgresConnection::prepare(Sql sql) {
    if (const auto found = statements_.find(sql.text()); found != statements_.end()) return found->second;
    std::string name = "s" + std::to_string(statements_.size());
    if (pq().sendPrepare(connection_, name.c_str(), postgres_statement(sql.text()).c_str(), 0, nullptr) == 0)
        lose(std::string(trimmed(pq().errorMessage(connection_))));
    collect(options_.statement_timeout);
    return statements_.emplace(sql.text(), std::move(name)).first->second;
}

/// Reads all results, so that the connection is ready for the next statement.
PostgresResult PostgresConnection::collect(milliseconds timeout) {
    const steady_clock::time_point deadline = steady_clock::now() + timeout + grace;
    while (const int unsent = pq().flush(connection_)) {
        if (unsent < 0) lose(std::string(trimmed(pq().errorMessage(connection_))));
        if (!wait(deadline, true)) lose("the database does not answer", Unavailable::Retry::later);
        if (pq().consumeInput(connection_) == 0) lose(std::string(trimmed(pq().errorMessage(connection_))));
    }
    PostgresResult first;
    PostgresResult failed;
    for (;;) {
        while (pq().isBusy(connection_) != 0) {
            if (!wait(deadline, false)) lose("the database does not answer", Unavailable::Retry::later);
            if (pq().consumeInput(connection_) == 0) lose(std::string(trimmed(pq().errorMessage(connection_))));
        }
        pg_result* const next = pq().getResult(connection_);
        if (next == nullptr) break;
        PostgresResult result(next);
        const ExecStatusType status = pq().resultStatus(next);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            failed = std::move(result);
        else if (first.get() == nullptr)
            first = std::move(result);
    }
    if (failed.get() != nullptr) fail(failed);
    if (first.get() == nullptr) lose("the database closed the connection");
    return first;
}

bool PostgresConnection::wait(steady_clock::time_point deadline, bool for_writing) const {
    const short events = for_writing ? POLLIN | POLLOUT : POLLIN;
    for (;;) {
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now());
        if (left.count() <= 0) return false;
        pollfd descriptor{pq().socket(connection_), events, 0};
        const int ready = ::poll(&descriptor, 1, static_cast<int>(left.count()));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

void PostgresConnection::fail(const PostgresResult& result) {
    const char* const code = pq().resultErrorField(result.get(), PG_DIAG_SQLSTATE);
    const char* const message = pq().resultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
    const std::string_view state = code != nullptr ? code : "08006";
    // The primary message alone: details may quote what is stored.
    const std::string what =
        "PostgreSQL: " + std::string(message != nullptr ? message : trimmed(pq().resultErrorMessage(result.get())));
    if (pq().status(connection_) != CONNECTION_OK) lose(what);
    if (is_outage(state)) {
        // A statement that was over its time leaves a good session behind; all others are not worth finding out.
        if (state != "57014" && state != "55P03") lose(what);
        throw Unavailable(what, Unavailable::Retry::later);
    }
    if (state == "23505") throw ConstraintViolation(ConstraintViolation::Kind::unique, what);
    if (state == "23503") throw ConstraintViolation(ConstraintViolation::Kind::foreign_key, what);
    if (state.starts_with("23")) throw ConstraintViolation(ConstraintViolation::Kind::other, what);
    if (state == "40001" || state == "40P01") throw SerializationFailure(what);
    if (state == "22021" || state == "22P05") throw UnstorableText(what);
    throw std::runtime_error(what);
}

void PostgresConnection::lose(const std::string& reason, Unavailable::Retry retry) {
    drop();
    throw Unavailable(reason, retry);
}

void PostgresConnection::rollback() noexcept {
    if (connection_ == nullptr) return;
    const PGTransactionStatusType status = pq().transactionStatus(connection_);
    if (status == PQTRANS_IDLE) return;
    try {
        execute("ROLLBACK");
    } catch (const std::exception&) {
        drop();
    }
}

std::string postgres_location(const std::string& url) {
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(pq().conninfoParse(url.c_str(), nullptr),
                                                                               pq().conninfoFree);
    // libpq's words may quote a part of the URL, and with it a password.
    if (!options)
        throw CannotOpen("The URL of the database cannot be understood; expected postgresql://HOST/DATABASE.");
    std::string host;
    std::string port;
    std::string database;
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        const std::string_view keyword = option->keyword;
        if (keyword == "host") host = option->val;
        if (keyword == "port") port = std::string(":") + option->val;
        if (keyword == "dbname") database = option->val;
    }
    return "postgresql://" + host + port + "/" + database;
}

}  // namespace iamlocal::db
