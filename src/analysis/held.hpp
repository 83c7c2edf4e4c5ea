// What somebody has, against what he was seen doing: permissions that nothing has used, and wildcards that are wider
// than what was done by them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "analysis/observation.hpp"
#include "policy/decide.hpp"

namespace iamlocal::analysis {

/// A value of a policy that could be less.
struct Surplus {
    enum class Kind {
        statement,  ///< allowed nothing that was done
        action,     ///< no action that was done is this one
        wildcard,   ///< fewer would have done: `enough`
    };
    Kind kind = Kind::statement;
    std::string policy;  ///< its name, or the ARN of a managed one
    std::string owner;   ///< the group that it comes from; empty: the principal itself
    std::string path;    ///< `Statement[1].Action[2]`, counted from 0
    std::string value;   ///< as the policy has it; empty for a statement
    std::vector<std::string> enough;
};

/// Looks at the Allow statements of identity-based policies. What was refused counts as not done. Policies without
/// text or form are passed over.
[[nodiscard]] std::vector<Surplus> find_surplus(policy::Policies held, std::span<const Observation> observations,
                                                std::size_t wildcard_from);

}  // namespace iamlocal::analysis
