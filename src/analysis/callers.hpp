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

/// An account that no statement names.
[[nodiscard]] std::string stranger_account(std::span<const Model* const> models);

}  // namespace iamlocal::analysis
