// What `iamlocal test` tells: as text, as JSON, and as JUnit XML for machines that show test results.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/suite_run.hpp"

namespace iamlocal::tools {

/// How many of the statements of all documents applied in some question.
struct Coverage {
    std::size_t reached = 0;
    std::size_t statements = 0;
    std::vector<const PolicyDocument::Statement*> missed;  ///< in the order of the documents

    /// 0 to 100; 100 if there are no statements.
    [[nodiscard]] double percent() const;
};

[[nodiscard]] Coverage measure(const DocumentShelf& shelf);

/// Everything that a report is made of.
struct TestRun {
    std::vector<Check> checks;
    Coverage coverage;

    [[nodiscard]] std::size_t failures() const;
};

/// The failures with their explanations, the statements that were missed, and a last line with the figures.
[[nodiscard]] std::string text_report(const TestRun& run, bool colours = false);
/// All checks, the statements that were missed, and the figures, as one JSON object.
[[nodiscard]] std::string json_report(const TestRun& run);
/// A `testsuite` per file and a `testcase` per question.
[[nodiscard]] std::string junit_report(const TestRun& run);

}  // namespace iamlocal::tools
