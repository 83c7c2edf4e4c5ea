// The context keys that a document refers to, read as GetContextKeysFor… reads it: nearly any document will do, also
// one that IAM would not store.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal::policy {

/// Condition keys, and from Version 2012-10-17 on the variables of resources and condition values, `${*}` and its like
/// included: each spelling once, in the order of the text. Nothing for a text that is no JSON object of known elements,
/// for an unknown operator, and for a statement without Effect.
[[nodiscard]] std::optional<std::vector<std::string>> context_keys(std::string_view document);

}  // namespace iamlocal::policy
