// Whether decisions bind, and what the access line tells about one.
#pragma once

#include <string>
#include <string_view>

namespace iamlocal::access {

/// What happens to a request that the policies refuse.
enum class Enforcement {
    enforce,  ///< AccessDenied
    audit,    ///< allowed, and the log says what would have been refused
    off,      ///< no decision is made
};

struct DecisionRecord;

/// What the access line and the decision log tell about the decision on a request.
struct Trace {
    std::string_view decision = "-";   ///< "allow", "deny", "audit-deny", "exempt", "off" or "-": none was made
    std::string denied;                ///< what was or would have been refused, in the words of the message
    DecisionRecord* record = nullptr;  ///< to be filled in; null: nobody keeps one
};

}  // namespace iamlocal::access
