#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "tools/colour.hpp"
#include "tools/findings.hpp"
#include "tools/printable.hpp"

namespace iamlocal::tools {
namespace {

std::string_view word(lint::Severity severity) {
    switch (severity) {
        case lint::Severity::error:
            return "error";
        case lint::Severity::security_warning:
            return "security warning";
        case lint::Severity::warning:
            return "warning";
        case lint::Severity::suggestion:
            break;
    }
    return "suggestion";
}

/// Messages quote the document, which may have line breaks and worse: one finding is one line.
std::string on_one_line(std::string_view message) {
    std::string line;
    for (const char c : message) line.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
    return line;
}

Colour colour_of(lint::Severity severity) {
    switch (severity) {
        case lint::Severity::error:
            return Colour::red;
        case lint::Severity::security_warning:
            return Colour::magenta;
        case lint::Severity::warning:
            return Colour::yellow;
        case lint::Severity::suggestion:
            break;
    }
    return Colour::cyan;
}

/// The line of the text, 1 being the first, without its end.
std::string_view line_of(std::string_view text, std::size_t number) {
    for (std::size_t i = 1; i < number; ++i) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) return {};
        text.remove_prefix(end + 1);
    }
    return text.substr(0, text.find_first_of("\r\n"));
}

/// Whether the byte goes on with a character of UTF-8.
bool goes_on(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80; }

/// The document's line, no more than fits on a screen, and a mark below the column, which counts UTF-16 units.
std::string excerpt(std::string_view text, std::size_t line_number, std::size_t column, bool colours) {
    constexpr std::size_t before = 40;
    constexpr std::size_t width = 96;
    const std::string_view line = line_of(text, line_number);
    if (line.empty()) return {};
    std::size_t at = 0;
    for (std::size_t units = 1; at < line.size() && units < column; ++units) {
        if (static_cast<unsigned char>(line[at]) >= 0xf0) ++units;
        do ++at;
        while (at < line.size() && goes_on(line[at]));
    }
    std::size_t begin = at > before ? at - before : 0;
    while (begin > 0 && goes_on(line[begin])) --begin;
    if (begin == 0) begin = std::min(line.find_first_not_of(" \t"), at);
    std::size_t end = std::min(line.size(), begin + width);
    while (end < line.size() && goes_on(line[end])) --end;
    std::size_t characters = 0;
    for (std::size_t i = begin; i < at; ++i) characters += goes_on(line[i]) ? 0 : 1;
    return fmt::format("    {}\n    {}{}\n", on_one_line(printable(line.substr(begin, end - begin))),
                       std::string(characters, ' '), colours ? in_colour(Colour::green, "^") : "^");
}

}  // namespace

std::string_view name_of(policy::DocumentKind kind, lint::Use use) {
    if (use == lint::Use::inline_policy) return "inline";
    if (use == lint::Use::vpc_endpoint) return "vpc-endpoint";
    switch (kind) {
        case policy::DocumentKind::identity:
            return "identity";
        case policy::DocumentKind::trust:
            return "trust";
        case policy::DocumentKind::resource:
            return "resource";
        case policy::DocumentKind::boundary:
            return "boundary";
        case policy::DocumentKind::session:
            return "session";
        case policy::DocumentKind::scp:
            return "scp";
        case policy::DocumentKind::rcp:
            break;
    }
    return "rcp";
}

std::string findings_text(const std::vector<FileFindings>& files, Look look) {
    std::string text;
    for (const FileFindings& file : files) {
        const std::string_view name = file.file == "-" ? "<stdin>" : std::string_view(file.file);
        for (const lint::Finding& finding : file.findings) {
            const std::string severity = fmt::format("{}:", word(finding.severity));
            text += fmt::format("{}:{}:{}: {} {} [{}]\n", name, finding.line, finding.column,
                                look.colours ? in_colour(colour_of(finding.severity), severity) : severity,
                                on_one_line(finding.message), finding.code);
            if (look.excerpts) text += excerpt(file.text, finding.line, finding.column, look.colours);
        }
    }
    return text;
}

std::string findings_summary(const std::vector<FileFindings>& files) {
    std::array<std::size_t, 4> counts{};
    std::size_t ignored = 0;
    for (const FileFindings& file : files) {
        ignored += file.ignored;
        for (const lint::Finding& finding : file.findings) ++counts.at(static_cast<std::size_t>(finding.severity));
    }
    const auto number = [](std::size_t count, std::string_view of) {
        return fmt::format("{} {}{}", count, of, count == 1 ? "" : "s");
    };
    std::string line;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        if (!line.empty()) line += ", ";
        line += number(counts[i], word(static_cast<lint::Severity>(i)));
    }
    if (line.empty()) line = "no findings";
    if (ignored > 0) line += fmt::format(", {} ignored", ignored);
    return fmt::format("{}: {}\n", number(files.size(), "document"), line);
}

}  // namespace iamlocal::tools
