// Whether decisions bind.
#pragma once

namespace iamlocal::access {

/// What happens to a request that the policies refuse.
enum class Enforcement {
    enforce,  ///< AccessDenied
    audit,    ///< allowed, and the log says what would have been refused
    off,      ///< no decision is made
};

}  // namespace iamlocal::access
