#include "db/postgres_sql.hpp"

#include <utility>

namespace iamlocal::db {
namespace {

bool is_word_character(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

constexpr std::pair<std::string_view, std::string_view> words[] = {
    {"TEXT", "TEXT COLLATE \"C\""}, {"INTEGER", "BIGINT"}, {"BLOB", "BYTEA"}};

constexpr std::string_view without_rowid = "WITHOUT ROWID";

std::string_view in_postgres(std::string_view word) {
    for (const auto& [ours, theirs] : words)
        if (word == ours) return theirs;
    return word;
}

}  // namespace

std::string postgres_statement(std::string_view sql) {
    std::string out;
    out.reserve(sql.size());
    bool quoted = false;
    for (const char c : sql) {
        if (c == '\'') quoted = !quoted;
        out.push_back(c == '?' && !quoted ? '$' : c);
    }
    return out;
}

std::string postgres_schema(std::string_view sql) {
    std::string out;
    out.reserve(sql.size() + sql.size() / 4);
    while (!sql.empty()) {
        std::size_t length = 0;
        while (length < sql.size() && is_word_character(sql[length])) ++length;
        if (sql.starts_with(without_rowid)) {
            length = without_rowid.size();
        } else if (length > 0) {
            out.append(in_postgres(sql.substr(0, length)));
        } else {
            out.push_back(sql.front());
            length = 1;
        }
        sql.remove_prefix(length);
    }
    return out;
}

bool postgres_writes(std::string_view sql) { return !sql.starts_with("SELECT") && !sql.starts_with("WITH"); }

}  // namespace iamlocal::db
