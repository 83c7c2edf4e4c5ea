// What is claimed about random documents, held against random requests by the engine. More of them with rapidcheck's
// variable: RC_PARAMS="seed=7 max_success=50000" build/release/tests/unit/analysis/test_analysis_properties
#include <algorithm>
#include <array>
#include <rapidcheck.h>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "analysis/check.hpp"
#include "analysis/conditions.hpp"
#include "analysis/diff.hpp"
#include "analysis/generate.hpp"
#include "base/encoding.hpp"
#include "policy/decide.hpp"
#include "unit/analysis/random.hpp"
#include "unit/property.hpp"

namespace iamlocal::analysis {
namespace {

using naive::Facts;
using naive::Json;
using naive::Maker;
using policy::DocumentKind;
using policy::TypeVerdict;

/// Two documents of one kind, the second of which is often the first with a change.
struct Pair {
    Json first;
    Json second;
    DocumentKind kind;
};

Pair random_pair() {
    const Bytes bytes = random_bytes(600);
    Maker maker(bytes);
    static constexpr std::array kinds{DocumentKind::identity, DocumentKind::identity, DocumentKind::resource,
                                      DocumentKind::trust, DocumentKind::scp};
    const DocumentKind kind = maker.choose().pick(kinds);
    const auto some = [&] {
        Json list = Json::array();
        for (std::size_t n = 1 + maker.choose().below(4); n > 0; --n)
            list.push_back(maker.addition(kind, maker.choose().percent(35) ? "Deny" : "Allow")["Statement"]);
        return list;
    };
    const Json statements = some();
    Json changed = statements;
    switch (maker.choose().below(4)) {
        case 0:
            changed = some();
            break;
        case 1:
            changed.erase(maker.choose().below(changed.size()));
            break;
        case 2:
            changed.push_back(some()[0]);
            break;
        default:
            changed[maker.choose().below(changed.size())].erase("Condition");
            break;
    }
    if (changed.empty()) changed = some();
    return {{{"Version", "2012-10-17"}, {"Statement", statements}},
            {{"Version", "2012-10-17"}, {"Statement", changed}},
            kind};
}

std::vector<Facts> random_facts() {
    std::vector<Facts> all;
    for (std::size_t i = 0; i < requests_of_a_case; ++i) all.push_back(random_request());
    return all;
}

/// Patterns of few letters, so that they often cover each other.
std::string random_pattern(naive::Choices& choose) {
    static constexpr std::array pieces{"a", "b", "*", "?", "${v}", "/", ":", "${w}", "${*}"};
    std::string text = "arn:aws:";
    for (int part = 0; part < 3; ++part)
        text += choose.percent(70) ? choose.word(std::array{"a", "*", "${v}"}, 1) + ":" : ":";
    return choose.percent(4) ? "*" : text + choose.word(pieces, 4);
}

/// A text that the pattern matches, for these values.
std::string random_text(const std::string& pattern, const std::string& v, const std::string& w,
                        naive::Choices& choose) {
    static constexpr std::array letters{"a", "b", "/", ":", "x"};
    std::string text;
    for (std::size_t at = 0; at < pattern.size();) {
        const std::string_view rest = std::string_view(pattern).substr(at);
        const bool is_escape = rest.starts_with("${*}");
        if (rest.starts_with("${")) text += is_escape ? "*" : rest[2] == 'v' ? v : w;
        if (rest[0] == '*') text += choose.word(letters, 3);
        if (rest[0] == '?') text += choose.pick(letters);
        if (!rest.starts_with("${") && rest[0] != '*' && rest[0] != '?') text += rest[0];
        at += rest.starts_with("${") ? 4 : 1;
    }
    return text;
}

TEST(Properties, texts_are_compared_for_all_values) {
    Counts counts;
    check_property(30000, 4, [&] {
        const Bytes bytes = random_bytes(160);
        naive::Choices choose(bytes);
        const bool is_value_long = choose.percent(30);
        static constexpr std::array letters{"a", "b", "/", ":", "*"};
        VariableNames names;
        std::vector<std::string> some{random_pattern(choose)};
        std::vector<std::string> none;
        for (std::size_t n = 1 + choose.below(3); n > 0; --n) none.push_back(random_pattern(choose));
        // Half of the time one is the first with a wildcard for a part of it.
        if (choose.percent(50)) {
            std::string wide = some.front();
            const std::size_t at = choose.below(wide.size());
            none.push_back(wide.replace(at, choose.below(6), choose.percent(60) ? "*" : "${v}"));
        }
        const auto clause = [&](const std::vector<std::string>& texts, bool negated) {
            Clause made{{}, negated};
            for (const std::string& text : texts)
                made.any.push_back(TextPattern::resource(text, DocumentKind::identity, true, names));
            return std::make_shared<const Clause>(made);
        };
        const Clauses clauses{clause(some, false), clause(none, true)};
        const TextAnswer answer = find_text(clauses, clauses.front().get());
        ++(answer.kind == TextAnswer::Kind::none    ? counts.none
           : answer.kind == TextAnswer::Kind::found ? counts.found
                                                    : counts.doubt);
        const auto matches = [&](const std::vector<std::string>& texts, const std::string& text,
                                 const policy::MapContext& context) {
            const policy::ResourceName name = policy::ResourceName::of(text);
            return std::any_of(texts.begin(), texts.end(), [&](const std::string& pattern) {
                return policy::ArnPattern::resource(pattern, true, policy::ArnPattern::Short::any)
                    .matches(name, context);
            });
        };
        if (answer.kind == TextAnswer::Kind::found && names.size() == 0) {
            const auto text = spell(answer.text, {});
            RC_ASSERT(text.has_value());
            RC_ASSERT(matches(some, *text, {}) && !matches(none, *text, {}));
        }
        for (int tries = 0; tries < 20 && answer.kind == TextAnswer::Kind::none; ++tries) {
            const std::string v = choose.word(letters, is_value_long ? 3 : 1);
            const std::string w = choose.word(letters, 1);
            policy::MapContext context;
            context.set("v", v);
            context.set("w", w);
            const std::string text = random_text(some.front(), v, w, choose);
            if (matches(some, text, context) && !matches(none, text, context))
                RC_FAIL(some.front() + " has " + text + " with v=" + v + " and w=" + w + " beyond " +
                        fmt::format("{}", fmt::join(none, " ")));
        }
    });
    fmt::print("{} without a text, {} with, {} in doubt\n", counts.none, counts.found, counts.doubt);
    EXPECT_GT(counts.none * 10, counts.found);
}

/// One statement whose conditions are all about one key.
Json conditions_of_one_key(naive::Choices& choose, const naive::vocabulary::Family& family) {
    Json condition = Json::object();
    for (std::size_t n = 1 + choose.below(4); n > 0; --n) {
        const naive::vocabulary::Family& one = choose.percent(8) ? choose.pick(naive::vocabulary::families) : family;
        std::string name(choose.pick(one.operators));
        if (name != "Null" && choose.percent(15)) name += "IfExists";
        if (name != "Null" && choose.percent(10)) name = (choose.percent(50) ? "ForAnyValue:" : "ForAllValues:") + name;
        if (choose.percent(12)) name = "Null";
        Json values = Json::array();
        for (std::size_t count = 1 + choose.below(2); count > 0; --count)
            values.push_back(name == "Null" ? Json(choose.percent(50) ? "true" : "false")
                                            : Json(choose.pick(one.values)));
        condition[name]["one:key"] = values;
    }
    return condition;
}

bool is_wanted(const Literal& literal, const policy::Values* values) {
    const policy::MapContext empty;
    const policy::Holding holding = policy::holds(literal.atom->condition, values, empty);
    switch (literal.want) {
        case Want::yes:
            return holding == policy::Holding::yes;
        case Want::not_yes:
            return holding != policy::Holding::yes;
        case Want::no:
            return holding == policy::Holding::no;
        case Want::not_no:
            return holding != policy::Holding::no;
    }
    return false;
}

TEST(Properties, contexts_are_found_or_there_are_none) {
    Counts counts;
    check_property(8000, 5, [&] {
        const Bytes bytes = random_bytes(300);
        naive::Choices choose(bytes);
        const naive::vocabulary::Family& family = choose.pick(naive::vocabulary::families);
        const Json document{{"Version", "2012-10-17"},
                            {"Statement",
                             {{"Effect", "Allow"},
                              {"Action", "*"},
                              {"Resource", "*"},
                              {"Condition", conditions_of_one_key(choose, family)}}}};
        const auto read = Model::read(document.dump(), DocumentKind::identity, std::make_shared<VariableNames>());
        if (!std::holds_alternative<Model>(read)) return;
        std::vector<Literal> literals;
        static constexpr std::array wants{Want::yes, Want::no, Want::not_yes, Want::not_no};
        for (const auto& atom : std::get<Model>(read).boxes().front().atoms)
            literals.push_back({atom, choose.pick(wants)});
        const ContextAnswer answer = find_context(literals, {}, {});
        ++(answer.kind == ContextAnswer::Kind::none    ? counts.none
           : answer.kind == ContextAnswer::Kind::found ? counts.found
                                                       : counts.doubt);
        const auto all_hold = [&](const policy::Values* values) {
            return std::all_of(literals.begin(), literals.end(),
                               [&](const Literal& literal) { return is_wanted(literal, values); });
        };
        if (answer.kind == ContextAnswer::Kind::found)
            RC_ASSERT(all_hold(answer.keys.empty() ? nullptr : &answer.keys.front().second));
        if (answer.kind != ContextAnswer::Kind::none) return;
        RC_ASSERT(!all_hold(nullptr));
        for (int tries = 0; tries < 60; ++tries) {
            std::vector<std::string> items;
            for (std::size_t n = choose.below(3); n > 0; --n) items.push_back(std::string(choose.pick(family.values)));
            const policy::Values list = policy::Values::list(items);
            RC_ASSERT(!all_hold(&list));
            const policy::Values single = policy::Values::single(
                std::string(family.values[static_cast<std::size_t>(tries) % family.values.size()]));
            if (all_hold(&single)) RC_FAIL(document.dump() + " holds for " + single.items.front());
        }
    });
    fmt::print("{} without a context, {} with, {} in doubt\n", counts.none, counts.found, counts.doubt);
    EXPECT_GT(counts.none * 20, counts.found);
    EXPECT_GT(counts.found, counts.doubt);
}

TEST(Properties, differences_are_as_claimed) {
    Counts counts;
    check_property(1200, 1, [&] {
        const Pair pair = random_pair();
        auto names = std::make_shared<VariableNames>();
        const auto first = Model::read(pair.first.dump(), pair.kind, names);
        const auto second = Model::read(pair.second.dump(), pair.kind, names);
        if (!std::holds_alternative<Model>(first) || !std::holds_alternative<Model>(second)) return;
        const auto& wide = std::get<Model>(first);
        const auto& narrow = std::get<Model>(second);
        const Excess excess = find_excess(wide, narrow);
        for (const Difference& difference : excess.found) {
            RC_ASSERT(difference.witness.ask(wide) == TypeVerdict::allow);
            RC_ASSERT(difference.witness.ask(narrow) != TypeVerdict::allow);
        }
        ++(excess.is_none() ? counts.none : excess.found.empty() ? counts.doubt : counts.found);
        for (const Facts& facts : random_facts()) {
            const auto said = wide.judge(facts.request());
            const auto other = narrow.judge(facts.request());
            if (said == TypeVerdict::allow && other && other != TypeVerdict::allow && excess.is_none())
                RC_FAIL("missed: " + pair.first.dump() + "\nbeyond " + pair.second.dump() + "\n" + facts.action +
                        " on " + facts.resource + " by " + facts.principal.arn);
        }
    });
    fmt::print("{} without difference, {} with, {} in doubt\n", counts.none, counts.found, counts.doubt);
    EXPECT_GT(counts.none, counts.doubt);
    EXPECT_GT(counts.found, counts.doubt);
}

TEST(Properties, never_is_never) {
    Counts counts;
    check_property(1200, 2, [&] {
        const Pair pair = random_pair();
        const auto read = Model::read(pair.first.dump(), pair.kind, std::make_shared<VariableNames>());
        if (!std::holds_alternative<Model>(read)) return;
        const auto& model = std::get<Model>(read);
        static const std::vector<std::string> actions{"s3:GetObject", "iam:*", "sts:AssumeRole"};
        const std::vector<Checked> answers = check_access(model, actions, {});
        for (const Checked& checked : answers) {
            ++(checked.answer == Answer::never ? counts.none
               : checked.answer == Answer::can ? counts.found
                                               : counts.doubt);
            if (checked.answer == Answer::can) RC_ASSERT(checked.witness.ask(model) == TypeVerdict::allow);
        }
        for (const Facts& facts : random_facts()) {
            if (model.judge(facts.request()) != TypeVerdict::allow) continue;
            for (std::size_t i = 0; i < actions.size(); ++i) {
                const auto pattern = policy::ActionPattern::parse(actions[i]);
                const std::string folded = fold_case(facts.action);
                if (pattern.matches(policy::ActionName::of(folded)) && answers[i].answer == Answer::never)
                    RC_FAIL("allowed: " + pair.first.dump() + "\n" + facts.action + " on " + facts.resource + " by " +
                            facts.principal.arn);
            }
        }
    });
    fmt::print("{} never, {} can, {} in doubt\n", counts.none, counts.found, counts.doubt);
    EXPECT_GT(counts.none, counts.doubt);
    EXPECT_GT(counts.found, counts.doubt);
}

/// What is seen in one case: a few actions, resources and keys.
std::vector<Observation> random_observations(naive::Choices& choose) {
    static constexpr std::array actions{"iam:PassRole", "iam:TagUser", "s3:GetObject", "sts:AssumeRole"};
    static constexpr std::array paths{"arn:aws:iam::111122223333:role/", "arn:aws:iam::111122223333:user/a/",
                                      "arn:aws:s3:::b/k*/", "arn:aws:s3:::b"};
    static constexpr std::array values{"x", "y*", "${aws:username}", ""};
    std::vector<Observation> seen;
    for (std::size_t n = 1 + choose.below(30); n > 0; --n) {
        Observation& one = seen.emplace_back();
        one.action = choose.pick(actions);
        one.resource = std::string(choose.pick(paths)) + std::to_string(choose.below(20));
        if (choose.percent(40))
            one.keys.emplace_back("iam:passedtoservice", policy::Values::single(choose.pick(values)));
        if (choose.percent(30)) one.keys.emplace_back("aws:tagkeys", policy::Values::list({choose.pick(values), "k"}));
        if (choose.percent(30))
            one.keys.emplace_back(
                "iam:policyarn", policy::Values::single(std::string("arn:aws:iam::aws:policy/") + choose.pick(values)));
        one.refused = choose.percent(20);
    }
    return seen;
}

TEST(Properties, generated_policies_allow_what_was_seen_and_little_else) {
    check_property(600, 3, [&] {
        const Bytes bytes = random_bytes(400);
        naive::Choices choose(bytes);
        const std::vector<Observation> seen = random_observations(choose);
        GenerateOptions options;
        options.wildcard_from = choose.pick(std::array<std::size_t, 3>{0, 2, 5});
        options.include_refused = choose.percent(30);
        const GeneratedPolicy made = write_policy(seen, options);
        RC_ASSERT(made.confirmed);
        if (made.document.empty()) return;
        const auto strict = policy::parse(made.document, DocumentKind::identity, policy::Strictness::managed);
        RC_ASSERT(std::holds_alternative<policy::Policy>(strict));
        const auto read = Model::read(made.document, DocumentKind::identity, std::make_shared<VariableNames>());
        const auto& model = std::get<Model>(read);
        const policy::Principal caller{
            policy::PrincipalKind::user, "arn:aws:iam::111122223333:user/a", "111122223333", "", "", "", ""};
        const policy::MapContext empty;
        for (const char* outside :
             {"arn:aws:iam::444455556666:role/1", "arn:aws:iam::111122223333:group/1", "arn:aws:s3:::c", "*"})
            for (const char* action : {"iam:PassRole", "s3:GetObject"})
                RC_ASSERT(model.judge({&caller, action, outside, {}, &empty}) != TypeVerdict::allow);
        RC_ASSERT(model.judge({&caller, "iam:DeleteRole", "arn:aws:iam::111122223333:role/1", {}, &empty}) !=
                  TypeVerdict::allow);
    });
}

}  // namespace
}  // namespace iamlocal::analysis
