// The engine against a second evaluator on random questions, and what must hold between questions. The questions are
// always the same; others, and more of them, with rapidcheck's variable (`max_success`: cases of four questions for
// each of the four shards):
//   RC_PARAMS="seed=7 max_success=625000" build/release/tests/unit/policy/test_policy_properties
//   --gtest_filter="*agree*"
// asks ten million, in a few minutes.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <rapidcheck.h>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "policy/explanation.hpp"
#include "policy/parse.hpp"
#include "unit/policy/naive/compare.hpp"
#include "unit/policy/naive/principal.hpp"
#include "unit/policy/naive/questions.hpp"
#include "unit/property.hpp"

namespace iamlocal::naive {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t bytes_of_question = 2000;
constexpr std::size_t bytes_of_facts = 100;
constexpr std::size_t bytes_of_addition = 100;
constexpr int requests_per_question = 4;

/// As many random bytes; a failing case loses some, and those that remain get smaller.
rc::Gen<Bytes> bytes(std::size_t count) {
    return [count](const rc::Random& start, int) {
        rc::Random random = start;
        Bytes made(count);
        for (std::size_t i = 0; i < count; i += sizeof(std::uint64_t)) {
            std::uint64_t number = random.next();
            for (std::size_t k = i; k < count && k < i + sizeof number; ++k, number >>= 8) {
                made[k] = static_cast<std::uint8_t>(number);
            }
        }
        return rc::shrinkable::shrinkRecur(made, [](const Bytes& failing) {
            return rc::seq::concat(rc::shrink::removeChunks(failing),
                                   rc::shrink::eachElement(failing, rc::shrink::integral<std::uint8_t>));
        });
    };
}

std::string described(const BothSides& sides, const Facts& facts) {
    std::string text =
        fmt::format("request: {}\npolicies: {}\ncontext:", to_string(facts.request()), to_string(sides.question()));
    for (const auto& [key, values] : facts.keys) {
        text += fmt::format(" {}{}{}", key, values.multivalued ? "[]=" : "=", Json(values.items).dump());
    }
    return text;
}

/// What the engine refuses in random documents, because a mistake would give access: an element that is an empty list
/// (a NotAction of nothing would match every action), and principals that are none where somebody is to be stopped.
bool must_be_refused(const Json& document, DocumentKind kind) {
    const bool has_principals =
        kind == DocumentKind::resource || kind == DocumentKind::trust || kind == DocumentKind::rcp;
    const Json& element = document.at("Statement");
    for (const Json& statement : element.is_array() ? element : Json::array({element})) {
        for (const char* name : {"Action", "NotAction", "Resource", "NotResource"}) {
            if (statement.contains(name) && statement[name].is_array() && statement[name].empty()) return true;
        }
        if (has_principals && fails_to_stop(statement)) return true;
    }
    return false;
}

/// How the questions came out.
struct Tally {
    std::array<std::size_t, 3> outcomes{};
    std::array<std::size_t, policy::policy_type_count> deciders{};
    std::size_t questions = 0;
    std::size_t applying = 0;
    std::size_t documents = 0;
    std::size_t refused = 0;

    void add(const Answer& answer) {
        ++questions;
        ++outcomes[static_cast<std::size_t>(answer.outcome)];
        ++deciders[static_cast<std::size_t>(answer.decided_by)];
        applying += answer.applied.size();
    }

    void print() const {
        fmt::print("{} questions: {} allowed, {} denied explicitly, {} implicitly; {} statements applied\n", questions,
                   outcomes[0], outcomes[1], outcomes[2], applying);
        for (std::size_t type = 0; type < deciders.size(); ++type) {
            fmt::print("{} decided by {}\n", deciders[type], name_of(static_cast<PolicyType>(type)));
        }
        fmt::print("{} of {} documents unreadable\n", refused, documents);
    }
};

class TwoEvaluators : public ::testing::TestWithParam<int> {};

TEST_P(TwoEvaluators, agree) {
    Tally tally;
    check_property(12500, GetParam(), [&] {
        const Bytes of_question = *bytes(bytes_of_question);
        const auto of_facts = *rc::gen::container<std::vector<Bytes>>(requests_per_question, bytes(bytes_of_facts));
        const BothSides sides(Maker(of_question).question());
        tally.documents += sides.documents().size();
        for (const BothSides::Given& given : sides.documents()) {
            if (given.refused != must_be_refused(given.document, given.kind)) {
                RC_FAIL((given.refused ? "refused: " : "read: ") + given.document.dump());
            }
        }
        tally.refused += sides.refused();
        for (const Bytes& of_one : of_facts) {
            const Facts facts = Maker(of_one).facts();
            const Answer engine = sides.by_engine(facts.request());
            const Answer naive = sides.by_naive(facts.request());
            if (engine != naive) {
                RC_FAIL(fmt::format("engine: {}\nnaive:  {}\n{}", to_string(engine), to_string(naive),
                                    described(sides, facts)));
            }
            tally.add(engine);
        }
    });
    tally.print();
    // A comparison of denials with denials shows little.
    for (const std::size_t count : tally.outcomes) EXPECT_GE(count * 20, tally.questions);
    for (const std::size_t count : tally.deciders) EXPECT_GE(count * 100, tally.questions);
    EXPECT_GE(tally.applying, tally.questions);
    EXPECT_LE(tally.refused * 20, tally.documents);
}

INSTANTIATE_TEST_SUITE_P(shards, TwoEvaluators, ::testing::Range(1, 5));

/// A question, one of its requests and the bytes of something to add.
struct Case {
    Bytes of_question = *bytes(bytes_of_question);
    Bytes of_facts = *bytes(bytes_of_facts);
    Bytes of_addition = *bytes(bytes_of_addition);

    [[nodiscard]] Question question() const { return Maker(of_question).question(); }
    [[nodiscard]] Facts facts() const { return Maker(of_facts).facts(); }
};

TEST(PolicyProperties, explanations_tell_the_decision_and_what_would_change_it) {
    check_property(5000, 15, [] {
        const Case given;
        const BothSides sides(given.question());
        const Facts facts = given.facts();
        const std::string fault = find_fault(sides, facts.request());
        if (!fault.empty()) RC_FAIL(fmt::format("{}\n{}", fault, described(sides, facts)));
        // Whatever random requests ask for, something can allow it, or would be a hole.
        const policy::Explanation explanation = policy::explain(sides.set(facts.request()), facts.request());
        if (explanation.outcome == Outcome::implicit_deny && explanation.additions.empty() &&
            explanation.lacks.empty() && explanation.obstacle.empty()) {
            RC_FAIL("proposes nothing\n" + described(sides, facts));
        }
    });
}

TEST(PolicyProperties, what_decided_is_among_what_applied) {
    check_property(5000, 11, [] {
        const Case given;
        const BothSides sides(given.question());
        const Facts facts = given.facts();
        policy::Trace trace;
        const policy::Decision decision = policy::decide(sides.set(facts.request()), facts.request(), trace);
        const std::vector<policy::MatchedStatement> decisive = trace.decisive(decision.outcome);
        for (const policy::MatchedStatement& matched : decisive) {
            RC_ASSERT((matched.effect == policy::Effect::allow) == decision.allowed());
        }
        if (!decision.policy || !decision.policy->policy) return;
        RC_ASSERT(std::any_of(decisive.begin(), decisive.end(), [&](const policy::MatchedStatement& matched) {
            return matched.source == decision.policy && matched.statement == decision.statement &&
                   matched.type == decision.decided_by;
        }));
    });
}

TEST(PolicyProperties, adding_a_deny_never_allows_more) {
    check_property(5000, 12, [] {
        const Case given;
        Question question = given.question();
        const Facts facts = given.facts();
        const BothSides before(question);
        Maker maker(given.of_addition);
        const auto deny = [&](DocumentKind kind) { return maker.addition(kind, "Deny"); };
        switch (maker.choose().below(7)) {
            case 0:
                question.identity.push_back(deny(DocumentKind::identity));
                break;
            case 1:
                if (!question.boundary) question.boundary.emplace();
                question.boundary->push_back(deny(DocumentKind::boundary));
                break;
            case 2:
                if (!question.session) question.session.emplace();
                question.session->push_back(deny(DocumentKind::session));
                break;
            case 3:
                if (!question.resource) question.resource.emplace();
                question.resource->push_back(deny(question.resource_kind));
                break;
            case 4:
                if (question.scope_down.empty()) question.scope_down.emplace_back();
                question.scope_down.back().push_back(deny(DocumentKind::session));
                break;
            case 5:
                if (question.scp.empty()) question.scp.emplace_back();
                question.scp.back().push_back(deny(DocumentKind::scp));
                break;
            default:
                if (question.rcp.empty()) question.rcp.emplace_back();
                question.rcp.back().push_back(deny(DocumentKind::rcp));
                break;
        }
        const BothSides after(question);
        const Outcome was = before.by_engine(facts.request()).outcome;
        const Outcome is = after.by_engine(facts.request()).outcome;
        if (is == Outcome::allowed) RC_ASSERT(was == Outcome::allowed);
        if (was == Outcome::explicit_deny) RC_ASSERT(is == Outcome::explicit_deny);
    });
}

TEST(PolicyProperties, adding_an_identity_allow_never_denies_more) {
    check_property(5000, 13, [] {
        const Case given;
        Question question = given.question();
        const Facts facts = given.facts();
        const BothSides before(question);
        question.identity.push_back(Maker(given.of_addition).addition(DocumentKind::identity, "Allow"));
        const BothSides after(question);
        if (after.refused() > before.refused()) return;  // what cannot be read denies
        const Outcome was = before.by_engine(facts.request()).outcome;
        const Outcome is = after.by_engine(facts.request()).outcome;
        if (was == Outcome::allowed) RC_ASSERT(is == Outcome::allowed);
        RC_ASSERT((was == Outcome::explicit_deny) == (is == Outcome::explicit_deny));
    });
}

/// One document per statement, the last first.
Documents taken_apart(const Documents& documents) {
    Documents apart;
    for (const Json& document : documents) {
        if (document.is_null()) {
            apart.push_back(document);
            continue;
        }
        const Json& element = document.at("Statement");
        for (const Json& statement : element.is_array() ? element : Json::array({element})) {
            apart.push_back(document);
            apart.back()["Statement"] = statement;
        }
    }
    std::reverse(apart.begin(), apart.end());
    return apart;
}

TEST(PolicyProperties, neither_order_nor_division_into_documents_matters) {
    check_property(5000, 14, [] {
        const Case given;
        const BothSides whole(given.question());
        const Facts facts = given.facts();
        Question question = whole.question();
        question.identity = taken_apart(question.identity);
        for (std::optional<Documents>* type : {&question.boundary, &question.session, &question.resource}) {
            if (*type) *type = taken_apart(**type);
        }
        for (Documents& level : question.scp) level = taken_apart(level);
        for (Documents& level : question.rcp) level = taken_apart(level);
        for (Documents& level : question.scope_down) level = taken_apart(level);
        const BothSides apart(question);
        const Answer of_whole = whole.by_engine(facts.request());
        const Answer of_parts = apart.by_engine(facts.request());
        if (of_whole.outcome != of_parts.outcome || of_whole.decided_by != of_parts.decided_by) {
            RC_FAIL(described(whole, facts));
        }
    });
}

}  // namespace
}  // namespace iamlocal::naive
