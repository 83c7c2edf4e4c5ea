// A PostgreSQL server of this test program: started by the first test that needs one, gone with the program however it
// ends (tests/support/postgres-server). Every test gets an empty schema of its own.
#pragma once

#include <array>
#include <cstdlib>
#include <libpq-fe.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace iamlocal {

class PostgresServer {
  public:
    static PostgresServer& instance() {
        static PostgresServer server;
        return server;
    }
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;
    ~PostgresServer() {
        ::close(commands_);
        ::waitpid(process_, nullptr, 0);
    }

    /// The URL by which a database finds an empty schema.
    std::string new_schema() {
        const std::string name = "test_" + std::to_string(++schemas_);
        run("CREATE SCHEMA " + name);
        return url_ + "&options=-csearch_path%3D" + name;
    }

    /// Statements of somebody else, in the schema of `url`; the first value of the last one's result. Throws when one
    /// fails.
    static std::string run(const std::string& url, const std::string& sql) {
        const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), &PQfinish);
        const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), &PQclear);
        const ExecStatusType status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
            throw std::runtime_error(PQerrorMessage(connection.get()));
        return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
    }
    std::string run(const std::string& sql) const { return run(url_, sql); }

    /// `stop`, `start` or `restart`.
    void command(const std::string& word) {
        const std::string line = word + "\n";
        if (::write(commands_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) || read_line() != "done")
            throw std::runtime_error("PostgreSQL did not obey");
    }

  private:
    PostgresServer() {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        if (::pipe(in.data()) != 0 || ::pipe(out.data()) != 0) throw std::runtime_error("no pipes");
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(in[0], STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            for (const int descriptor : {in[0], in[1], out[0], out[1]}) ::close(descriptor);
            ::execl(IAMLOCAL_SOURCE_DIR "/tests/support/postgres-server", "postgres-server", nullptr);
            ::_exit(127);
        }
        ::close(in[0]);
        ::close(out[1]);
        commands_ = in[1];
        answers_ = out[0];
        url_ = read_line();
        if (url_.empty()) throw std::runtime_error("PostgreSQL cannot be started");
    }

    std::string read_line() const {
        std::string line;
        char c = 0;
        while (::read(answers_, &c, 1) == 1 && c != '\n') line.push_back(c);
        return line;
    }

    pid_t process_ = -1;
    int commands_ = -1;
    int answers_ = -1;
    std::string url_;
    int schemas_ = 0;
};

}  // namespace iamlocal
