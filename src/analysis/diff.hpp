// What a change of a document allows and forbids. Each difference has a request that shows it; where there is none, it
// is proved for all requests, or it is said that it is not.
#pragma once

#include <string>
#include <vector>

#include "analysis/model.hpp"
#include "analysis/witness.hpp"

namespace iamlocal::analysis {

/// Something that one of two documents allows and the other does not.
struct Difference {
    std::string statement;  ///< that allows it: `Statement[2]`
    std::string action;     ///< the value of its Action that this is about; empty where it has NotAction
    Witness witness;
    bool is_denied = false;  ///< by the other document, explicitly; else nothing there allows it
};

/// A part of a document about which it is not known whether there is a difference.
struct Doubt {
    std::string statement;
    std::string because;
};

/// What one document allows beyond another.
struct Excess {
    std::vector<Difference> found;
    std::vector<Doubt> doubts;

    [[nodiscard]] bool is_none() const { return found.empty() && doubts.empty(); }
};

/// One difference for each value of Action of each statement of `wide` that has any. Every one is confirmed: `wide`
/// allows the request and `narrow` does not. Both are of one kind, and share the names of their variables.
[[nodiscard]] Excess find_excess(const Model& wide, const Model& narrow);

struct Diff {
    Excess allowed;    ///< by the new one alone
    Excess forbidden;  ///< that the old one allowed
};
[[nodiscard]] Diff compare(const Model& old, const Model& now);

}  // namespace iamlocal::analysis
