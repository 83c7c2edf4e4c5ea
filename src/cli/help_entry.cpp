#include "cli/help_entry.hpp"

#include <algorithm>

namespace iamlocal::cli {
namespace {

constexpr std::size_t help_width = 80;
constexpr std::size_t help_column = 28;

}  // namespace

void append_entry(std::string& out, std::string_view name, std::string_view help) {
    out.append("  ").append(name);
    std::size_t column = name.size() + 2;
    while (!help.empty()) {
        if (column + 1 > help_column) {
            out.push_back('\n');
            column = 0;
        }
        out.append(help_column - column, ' ');
        std::size_t end = help.size();
        if (end > help_width - help_column) {
            const std::size_t space = help.rfind(' ', help_width - help_column);
            end = space == std::string_view::npos ? std::min(help.find(' '), help.size()) : space;
        }
        out.append(help.substr(0, end));
        column = help_width;
        help.remove_prefix(std::min(end + 1, help.size()));
    }
    out.push_back('\n');
}

}  // namespace iamlocal::cli
