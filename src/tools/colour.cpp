#include "tools/colour.hpp"

#include <algorithm>
#include <unistd.h>

namespace iamlocal::tools {
namespace {

constexpr std::string_view red = "\x1b[1;31m";
constexpr std::string_view green = "\x1b[1;32m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";

void append(std::string& out, std::string_view colour, std::string_view text) {
    out.append(colour).append(text).append(plain);
}

}  // namespace

bool wants_colour(const std::vector<std::string>& environment) {
    const bool unwanted = std::any_of(environment.begin(), environment.end(), [](const std::string& variable) {
        return (variable.starts_with("NO_COLOR=") && variable.size() > 9) || variable == "TERM=dumb";
    });
    return !unwanted && ::isatty(STDOUT_FILENO) == 1;
}

std::string colour_explanation(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        const std::size_t colon = line.find(':');
        if (line.starts_with("DENIED") || line.starts_with("ALLOWED")) {
            const std::size_t verdict = std::min(colon, line.size());
            append(out, line.starts_with("DENIED") ? red : green, line.substr(0, verdict));
            out.append(line.substr(verdict));
        } else if (line.starts_with("  => ") || (!line.starts_with(' ') && line.ends_with(':'))) {
            append(out, bold, line);
        } else {
            out.append(line);
        }
        if (end < text.size()) out.push_back('\n');
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace iamlocal::tools
