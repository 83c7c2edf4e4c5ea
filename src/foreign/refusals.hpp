// Paths of other emulators that are refused, with what to do instead.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "admin/router.hpp"

namespace iamlocal::foreign {

struct Refusal {
    std::string_view path;
    bool has_subpaths;
    std::string_view why;
};

/// Answers every method with 501 and the sentence. Texts are literals.
void add_refusals(std::vector<admin::Route>& routes, std::span<const Refusal> refusals);

/// The same for one method of a path that answers others.
[[nodiscard]] admin::Method refused_method(std::string_view name, std::string_view why);

}  // namespace iamlocal::foreign
