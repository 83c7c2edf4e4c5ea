#include "db/postgres_work.hpp"

#include <algorithm>
#include <stdexcept>

namespace iamlocal::db {
namespace {

std::string quoted(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char c : text) out.append(c == quote ? 2 : 1, c);
    return out.append(1, quote);
}

}  // namespace

std::string quoted_name(std::string_view name) { return quoted(name, '"'); }

std::string quoted_text(std::string_view text) { return quoted(text, '\''); }

std::vector<std::string> tables_in_order(PostgresConnection& connection) {
    const PostgresResult listed = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'schema\\_%'");
    const PostgresResult references = connection.execute(
        "SELECT a.relname, b.relname FROM pg_constraint c JOIN pg_class a ON a.oid = c.conrelid "
        "JOIN pg_class b ON b.oid = c.confrelid WHERE c.contype = 'f' AND a.oid <> b.oid "
        "AND a.relnamespace = current_schema()::regnamespace");
    std::vector<std::string> waiting;
    waiting.reserve(static_cast<std::size_t>(listed.rows()));
    for (int i = 0; i < listed.rows(); ++i) waiting.emplace_back(listed.text(i, 0));
    const auto is_referred_to = [&](const std::string& table) {
        for (int i = 0; i < references.rows(); ++i)
            if (references.text(i, 1) == table && std::ranges::find(waiting, references.text(i, 0)) != waiting.end())
                return true;
        return false;
    };
    std::vector<std::string> ordered;
    while (!waiting.empty()) {
        const auto next = std::ranges::find_if_not(waiting, is_referred_to);
        if (next == waiting.end()) throw std::logic_error("the tables refer to each other in a circle");
        ordered.push_back(*next);
        waiting.erase(next);
    }
    return ordered;
}

std::string revise(const std::string& condition) {
    return "WITH next AS (SELECT nextval('schema_revision_numbers') AS number) UPDATE schema_revisions "
           "SET revision = next.number FROM next WHERE " +
           condition + " RETURNING revision";
}

std::string stripes_of(const Stripes& touched) {
    std::string list;
    for (std::size_t i = 0; i < touched.size(); ++i)
        if (touched[i]) list.append(list.empty() ? "" : ", ").append(std::to_string(i));
    return "stripe IN (" + list + ")";
}

}  // namespace iamlocal::db
