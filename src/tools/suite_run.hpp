// Asks the questions of suites and holds the answers against what is expected.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "tools/suite.hpp"

namespace iamlocal::tools {

/// How far reports indent explanations. These are narrower by that.
inline constexpr std::size_t explanation_indent = 4;

/// One question and what came of it.
struct Check {
    const Suite* suite = nullptr;
    const Case* of = nullptr;
    std::string action;
    std::string resource;
    policy::Outcome found = policy::Outcome::implicit_deny;
    std::string reason;       ///< as AWS's message ends; empty when allowed
    std::string failure;      ///< one sentence; empty: everything expected holds
    std::string explanation;  ///< text of several lines, of a failure
    std::string details;      ///< the same as JSON
    std::chrono::microseconds took{};

    [[nodiscard]] bool passed() const { return failure.empty(); }
};

/// Asks every question of a suite, in order, and marks the statements that applied as reached.
[[nodiscard]] std::vector<Check> run_suite(const Suite& suite);

}  // namespace iamlocal::tools
