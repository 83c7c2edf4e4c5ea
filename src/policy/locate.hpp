// Where the elements of a document stand and how they are written. Compiled policies keep only the places of their
// statements; whoever shows a document to people reads it once more with this.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/document.hpp"

namespace iamlocal::policy {

/// An element of a statement, or one key under one condition operator.
struct WrittenElement {
    std::string name;    ///< `Action`, `NotResource`, …; of a condition the operator as it is spelled
    std::string key;     ///< the condition key as it is spelled; empty for other elements
    Position at;         ///< of its name; of the key for a condition
    std::string quoted;  ///< its value as JSON in one line; lists of many values are cut short
};

struct WrittenStatement {
    Position start;    ///< of its opening brace
    std::string path;  ///< `Statement`, or `Statement[1]` where that is a list
    std::optional<WrittenElement> action;
    std::optional<WrittenElement> resource;
    std::optional<WrittenElement> principal;
    std::vector<WrittenElement> conditions;  ///< in the order of Statement::conditions
};

/// The statements in the order of Policy::statements; none for a text that parse() refuses as no policy at all.
[[nodiscard]] std::vector<WrittenStatement> locate(std::string_view document, DocumentKind kind);

}  // namespace iamlocal::policy
