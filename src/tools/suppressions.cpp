#include "tools/suppressions.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "lint/facts.hpp"
#include "lint/lint.hpp"
#include "tools/input.hpp"

namespace iamlocal::tools {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;

void check_code(std::string_view code, std::string_view where) {
    const std::vector<lint::Rule>& rules = lint::rules();
    if (std::any_of(rules.begin(), rules.end(), [&](const lint::Rule& rule) { return rule.code == code; })) return;
    throw InputError(fmt::format("{}: no check has the code '{}'", where, code));
}

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

void read_lines(const std::string& file, Codes& codes) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) return;
    const std::string text = read_file(file, most_bytes);
    std::size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
        ++number;
        line = trim(line.substr(0, line.find('#')));
        if (line.empty()) continue;
        check_code(line, fmt::format("{}:{}", file, number));
        codes.emplace(line);
    }
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

Codes read_suppressions(const std::string& policy_file) {
    Codes codes;
    if (policy_file == "-" || policy_file.starts_with("arn:")) return codes;
    read_lines(policy_file + ".ignore", codes);
    read_lines((std::filesystem::path(policy_file).parent_path() / ".iamlocal-ignore").string(), codes);
    return codes;
}

}  // namespace iamlocal::tools
