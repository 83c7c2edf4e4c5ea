// Any text as events of CloudTrail: it must be read or refused, and what comes of it must be a policy that IAM takes
// and that allows all that was seen.
#include "analysis/trail.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "analysis/generate.hpp"
#include "policy/parse.hpp"

using namespace iamlocal;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    analysis::Trail trail;
    const std::string problem = trail.add({reinterpret_cast<const char*>(data), size});
    require(problem.empty() || trail.events() == 0);
    for (const auto& [principal, done] : trail.principals()) {
        analysis::GenerateOptions options;
        options.include_refused = true;
        const analysis::GeneratedPolicy made = analysis::write_policy(done.observations, options);
        if (made.document.empty()) continue;
        require(made.confirmed);
        const auto parsed = policy::parse(made.document, policy::DocumentKind::identity, policy::Strictness::lenient);
        require(std::holds_alternative<policy::Policy>(parsed));
    }
    return 0;
}
