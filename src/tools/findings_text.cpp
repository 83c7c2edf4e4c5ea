#include <fmt/format.h>

#include "tools/findings.hpp"

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

std::string findings_text(const std::vector<FileFindings>& files) {
    std::string text;
    for (const FileFindings& file : files) {
        const std::string_view name = file.file == "-" ? "<stdin>" : std::string_view(file.file);
        for (const lint::Finding& finding : file.findings) {
            text += fmt::format("{}:{}:{}: {}: {} [{}]\n", name, finding.line, finding.column, word(finding.severity),
                                on_one_line(finding.message), finding.code);
        }
    }
    return text;
}

}  // namespace iamlocal::tools
