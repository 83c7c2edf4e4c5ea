// Actions and resources as AWS has them, so that a request that shows something is one that can be made.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/texts.hpp"

namespace iamlocal::analysis {

/// The account that made-up ARNs name.
inline constexpr std::string_view example_account = "111122223333";

/// Actions of AWS's that satisfy the demands, as they are spelled, a few at most; none where no real one does.
[[nodiscard]] std::vector<std::string> likely_actions(const Clauses& clauses);

/// Resources on which the action works, made from the templates of its service. `*` where it takes none.
[[nodiscard]] std::vector<std::string> likely_resources(std::string_view action);

/// Texts that the patterns of a demand match, with usual parts of ARNs in place of wildcards. Those with variables are
/// left out.
[[nodiscard]] std::vector<std::string> likely_texts(const Clause& clause);

}  // namespace iamlocal::analysis
