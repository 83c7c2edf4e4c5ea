// Findings of the linter as text, JSON and SARIF.
#pragma once

#include <string>
#include <vector>

#include "lint/lint.hpp"
#include "policy/document_kind.hpp"

namespace iamlocal::tools {

/// What was found in one file.
struct FileFindings {
    std::string file;  ///< as it was named; `-` for standard input
    policy::DocumentKind kind = policy::DocumentKind::identity;
    std::vector<lint::Finding> findings;
    lint::Use use = lint::Use::usual;
    std::string text = {};    ///< the document, for excerpts
    std::size_t ignored = 0;  ///< findings that were left out on demand
};

/// How text is shown.
struct Look {
    bool excerpts = false;  ///< under each finding the line of the document, with a mark below the place
    bool colours = false;   ///< for a terminal
};

/// `identity`, `trust`, … as --kind has it.
[[nodiscard]] std::string_view name_of(policy::DocumentKind kind, lint::Use use = lint::Use::usual);

/// One line per finding, `file:line:column: error: message [CODE]`, as compilers write and editors read. Empty when
/// there are none.
[[nodiscard]] std::string findings_text(const std::vector<FileFindings>& files, Look look = {});

/// `3 files: 1 error, 2 warnings` in one line.
[[nodiscard]] std::string findings_summary(const std::vector<FileFindings>& files);

/// `{"files": [{"file", "kind", "findings": [{"severity", "code", "message", "line", "column", "help"}]}], "counts":
/// {…}}`.
[[nodiscard]] std::string findings_json(const std::vector<FileFindings>& files);

/// A log of the Static Analysis Results Interchange Format, version 2.1.0, with all rules.
[[nodiscard]] std::string findings_sarif(const std::vector<FileFindings>& files);

}  // namespace iamlocal::tools
