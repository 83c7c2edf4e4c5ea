// Fills in the members of a thing from a value of a tree.
#pragma once

#include <functional>

#include "seed/members.hpp"
#include "tree/node.hpp"

namespace iamlocal::seed {

/// Reads one map: `describe` lists its members. Throws Refused for a value that is no map, for members that are not
/// listed (with the nearest name), for wrong types and for what must be there and is not.
void read_members(const tree::Node& node, std::string_view what, const std::function<void(Members&)>& describe);

}  // namespace iamlocal::seed
