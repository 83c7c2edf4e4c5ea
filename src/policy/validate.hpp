// What IAM refuses in documents that are syntactically right: the rules of its door, in the order in which it checks
// them and in its words.
#pragma once

#include <optional>

#include "policy/outline.hpp"
#include "policy/parse.hpp"

namespace iamlocal::policy {

/// The first rule that the document breaks, if any. Trust and other resource policies have rules of their own. Not for
/// Strictness::lenient.
[[nodiscard]] std::optional<Problem> find_problem(const Outline& outline, DocumentKind kind, Strictness strictness);

/// The part of them without which a document cannot be evaluated safely, for documents that are read leniently: an
/// empty NotAction would match every action, a Deny of a principal that is none would stop nobody.
[[nodiscard]] std::optional<Problem> find_unusable(const Outline& outline, DocumentKind kind);

}  // namespace iamlocal::policy
