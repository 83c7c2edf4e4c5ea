// How one statement fits one request.
#pragma once

#include <cstddef>

namespace iamlocal::policy {

/// How closely a Principal value names the caller; greater is closer. What a resource policy's Allow overrides depends
/// on it ("Policy evaluation logic", "Permissions boundaries", "Session policies").
enum class PrincipalSpecificity {
    none,
    account,   ///< the caller's account: delegates to its identity-based policies
    via_user,  ///< the user behind a federated session: boundary and session policy still limit
    via_role,  ///< the role of a session: likewise
    direct,    ///< the caller itself, or everyone
};

/// The element of a statement that did not match.
enum class Element { none, action, resource, principal, condition };

/// Whether a statement applies, and if not, why.
struct Match {
    Element failed = Element::none;  ///< none: the statement applies
    std::size_t condition = 0;       ///< when a condition failed: which
    /// When it applies: how closely it names the caller; direct without Principal.
    PrincipalSpecificity specificity = PrincipalSpecificity::none;

    [[nodiscard]] bool applies() const { return failed == Element::none; }
};

}  // namespace iamlocal::policy
