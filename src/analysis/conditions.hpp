// Whether some context makes conditions hold, or not hold, as wanted. Values are made from the operators and tried by
// the engine; that there are none is said only where all kinds of values were tried.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/model.hpp"
#include "analysis/observation.hpp"

namespace iamlocal::analysis {

/// What a condition is to be. Undecidable ones are neither `yes` nor `no`.
enum class Want { yes, not_yes, no, not_no };

struct Literal {
    std::shared_ptr<const Atom> atom;
    Want want = Want::yes;
};

/// A key that is not for anybody to choose, by its name in lower case: its value, or that it is absent. Nothing: free.
using FixedKeys = std::function<std::optional<std::optional<policy::Values>>(std::string_view)>;

struct ContextAnswer {
    enum class Kind {
        found,
        none,     ///< no context, whatever has to be fixed
        unknown,  ///< none was found
    };
    Kind kind = Kind::unknown;
    Keys keys;            ///< of `found`; keys that are not there are absent
    std::string because;  ///< of `none` and `unknown`: the conditions in question, as people read them
};

/// Finds a context. `given`: the values of variables.
[[nodiscard]] ContextAnswer find_context(std::span<const Literal> literals, const FixedKeys& fixed, const Keys& given);

/// Whether there is surely none, with every key free.
[[nodiscard]] bool is_contradictory(std::span<const Literal> literals);

}  // namespace iamlocal::analysis
