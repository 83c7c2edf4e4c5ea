#include "tools/suppressions.hpp"

#include <algorithm>
#include <filesystem>
#include <span>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "lint/facts.hpp"
#include "lint/lint.hpp"
#include "policy/json.hpp"
#include "policy/parse.hpp"
#include "policy/position.hpp"
#include "tools/input.hpp"
#include "tools/trim.hpp"

namespace iamlocal::tools {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;

void check_code(std::string_view code, std::string_view where) {
    const std::vector<lint::Rule>& rules = lint::rules();
    if (std::any_of(rules.begin(), rules.end(), [&](const lint::Rule& rule) { return rule.code == code; })) return;
    throw InputError(fmt::format("{}: no check has the code '{}'", where, code));
}

/// The words of a line that has some.
std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (line = trim(line); !line.empty(); line = trim(line)) {
        const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
        words.push_back(line.substr(0, end));
        line.remove_prefix(end);
    }
    return words;
}

void read_line(const std::vector<std::string_view>& words, const std::string& where, std::string_view policy_file,
               Suppressions& suppressions) {
    constexpr std::string_view of_statement = "statement=";
    constexpr std::string_view of_file = "file=";
    check_code(words.front(), where);
    std::string_view statement;
    bool counts = true;
    for (const std::string_view word : std::span(words).subspan(1)) {
        if (word.starts_with(of_statement) && word.size() > of_statement.size())
            statement = word.substr(of_statement.size());
        else if (word.starts_with(of_file) && word.size() > of_file.size())
            counts = counts && word.substr(of_file.size()) == policy_file;
        else
            throw InputError(fmt::format("{}: '{}' is neither statement=SID nor file=NAME", where, word));
    }
    if (!counts) return;
    if (statement.empty())
        suppressions.add(std::string(words.front()));
    else
        suppressions.add(std::string(words.front()), std::string(statement));
}

void read_lines(const std::string& file, const std::string& policy_file, Suppressions& suppressions) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) return;
    const std::string text = read_file(file, most_bytes);
    const std::string name = std::filesystem::path(policy_file).filename().string();
    std::size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        ++number;
        const std::vector<std::string_view> words = words_of(line.substr(0, line.find('#')));
        if (!words.empty()) read_line(words, fmt::format("{}:{}", file, number), name, suppressions);
    }
}

/// A statement and what it covers of the text.
struct Extent {
    std::string sid;
    policy::Position begin;
    policy::Position end;
};

std::vector<Extent> extents_of(std::string_view text) {
    std::vector<Extent> extents;
    const auto parsed = policy::json::parse(text, {policy::max_document_bytes, policy::max_document_depth});
    const auto* document = std::get_if<policy::json::Document>(&parsed);
    const policy::json::Value* list = document ? document->root().find("Statement") : nullptr;
    if (!list) return extents;
    policy::PositionCursor places(text);
    const auto add = [&](const policy::json::Value& statement) {
        const policy::json::Value* sid = statement.find("Sid");
        const policy::Position begin = places.at(statement.begin);
        extents.push_back({sid && sid->is(policy::json::Type::string) ? std::string(sid->text) : std::string(), begin,
                           places.at(statement.end)});
    };
    if (!list->is(policy::json::Type::array)) {
        add(*list);
    } else {
        for (const policy::json::Value& statement : list->items) add(statement);
    }
    return extents;
}

bool is_within(const lint::Finding& finding, const Extent& extent) {
    const auto at = std::pair(finding.line, finding.column);
    return std::pair(extent.begin.line, extent.begin.column) <= at &&
           at < std::pair(extent.end.line, extent.end.column);
}

}  // namespace

Codes parse_codes(const std::vector<std::string>& lists, std::string_view where) {
    Codes codes;
    for (const std::string& list : lists) {
        for (std::string_view rest = list;;) {
            const std::size_t comma = rest.find(',');
            const std::string_view code = trim(rest.substr(0, comma));
            check_code(code, where);
            codes.emplace(code);
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    return codes;
}

std::size_t Suppressions::take_out(std::vector<lint::Finding>& findings, std::string_view text) const {
    const std::vector<Extent> extents = of_statements_.empty() ? std::vector<Extent>() : extents_of(text);
    const auto covers = [&](const std::pair<std::string, std::string>& one, const lint::Finding& finding) {
        if (one.first != finding.code) return false;
        for (std::size_t i = 0; i < extents.size(); ++i)
            if ((one.second == extents[i].sid || one.second == std::to_string(i + 1)) && is_within(finding, extents[i]))
                return true;
        return false;
    };
    return std::erase_if(findings, [&](const lint::Finding& finding) {
        return everywhere_.contains(finding.code) || std::any_of(of_statements_.begin(), of_statements_.end(),
                                                                 [&](const auto& one) { return covers(one, finding); });
    });
}

Suppressions read_suppressions(const std::string& policy_file) {
    Suppressions suppressions;
    if (policy_file == "-" || policy_file.starts_with("arn:")) return suppressions;
    read_lines(policy_file + ".ignore", policy_file, suppressions);
    read_lines((std::filesystem::path(policy_file).parent_path() / ".iamlocal-ignore").string(), policy_file,
               suppressions);
    return suppressions;
}

}  // namespace iamlocal::tools
