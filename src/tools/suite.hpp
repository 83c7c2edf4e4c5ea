// A suite of expectations about policies, as it is read from YAML (docs/policy-tests.md).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "policy/decide.hpp"
#include "tools/arguments.hpp"
#include "tools/policy_document.hpp"

namespace iamlocal::tools {

/// A policy in its place: as what it counts, and what the suite calls it.
struct GivenPolicy {
    policy::PolicyType type = policy::PolicyType::identity;
    std::size_t level = 0;  ///< of SCPs and RCPs
    std::string name;
    std::string label;  ///< as explanations show it: the name and the file that holds the document
    PolicyDocument* document = nullptr;
};

/// A type that applies even without a policy.
struct AppliedType {
    policy::PolicyType type = policy::PolicyType::identity;
    std::size_t level = 0;  ///< of SCPs and RCPs: the last
};

/// Who asks and all policies that have a say.
struct Given {
    CallerText caller;
    std::string unique_id;
    ContextKeys tags;  ///< aws:PrincipalTag/…
    std::vector<GivenPolicy> policies;
    std::vector<AppliedType> applied;
};

/// What is expected. Everything that is set must hold.
struct Expectation {
    enum class Answer { allowed, denied, explicit_deny, implicit_deny };
    Answer answer = Answer::allowed;
    std::optional<std::string> statement;  ///< Sid, or number from 1, of a statement that decided
    std::optional<std::string> policy;     ///< the suite's name of the policy it stands in
    std::optional<policy::PolicyType> decided_by;
    std::optional<std::string> reason;  ///< as AWS's message ends

    [[nodiscard]] bool accepts(policy::Outcome outcome) const;
};

[[nodiscard]] std::string_view name_of(Expectation::Answer answer);

/// One or more questions with one expectation: each action on each resource.
struct Case {
    std::string name;
    Place place;
    Given given;
    std::vector<std::string> actions;
    std::vector<std::string> resources;
    std::string resource_account;  ///< empty: that in the resource's ARN
    ContextKeys context;
    Expectation expected;
};

struct Suite {
    std::string file;
    std::vector<Case> cases;
};

/// A suite with more questions than this is refused.
inline constexpr std::size_t most_questions = 100'000;

/// Whether a suite and its policies may have names of actions, services and condition keys that AWS does not have.
enum class Names { known, any };

/// Reads a suite. Its documents go to `shelf`, compiled and without errors; paths are relative to the suite's folder.
/// Throws InputError with the place of what is wrong.
[[nodiscard]] Suite read_suite(const std::string& path, DocumentShelf& shelf, Names names = Names::known);
/// As read_suite() for a text; `path` says where it stands.
[[nodiscard]] Suite parse_suite(const std::string& text, const std::string& path, DocumentShelf& shelf,
                                Names names = Names::known);

}  // namespace iamlocal::tools
