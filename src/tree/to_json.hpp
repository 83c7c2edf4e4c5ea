// A tree's value as JSON.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tree/node.hpp"

namespace iamlocal::tree {

/// What a scalar of YAML is that has no quotes and looks like a number. Twelve digits are an account in either case.
enum class Numbers {
    are_texts,  ///< as policy documents want it
    are_numbers,
};

/// Scalars of JSON stay what they are, booleans of YAML are booleans. One line.
[[nodiscard]] std::string to_json(const Node& node, Numbers numbers);

/// JSON that knows where its parts come from.
struct TracedJson {
    std::string text;
    std::vector<std::pair<std::size_t, const Node*>> origins;  ///< in order: from this byte on it is the node's

    /// The node at a column of the text, from 1 in UTF-16 units, as errors of readers of JSON have it.
    [[nodiscard]] const Node& node_at(std::size_t column) const;
};
[[nodiscard]] TracedJson to_traced_json(const Node& node, Numbers numbers);

}  // namespace iamlocal::tree
