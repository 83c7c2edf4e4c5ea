// Any text as a policy document of every kind: reading it must end in a Policy or an error, a Policy must be fit to
// decide with, and what aws_principals() finds must be string literals of the text.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "policy/decide.hpp"
#include "policy/document.hpp"
#include "policy/evaluate.hpp"
#include "policy/parse.hpp"

namespace {

using namespace iamlocal::policy;

void require(bool holds) {
    if (!holds) std::abort();
}

/// Has a value for every key, single or multivalued by the key's length.
class AnyContext final : public RequestContext {
  public:
    std::optional<Values> find(std::string_view key) const override {
        switch (key.size() % 4) {
            case 0:
                return std::nullopt;
            case 1:
                return Values::list({"a", "1", ""});
            case 2:
                return Values::single("2024-05-01T12:00:00.5Z");
            default:
                return Values::single("arn:aws:iam::111111111111:user/al*ce");
        }
    }
};

void decide_with(const Policy& policy) {
    static const AnyContext context;
    static const std::array<Principal, 3> principals = [] {
        std::array<Principal, 3> made;
        made[1] = {
            PrincipalKind::user, "arn:aws:iam::111111111111:user/alice", "111111111111", "AIDAALICE", {}, {}, {}};
        made[2] = {PrincipalKind::role_session,
                   "arn:aws:sts::111111111111:assumed-role/dev/s",
                   "111111111111",
                   "AROADEV",
                   "arn:aws:iam::111111111111:role/dev",
                   {},
                   {}};
        return made;
    }();
    const SourcedPolicy source{&policy, "fuzzed", {}};
    PolicySet set;
    set.identity = {&source, 1};
    set.resource = Policies{&source, 1};
    for (const Principal& principal : principals) {
        for (const std::string_view resource : {"*", "arn:aws:iam::111111111111:user/alice", "a:b"}) {
            const Request request{&principal, "iam:GetUser", resource, "111111111111", &context};
            Trace trace;
            const Decision decision = decide(set, request);
            require(decide(set, request, trace).outcome == decision.outcome);
            require(match_statements(policy, request).size() == policy.statements.size());
            require(decision.allowed() == reason(decision, request.action).empty());
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::array kinds{DocumentKind::identity, DocumentKind::trust,   DocumentKind::resource,
                               DocumentKind::boundary, DocumentKind::session, DocumentKind::scp,
                               DocumentKind::rcp};
    for (const DocumentKind kind : kinds) {
        const auto strict = parse(text, kind, Strictness::strict);
        const auto lenient = parse(text, kind, Strictness::lenient);
        if (std::holds_alternative<Policy>(strict)) require(std::holds_alternative<Policy>(lenient));
        if (const Policy* policy = std::get_if<Policy>(&lenient)) decide_with(*policy);
        if (const ParseError* error = std::get_if<ParseError>(&strict))
            require(!error->message.empty() && error->line > 0);
    }
    std::size_t last = 0;
    for (const PrincipalText& principal : aws_principals(text)) {
        require(principal.begin >= last && principal.end <= size && principal.end - principal.begin >= 2);
        require(text[principal.begin] == '"' && text[principal.end - 1] == '"');
        last = principal.end;
    }
    require(size_without_whitespace(text) <= size);
    return 0;
}
