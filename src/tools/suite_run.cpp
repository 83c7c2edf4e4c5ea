#include "tools/suite_run.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "policy/collection.hpp"
#include "policy/explanation.hpp"
#include "policy/question.hpp"

namespace iamlocal::tools {
namespace {

/// The name of a source is a view of its GivenPolicy's label, which tells which one it is.
const GivenPolicy& given_of(const Given& given, const policy::SourcedPolicy& source) {
    return *std::find_if(given.policies.begin(), given.policies.end(),
                         [&](const GivenPolicy& policy) { return policy.label.data() == source.name.data(); });
}

/// The statements that brought the outcome about: the Deny ones, or the Allow ones of the type that granted.
std::vector<policy::MatchedStatement> deciding(const policy::Decision& decision, const policy::Trace& trace) {
    std::vector<policy::MatchedStatement> statements = trace.decisive(decision.outcome);
    if (decision.allowed())
        std::erase_if(statements, [&](const auto& statement) { return statement.type != decision.decided_by; });
    return statements;
}

std::string describe(const GivenPolicy& policy, std::size_t statement) {
    const std::string& sid = policy.document->statements()[statement].sid;
    return fmt::format("{} of {}", sid.empty() ? fmt::format("statement {}", statement + 1) : sid, policy.name);
}

class Question {
  public:
    Question(const Case& asked, const std::string& action, const std::string& resource)
        : case_(asked), action_(action), resource_(resource) {
        const std::string named = policy::account_in(resource);
        resource_account_ = asked.resource_account.empty() ? named : asked.resource_account;
        std::string error;
        const std::string home = resource_account_.empty() ? "000000000000" : resource_account_;
        caller_ = make_caller(asked.given.caller, home, error).value();  // was checked when the suite was read
        if (!asked.given.unique_id.empty()) caller_.unique_id = asked.given.unique_id;

        for (const AppliedType& applied : asked.given.applied) policies_.apply(applied.type, applied.level);
        for (const GivenPolicy& given : asked.given.policies) {
            const policy::DocumentKind kind = policy::document_kind(given.type);
            const policy::SourcedPolicy source{&given.document->as(kind), given.label, {}, given.document->text(kind)};
            policies_.add(given.type, source, given.level);
        }
        ContextKeys keys = asked.given.tags;
        keys.insert(keys.end(), asked.context.begin(), asked.context.end());
        fill_context(context_, caller_, resource_account_, keys);
        request_ = {&caller_, action_, resource_, resource_account_, &context_};
    }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;

    void ask(Check& check) {
        const policy::PolicySet set = policies_.set(resource_);
        policy::Trace trace;
        const policy::Decision decision = policy::decide(set, request_, trace);
        for (const policy::MatchedStatement& matched : trace.applied)
            given_of(case_.given, *matched.source).document->reach(matched.statement);
        check.found = decision.outcome;
        check.reason = policy::reason(decision, action_);
        check.failure = find_failure(decision, trace, check.reason);
        if (check.passed()) return;
        const policy::Explanation explanation = policy::explain(set, request_);
        check.explanation = policy::to_text(explanation, request_, policy::usual_width - explanation_indent);
        check.details = policy::to_json(explanation, request_);
    }

  private:
    /// What does not hold, in one sentence; empty if all does.
    std::string find_failure(const policy::Decision& decision, const policy::Trace& trace,
                             const std::string& reason) const {
        const Expectation& expected = case_.expected;
        const std::string_view found = policy::name_of(decision.outcome);
        if (!expected.accepts(decision.outcome))
            return fmt::format("expected {}, found {}", name_of(expected.answer), found);
        if (expected.decided_by && *expected.decided_by != decision.decided_by)
            return fmt::format("{} as expected, but by {} instead of {}", found, policy::name_of(decision.decided_by),
                               policy::name_of(*expected.decided_by));
        if (expected.reason && *expected.reason != reason)
            return fmt::format("{} as expected, but {} instead of {}", found, reason, *expected.reason);
        if (!expected.statement && !expected.policy) return {};

        const std::vector<policy::MatchedStatement> statements = deciding(decision, trace);
        const bool is_there = std::any_of(statements.begin(), statements.end(),
                                          [&](const auto& statement) { return is_expected(statement); });
        if (is_there) return {};
        const std::string wanted = fmt::format("{}{}{}", expected.statement ? *expected.statement : "a statement",
                                               expected.policy ? " of " : "", expected.policy ? *expected.policy : "");
        if (statements.empty()) return fmt::format("{} as expected, but no statement decided, nor {}", found, wanted);
        std::vector<std::string> others;
        for (const auto& statement : statements)
            others.push_back(describe(given_of(case_.given, *statement.source), statement.statement));
        return fmt::format("{} as expected, but by {} instead of {}", found, fmt::join(others, ", "), wanted);
    }

    bool is_expected(const policy::MatchedStatement& matched) const {
        const Expectation& expected = case_.expected;
        const GivenPolicy& given = given_of(case_.given, *matched.source);
        if (expected.policy && given.name != *expected.policy) return false;
        if (!expected.statement) return true;
        const std::string& sid = given.document->statements()[matched.statement].sid;
        return sid.empty() ? *expected.statement == std::to_string(matched.statement + 1) : *expected.statement == sid;
    }

    const Case& case_;
    std::string action_;
    std::string resource_;
    std::string resource_account_;
    policy::Principal caller_;
    policy::Collection policies_;
    policy::MapContext context_;
    policy::Request request_;
};

}  // namespace

std::vector<Check> run_suite(const Suite& suite) {
    std::vector<Check> checks;
    for (const Case& asked : suite.cases) {
        for (const std::string& action : asked.actions) {
            for (const std::string& resource : asked.resources) {
                Check& check = checks.emplace_back();
                check.suite = &suite;
                check.of = &asked;
                check.action = action;
                check.resource = resource;
                const auto start = std::chrono::steady_clock::now();
                Question(asked, action, resource).ask(check);
                check.took =
                    std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
            }
        }
    }
    return checks;
}

}  // namespace iamlocal::tools
