// A decision with everything that led to it: each policy considered, each statement and the element that kept it from
// applying, where that stands in the document, and what would have to be added. Costs far more than deciding; for
// people who look, never for the request path.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "policy/decide.hpp"
#include "policy/match.hpp"
#include "policy/position.hpp"

namespace iamlocal::policy {

/// What one statement had to say.
struct StatementReport {
    std::size_t index = 0;  ///< in its policy
    std::string sid;        ///< empty when it has none
    Effect effect = Effect::deny;
    Match match;     ///< the first element that does not match, or none
    Position start;  ///< of the statement's opening brace
    /// Of the element that failed: of the key for a condition. The statement's own when it applies.
    Position element;
    /// Of the same within the document, counted from 0 as programs do: `Statement[1].Condition.StringEquals`.
    std::string path;
    /// One line for people, for example `Action ["s3:Get*"] does not match iam:GetUser` or `Condition
    /// StringEquals aws:username ["bob"]: the request has "alice"`; for a statement that applies `applies`.
    std::string text;
};

/// One policy that was considered.
struct PolicyReport {
    PolicyType type = PolicyType::identity;
    std::size_t level = 0;    ///< of SCPs and RCPs: 0 is the root
    std::string name;         ///< as SourcedPolicy has it
    std::string arn;          ///< empty for inline policies
    std::string owner;        ///< as SourcedPolicy has it
    bool unreadable = false;  ///< could not be parsed: it denies
    std::vector<StatementReport> statements;
};

/// A condition that does not hold, and what the request would need.
struct LackedCondition {
    std::string key;   ///< as the policy spells it
    std::string text;  ///< `sts:ExternalId is absent and must be "x-42"`
    /// `send --external-id x-42`, `send --tags Key=team,Value=blue, which needs iam:TagUser as well`; may be empty.
    std::string advice;
};

/// An Allow that fits a refused request but for conditions. One of several for the same type and level suffices.
struct Lack {
    PolicyType type = PolicyType::identity;
    std::size_t level = 0;   ///< of SCPs and RCPs; 0 is the root
    std::size_t policy = 0;  ///< index in Explanation::policies
    std::size_t statement = 0;
    std::vector<LackedCondition> conditions;  ///< all that do not hold
    /// A statement that would do instead, with all conditions kept and made to fit this request, as JSON; empty where
    /// there is no narrow one.
    std::string instead;
};

/// A statement to add so that a refused request would be allowed.
struct Addition {
    PolicyType type = PolicyType::identity;  ///< to a policy of this type; each of several is needed
    std::size_t level = 0;                   ///< of SCPs and RCPs: to a policy of this level; 0 is the root
    std::string statement;                   ///< JSON, complete
};

/// A condition key, or a variable's, as a statement names it.
struct AskedKey {
    std::string_view key;      ///< lower case
    std::string_view spelled;  ///< as the policy writes it
};

/// The keys that the decision may depend on: those of the statements whose actions fit the request, in all policies of
/// the set, once each and in order of first use. Cheap where no policy names any.
[[nodiscard]] std::vector<AskedKey> asked_keys(const PolicySet& policies, const Request& request);

/// A key as the request had it. Without values: the key was absent.
struct ContextReport {
    std::string key;  ///< as the policy that asks for it spells it
    std::optional<Values> values;
};

struct Explanation {
    Outcome outcome = Outcome::implicit_deny;
    PolicyType decided_by = PolicyType::identity;
    bool exhausted = false;  ///< as Decision has it
    bool cross_account = false;
    std::array<std::optional<TypeVerdict>, policy_type_count> said;  ///< by PolicyType; absent types stay empty
    std::vector<PolicyReport> policies;                              ///< in order of PolicyType
    /// Which of those decided, and which of its statements; nothing when no single statement did.
    std::optional<std::size_t> deciding_policy;
    std::optional<std::size_t> deciding_statement;
    std::string step;                    ///< the step that decided, in one sentence
    std::vector<ContextReport> context;  ///< asked_keys() with their values
    /// For an implicit deny: what the request lacks for statements that fit but for conditions. No addition is proposed
    /// for a type and level that has one.
    std::vector<Lack> lacks;
    /// For an implicit deny: the smallest additions that together, and with what is lacking, would allow the request.
    /// Resources are written so that a `*` in the request's is no wildcard.
    std::vector<Addition> additions;
    /// What stands in the way where no addition helps, or none may be proposed. Else empty.
    std::string obstacle;
};

/// Decides again, with the same result as decide(), and reports. Elements are quoted from SourcedPolicy::text; without
/// a text their places are the statement's and values are not quoted.
[[nodiscard]] Explanation explain(const PolicySet& policies, const Request& request);

/// The columns of a line of text.
inline constexpr std::size_t usual_width = 100;
/// The explanation as text of several lines, for terminals. `request` as for explain(). No line is longer than `width`
/// but for a single word or text that is.
[[nodiscard]] std::string to_text(const Explanation& explanation, const Request& request,
                                  std::size_t width = usual_width);
/// The same as a JSON object.
[[nodiscard]] std::string to_json(const Explanation& explanation, const Request& request);

/// `identity-based policy reading`; the title alone where the policy has no other name.
[[nodiscard]] std::string label_of(const PolicyReport& report);
/// ` of group staff`, ` at /workloads`, or nothing for a policy of the caller's own.
[[nodiscard]] std::string owner_suffix(const PolicyReport& report);
/// `identity`, `boundary`, `session`, `resource`, `trust`, `scp`, `rcp`, `scope_down`.
[[nodiscard]] std::string_view name_of(PolicyType type);
/// `allowed`, `explicitDeny`, `implicitDeny`, as the simulator says.
[[nodiscard]] std::string_view name_of(Outcome outcome);

}  // namespace iamlocal::policy
