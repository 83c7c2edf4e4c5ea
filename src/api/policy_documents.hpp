// The door for policy documents: what is stored has passed it, and what has passed it can be evaluated.
#pragma once

#include <cstdint>
#include <string_view>

#include "policy/document_kind.hpp"
#include "policy/parse.hpp"

namespace iamlocal::api {

/// Throws MalformedPolicyDocument with what AWS says about a document that breaks a rule of its kind. Gives the size
/// that quotas count: characters without white space.
std::int64_t admit_policy(std::string_view document, policy::DocumentKind kind,
                          policy::Strictness strictness = policy::Strictness::strict);

}  // namespace iamlocal::api
