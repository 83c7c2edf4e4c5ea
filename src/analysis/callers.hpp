// Who may ask: callers enough to tell all statements of some documents apart by their principals.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/model.hpp"
#include "analysis/witness.hpp"

namespace iamlocal::analysis {

struct CallerClasses {
    std::vector<Callers> classes;  ///< each one that no statement tells apart
    bool are_all = true;           ///< false: there may be others
};

/// Callers for documents of one kind, by the principals that their statements name and the values that their conditions
/// want. Where statements name none, one caller who stands for everybody.
[[nodiscard]] CallerClasses caller_classes(std::span<const Model* const> models);

/// Those whom a document of the kind that names principals does not know: an anonymous caller, and callers of an account
/// that stands nowhere in it, with no id and from no identity provider that it names.
[[nodiscard]] CallerClasses stranger_classes(const Model& model);

}  // namespace iamlocal::analysis
