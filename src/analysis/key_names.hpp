// Condition keys as people write them.
#pragma once

#include <string>

namespace iamlocal::analysis {

/// A key as policies spell it, and whether its values are ARNs.
struct KeyFact {
    std::string name;
    bool is_arn = false;
};

/// By the name in lower case; one that nobody knows stays as it is. What is the caller's choice in a name
/// (`aws:requesttag/team`) stays in lower case.
[[nodiscard]] KeyFact fact_of_key(const std::string& folded);

}  // namespace iamlocal::analysis
