// What the tests of the checks share: documents around one element, and tables of cases with their counter-cases.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "lint/lint.hpp"

namespace iamlocal::lint {

using policy::DocumentKind;

/// A document and whether the check that the table is about speaks of it.
struct Case {
    std::string text;
    bool found;
};

inline std::vector<std::string_view> codes_of(const std::vector<Finding>& findings) {
    std::vector<std::string_view> codes;
    for (const Finding& finding : findings) codes.push_back(finding.code);
    return codes;
}

inline const Finding* find(const std::vector<Finding>& findings, std::string_view code) {
    const auto found =
        std::find_if(findings.begin(), findings.end(), [&](const Finding& finding) { return finding.code == code; });
    return found == findings.end() ? nullptr : &*found;
}

/// Every case raises `code`, of this severity, or does not.
inline void check(std::string_view code, Severity severity, const std::vector<Case>& cases,
                  DocumentKind kind = DocumentKind::identity) {
    SCOPED_TRACE(std::string(code));
    bool raised = false;
    bool silent = false;
    for (const Case& row : cases) {
        SCOPED_TRACE(row.text);
        const std::vector<Finding> findings = lint(row.text, kind);
        const Finding* finding = find(findings, code);
        EXPECT_EQ(finding != nullptr, row.found) << testing::PrintToString(codes_of(findings));
        (row.found ? raised : silent) = true;
        if (finding) {
            EXPECT_EQ(finding->severity, severity);
        }
    }
    EXPECT_TRUE(raised && silent) << "a table has a case and a counter-case";
}

/// A document of one statement: Allow, and these elements.
inline std::string with(std::string_view elements) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)" + std::string(elements) + "}]}";
}
inline std::string denying(std::string_view elements) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny",)" + std::string(elements) + "}]}";
}
inline std::string with_actions(std::string_view actions) {
    return with(R"("Resource":"*","Action":)" + std::string(actions));
}
inline std::string with_resources(std::string_view resources) {
    return with(R"("Action":"*","Resource":)" + std::string(resources));
}
inline std::string with_condition(std::string_view condition) {
    return with(R"("Action":"s3:*","Resource":"*","Condition":)" + std::string(condition));
}
inline std::string trusting(std::string_view elements) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)" + std::string(elements) + "}]}";
}

}  // namespace iamlocal::lint
