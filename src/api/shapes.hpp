// The constraints of AWS's models that operations of several services have, under the names of the models' shapes. What
// one service has stands beside it, in a namespace `shape` of its own that also shows these.
#pragma once

#include "protocol/fields.hpp"

namespace iamlocal::shape {

using protocol::ListRule;
using protocol::NumberRule;
using protocol::TextRule;

extern const TextRule tag_key;
extern const TextRule tag_value;
extern const ListRule tags;

extern const TextRule marker;
extern const NumberRule max_items;

}  // namespace iamlocal::shape
