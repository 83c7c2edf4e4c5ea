#include "admin/query_values.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/time_format.hpp"

namespace iamlocal::admin {
namespace {

constexpr std::uint64_t most_listed = 1000;

std::optional<std::string> read_parameter(ListQuery& query, std::string_view name, const std::string& value,
                                          Instant now, const ReadParameter& read_own) {
    if (name == "since") {
        query.since = parse_since(value, now);
        if (!query.since) return "since is a time such as 2030-01-01T00:00:00Z, or how long ago, such as 15m";
    } else if (name == "limit") {
        const auto limit = parse_number(value);
        if (!limit || *limit < 1 || *limit > most_listed)
            return fmt::format("limit is a number from 1 to {}", most_listed);
        query.limit = *limit;
    } else if (name == "cursor") {
        const auto cursor = parse_number(value);
        if (!cursor) return "cursor is what an answer before gave as next";
        query.before = *cursor;
    } else {
        return read_own(name, value);
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Instant> parse_since(std::string_view text, Instant now) {
    if (const auto seconds = parse_number(text); seconds && *seconds < 253402300800)
        return Instant(std::chrono::seconds(*seconds));
    if (const auto ago = parse_duration(text)) return now - *ago;
    return parse_iso8601(text);
}

std::optional<std::string> read_query(std::string_view text, Instant now, ListQuery& query,
                                      const ReadParameter& read_own) {
    FormPairs pairs(text);
    while (const auto pair = pairs.next()) {
        const auto name = percent_decode(pair->name, PlusIs::space);
        const auto value = percent_decode(pair->value, PlusIs::space);
        if (!name || !value || !is_utf8(*name)) return "the query string is not percent-encoded";
        if (!query.given.insert(*name).second) return fmt::format("{} is given twice", *name);
        if (auto problem = read_parameter(query, *name, *value, now, read_own)) return problem;
    }
    return std::nullopt;
}

std::string unknown_parameter(std::string_view name) { return fmt::format("there is no parameter {}", name); }

}  // namespace iamlocal::admin
