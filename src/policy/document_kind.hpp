// What can be said of a document without its compiled form. Most of the program only passes compiled documents on, and
// includes this instead of document.hpp.
#pragma once

namespace iamlocal::policy {

/// A compiled document (document.hpp).
struct Policy;

/// What a document is for, which decides the elements it must and must not have.
enum class DocumentKind { identity, trust, resource, boundary, session, scp, rcp };

enum class Effect { allow, deny };

}  // namespace iamlocal::policy
