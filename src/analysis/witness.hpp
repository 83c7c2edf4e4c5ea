// Requests that show something: found by searching the space of statements, confirmed by the engine.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/conditions.hpp"
#include "analysis/model.hpp"
#include "analysis/observation.hpp"
#include "policy/request.hpp"

namespace iamlocal::analysis {

/// A concrete request.
struct Witness {
    std::string action;
    std::string resource;
    Keys context;  ///< names in lower case; what follows from the caller included
    policy::Principal principal;

    /// Asks a document about this request.
    [[nodiscard]] std::optional<policy::TypeVerdict> ask(const Model& model) const;
};

/// Where to look: within all of the first, outside of all of the others.
struct Region {
    std::vector<const Box*> inside;  ///< the first is an Allow
    std::vector<const Box*> outside;
    Clauses actions;                ///< further demands on the action
    Clauses resources;              ///< further demands on the resource
    std::vector<Literal> literals;  ///< further demands on the context
};

struct Sighting {
    enum class Kind {
        found,
        none,     ///< there is no such request
        unknown,  ///< none was found, and there may be one
    };
    Kind kind = Kind::unknown;
    Witness witness;      ///< of `found`
    std::string because;  ///< of `unknown`: a sentence
};

/// Callers who are the same to the principals of all statements. The first is the likeliest.
using Callers = std::vector<policy::Principal>;

/// Looks in a region for a request for which `confirm` is true. `are_fixed`: whether the keys that follow from the
/// caller are the caller's, as they are where the document names principals.
[[nodiscard]] Sighting look_for(const Region& region, const Callers& callers, const VariableNames& names,
                                bool are_fixed, const std::function<bool(const Witness&)>& confirm);

}  // namespace iamlocal::analysis
