#include "tools/colour.hpp"

#include <algorithm>
#include <unistd.h>

namespace iamlocal::tools {
namespace {

std::string_view start_of(Colour colour) {
    switch (colour) {
        case Colour::red:
            return "\x1b[1;31m";
        case Colour::green:
            return "\x1b[1;32m";
        case Colour::yellow:
            return "\x1b[1;33m";
        case Colour::magenta:
            return "\x1b[1;35m";
        case Colour::cyan:
            return "\x1b[1;36m";
        case Colour::plain:
            break;
    }
    return "\x1b[1m";
}

}  // namespace

std::string in_colour(Colour colour, std::string_view text) {
    return std::string(start_of(colour)).append(text).append("\x1b[0m");
}

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
            out.append(in_colour(line.starts_with("DENIED") ? Colour::red : Colour::green, line.substr(0, verdict)));
            out.append(line.substr(verdict));
        } else if (line.starts_with("  => ") || (!line.starts_with(' ') && line.ends_with(':'))) {
            out.append(in_colour(Colour::plain, line));
        } else {
            out.append(line);
        }
        if (end < text.size()) out.push_back('\n');
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace iamlocal::tools
