#include "policy/condition.hpp"

#include <array>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

/// One operator with a request value that matches the policy value, one that does not, and one it cannot read.
struct OperatorRow {
    std::string_view name;
    std::string_view policy, match, other, unreadable;
    bool negated = false;
    bool only_comparable = false;  ///< what it cannot read does not match, negated or not
};

/// For negated operators `match` is still the value that is like the policy's.
constexpr std::array operator_rows{
    OperatorRow{"StringEquals", "a", "a", "b", "", false},
    OperatorRow{"StringNotEquals", "a", "a", "b", "", true},
    OperatorRow{"StringEqualsIgnoreCase", "a", "A", "b", "", false},
    OperatorRow{"StringNotEqualsIgnoreCase", "a", "A", "b", "", true},
    OperatorRow{"StringLike", "a*", "ab", "b", "", false},
    OperatorRow{"StringNotLike", "a*", "ab", "b", "", true},
    OperatorRow{"NumericEquals", "5", "5.0", "6", "x", false},
    OperatorRow{"NumericNotEquals", "5", "5.0", "6", "x", true},
    OperatorRow{"NumericLessThan", "5", "4", "5", "x", false},
    OperatorRow{"NumericLessThanEquals", "5", "5", "6", "x", false},
    OperatorRow{"NumericGreaterThan", "5", "6", "5", "x", false},
    OperatorRow{"NumericGreaterThanEquals", "5", "5", "4", "x", false},
    OperatorRow{"DateEquals", "2024-05-01", "2024-05-01T00:00:00Z", "2024-05-02", "x", false},
    OperatorRow{"DateNotEquals", "2024-05-01", "2024-05-01T00:00:00Z", "2024-05-02", "x", true},
    OperatorRow{"DateLessThan", "2024-05-01", "2024-04-30", "2024-05-01", "x", false},
    OperatorRow{"DateLessThanEquals", "2024-05-01", "2024-05-01", "2024-05-02", "x", false},
    OperatorRow{"DateGreaterThan", "2024-05-01", "2024-05-02", "2024-05-01", "x", false},
    OperatorRow{"DateGreaterThanEquals", "2024-05-01", "2024-05-01", "2024-04-30", "x", false},
    OperatorRow{"Bool", "true", "True", "x", "", false},
    OperatorRow{"BinaryEquals", "QQ==", "QQ==", "Qg==", "x", false},
    OperatorRow{"IpAddress", "10.0.0.0/8", "10.1.1.1", "11.1.1.1", "x", false, true},
    OperatorRow{"NotIpAddress", "10.0.0.0/8", "10.1.1.1", "11.1.1.1", "x", true, true},
    OperatorRow{"ArnEquals", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b", "x", false, true},
    OperatorRow{"ArnNotEquals", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b", "x", true, true},
    OperatorRow{"ArnLike", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b", "x", false, true},
    OperatorRow{"ArnNotLike", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b", "x", true, true},
};

Condition condition(std::string_view name, std::initializer_list<std::string_view> values, bool variables = true) {
    Condition made{*parse_operator(name), "k", "k", {}};
    for (const std::string_view value : values) {
        made.operands.push_back(parse_operand(*made.name.op, value, variables));
    }
    return made;
}

bool holds(const Condition& condition, const MapContext& context) {
    const std::optional<Values> values = context.find(condition.key);
    return policy::holds(condition, values ? &*values : nullptr, context) == Holding::yes;
}

MapContext single(std::string_view value) { return context_of({{"k", value}}); }

MapContext list(std::vector<std::string> values) {
    MapContext context;
    context.set("k", Values::list(std::move(values)));
    return context;
}

TEST(Condition, EveryOperatorInEveryForm) {
    const MapContext absent;
    for (const OperatorRow& row : operator_rows) {
        SCOPED_TRACE(row.name);
        const std::string name(row.name);
        const std::string all = "ForAllValues:" + name;
        const std::string any = "ForAnyValue:" + name;
        const std::string match(row.match);
        const std::string other(row.other);
        const bool hit = !row.negated;

        const Condition plain = condition(name, {row.policy});
        EXPECT_EQ(holds(plain, single(match)), hit);
        EXPECT_EQ(holds(plain, single(other)), !hit);
        EXPECT_EQ(holds(plain, absent), row.negated);
        EXPECT_FALSE(holds(plain, list({match})));
        EXPECT_FALSE(holds(plain, list({other})));
        EXPECT_FALSE(holds(plain, list({})));
        if (!row.unreadable.empty()) {
            EXPECT_EQ(holds(plain, single(row.unreadable)), row.negated && !row.only_comparable);
            EXPECT_EQ(holds(condition(name, {row.policy, row.unreadable}), single(match)), hit);
            EXPECT_EQ(holds(condition(name, {row.unreadable}), single(row.unreadable)),
                      row.negated && !row.only_comparable);
            if (!row.name.starts_with("Arn")) {
                EXPECT_EQ(holds(condition(name, {row.unreadable}), single(match)), row.negated);
                EXPECT_EQ(holds(condition(name, {row.unreadable, row.policy}), single(match)), hit);
            }
        }
        EXPECT_EQ(holds(condition(name, {}), single(match)), row.negated);

        const Condition if_exists = condition(name + "IfExists", {row.policy});
        EXPECT_TRUE(holds(if_exists, absent));
        EXPECT_EQ(holds(if_exists, single(match)), hit);
        EXPECT_EQ(holds(if_exists, single(other)), !hit);

        const Condition for_all = condition(all, {row.policy});
        EXPECT_TRUE(holds(for_all, absent));
        EXPECT_TRUE(holds(for_all, list({})));
        EXPECT_TRUE(holds(for_all, list({""})));
        EXPECT_EQ(holds(for_all, list({match, match})), hit);
        EXPECT_EQ(holds(for_all, list({other, other})), !hit);
        EXPECT_FALSE(holds(for_all, list({match, other})));
        EXPECT_EQ(holds(for_all, single(match)), hit);
        EXPECT_TRUE(holds(condition(all + "IfExists", {row.policy}), absent));

        const Condition for_any = condition(any, {row.policy});
        EXPECT_FALSE(holds(for_any, absent));
        EXPECT_FALSE(holds(for_any, list({})));
        EXPECT_EQ(holds(for_any, list({""})), holds(plain, single("")));
        EXPECT_EQ(holds(for_any, list({match, match})), hit);
        EXPECT_EQ(holds(for_any, list({other, other})), !hit);
        EXPECT_TRUE(holds(for_any, list({match, other})));
        EXPECT_EQ(holds(for_any, single(match)), hit);
        EXPECT_TRUE(holds(condition(any + "IfExists", {row.policy}), absent));
    }
}

TEST(Condition, AnArnOfThePolicyThatIsNoneLeavesItUndecided) {
    const auto result = [](const Condition& made, const Values& values) {
        return policy::holds(made, &values, MapContext());
    };
    const std::string user = "arn:aws:iam::111111111111:user/a";
    for (const std::string name : {"ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"}) {
        SCOPED_TRACE(name);
        const bool negated = name.find("Not") != std::string::npos;
        const Holding if_found = negated ? Holding::no : Holding::yes;
        const Holding if_not = negated ? Holding::yes : Holding::no;
        EXPECT_EQ(result(condition(name, {"x"}), Values::single(user)), Holding::undecidable);
        EXPECT_EQ(result(condition(name, {"x"}), Values::single("y")), Holding::no);
        EXPECT_EQ(result(condition(name, {"x", user}), Values::single(user)), Holding::undecidable);
        EXPECT_EQ(result(condition(name, {user, "x"}), Values::single(user)), if_found);
        EXPECT_EQ(result(condition(name, {"arn:aws:iam::1:user/b", "x"}), Values::single(user)), Holding::undecidable);
        EXPECT_EQ(result(condition(name, {"${absent}"}), Values::single(user)), if_not);
        EXPECT_EQ(result(condition(name, {"${absent, 'x'}"}), Values::single(user)), Holding::undecidable);
        EXPECT_EQ(result(condition(name, {"${absent, '" + user + "'}"}), Values::single(user)), if_found);
        const std::string long_text(user.size() + 1, 'x');
        EXPECT_EQ(result(condition(name, {"${absent, '" + long_text + "'}"}), Values::single(user)),
                  Holding::undecidable);
        EXPECT_EQ(result(condition(name, {"arn:aws:iam::1:${absent, '" + long_text + "'}"}), Values::single(user)),
                  if_not);
        EXPECT_EQ(policy::holds(condition(name, {"x"}), nullptr, MapContext()), negated ? Holding::yes : Holding::no);
        EXPECT_EQ(policy::holds(condition(name + "IfExists", {"x"}), nullptr, MapContext()), Holding::yes);
        EXPECT_EQ(result(condition("ForAnyValue:" + name, {user, "x"}), Values::list({user, "arn:aws:iam::1:root"})),
                  negated ? Holding::undecidable : Holding::yes);
        EXPECT_EQ(result(condition("ForAllValues:" + name, {user, "x"}), Values::list({"y", "arn:aws:iam::1:root"})),
                  Holding::no);
    }
}

TEST(Condition, WhatIsNotTrueIsFalse) {
    MapContext context = context_of({{"t", "true"}, {"f", "nothing"}});
    struct Row {
        std::string_view policy, request;
        bool holds;
    };
    constexpr Row rows_of_bool[]{{"false", "yes", true},    {"false", "1", true},         {"false", "", true},
                                 {"false", "TRUE", false},  {"yes", "false", true},       {"yes", "true", false},
                                 {"TRUE", "true", true},    {"true", "yes", false},       {"${t}", "True", true},
                                 {"${t}", "x", false},      {"${f}", "x", true},          {"${f}", "true", false},
                                 {"${absent}", "x", false}, {"${f}${absent}", "x", false}};
    for (const Row& row : rows_of_bool) {
        SCOPED_TRACE(fmt::format("{} {}", row.policy, row.request));
        context.set("k", std::string(row.request));
        EXPECT_EQ(holds(condition("Bool", {row.policy}), context), row.holds);
    }
    EXPECT_TRUE(holds(condition("Null", {"yes"}), context));
    EXPECT_FALSE(holds(condition("Null", {"TRUE"}), context));
    EXPECT_FALSE(holds(condition("Null", {"yes"}), MapContext()));
    EXPECT_TRUE(holds(condition("Null", {"TRUE"}), MapContext()));
}

TEST(Condition, ATextIsUnlikeEveryNumberButInTheSimulator) {
    const Condition unlike = condition("NumericNotEquals", {"5"});
    MapContext context = single("text");
    EXPECT_TRUE(holds(unlike, context));
    context.compare_as_simulator();
    EXPECT_FALSE(holds(unlike, context));
    context.set("k", "6");
    EXPECT_TRUE(holds(unlike, context));
}

TEST(Condition, IgnoresTheCaseOfUnicode) {
    struct Row {
        std::string_view a, b;
        bool same;
    };
    constexpr Row pairs[]{{"ÉCOLE", "école", true}, {"ſ", "s", false},        {"ſ", "ſ", true},
                          {"ΟΣ", "ος", true},       {"ΟΣ", "οσ", false},      {"ΟΣΑ", "οσα", true},
                          {"Σ", "σ", true},         {"ΟΣ ΟΣ", "ος ος", true}, {"Ο1Σ", "ο1ς", true},
                          {"İ", "i\u0307", true},   {"İ", "i", false},        {"K", "K", true},
                          {"ẞ", "ß", true},         {"ß", "ss", false},       {"\xff\xe9", "\xff\xe9", true}};
    for (const Row& row : pairs) {
        SCOPED_TRACE(fmt::format("{} {}", row.a, row.b));
        const std::string b(row.b);
        const std::string variable = "${v, '" + std::string(row.a) + "'}";
        for (const std::string_view policy : {row.a, std::string_view(variable)}) {
            EXPECT_EQ(holds(condition("StringEqualsIgnoreCase", {policy}), single(b)), row.same);
            EXPECT_EQ(holds(condition("StringNotEqualsIgnoreCase", {policy}), single(b)), !row.same);
        }
    }
    std::string sigmas;
    for (int i = 0; i < 100'000; ++i) sigmas += "Σ1";
    EXPECT_TRUE(holds(condition("StringEqualsIgnoreCase", {sigmas}), single(sigmas))) << "without looking at all again";
}

TEST(Condition, TheTableHasAllOperators) {
    for (const OperatorRow& row : operator_rows) {
        const auto parsed_name = parse_operator(row.name);
        ASSERT_TRUE(parsed_name) << row.name;
        EXPECT_EQ(parsed_name->op->name, row.name);
        EXPECT_EQ(parsed_name->op->negated, row.negated) << row.name;
    }
    EXPECT_TRUE(parse_operator("Null"));
    EXPECT_EQ(operator_rows.size(), 26U);
}

TEST(Condition, ReadsOperatorNames) {
    const auto name = parse_operator("forallvalues:STRINGLIKEifexists");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->op->name, "StringLike");
    EXPECT_EQ(name->quantifier, Quantifier::for_all_values);
    EXPECT_TRUE(name->if_exists);
    for (const std::string_view wrong :
         {"", "String", "StringEqualsIf", "IfExists", "ForAllValues:", "ForSomeValues:StringEquals", "NullIfExists",
          "ForAnyValue:NullIfExists", "StringEqualsIfExistsIfExists", "ForAllValues:ForAnyValue:Bool",
          "BinaryNotEquals"}) {
        EXPECT_FALSE(parse_operator(wrong)) << wrong;
    }
}

TEST(Condition, VariablesOnlyInTextOperators) {
    const MapContext context = context_of({{"k", "5"}, {"v", "5"}});
    EXPECT_TRUE(holds(condition("StringEquals", {"${v}"}), context));
    EXPECT_FALSE(holds(condition("StringEquals", {"${v}"}, false), context));
    EXPECT_FALSE(holds(condition("NumericEquals", {"${v}"}), context));
    EXPECT_FALSE(holds(condition("StringEquals", {"${absent}"}), context));
    EXPECT_TRUE(holds(condition("StringNotEquals", {"${absent}"}), context));
    EXPECT_FALSE(holds(condition("StringNotEquals", {"${absent}", "5"}), context));
}

TEST(Condition, ASingleValuedKeyWithoutValueMatchesNothing) {
    MapContext context;
    context.set("k", Values{});
    EXPECT_FALSE(holds(condition("StringEquals", {""}), context));
    EXPECT_FALSE(holds(condition("StringNotEquals", {"a"}), context));
}

}  // namespace
}  // namespace iamlocal::policy
