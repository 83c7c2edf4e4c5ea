// Any text through the door and the linter, as every kind of document: both must end, agree about what is refused, and
// name places that are in the text. Boundaries and session policies are left out: their rules are those of
// identity-based policies.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>
#include <vector>

#include "lint/lint.hpp"
#include "policy/parse.hpp"

namespace {

using namespace iamlocal;

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::array kinds{policy::DocumentKind::identity, policy::DocumentKind::trust,
                               policy::DocumentKind::resource, policy::DocumentKind::scp, policy::DocumentKind::rcp};
    const auto lines = static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }));
    for (const policy::DocumentKind kind : kinds) {
        const auto parsed = policy::parse(text, kind);
        const std::vector<lint::Finding> findings = lint::lint(text, kind);
        bool error = false;
        std::size_t line = 1;
        std::size_t column = 1;
        for (const lint::Finding& finding : findings) {
            require(!finding.code.empty() && !finding.message.empty() && !finding.help.empty());
            require(finding.line >= line && finding.line <= lines + 1 && finding.column <= size + 1);
            require(finding.line > line || finding.column >= column);
            line = finding.line;
            column = finding.column;
            error = error || finding.severity == lint::Severity::error;
        }
        require(findings.size() <= lint::max_findings + 2);
        if (std::holds_alternative<policy::ParseError>(parsed)) require(error);
    }
    (void)lint::guess_kind(text);
    return 0;
}
