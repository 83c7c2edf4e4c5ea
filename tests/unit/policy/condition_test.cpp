#include "policy/condition.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

/// One operator with a request value that matches the policy value, one that does not, and one it cannot read.
struct OperatorRow {
    std::string_view name;
    std::string_view policy, match, other, unreadable;
    bool negated = false;
};

/// For negated operators `match` is still the value that is like the policy's.
constexpr std::array rows{
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
    OperatorRow{"Bool", "true", "True", "false", "x", false},
    OperatorRow{"BinaryEquals", "QQ==", "QQ==", "Qg==", "x", false},
    OperatorRow{"IpAddress", "10.0.0.0/8", "10.1.1.1", "11.1.1.1", "x", false},
    OperatorRow{"NotIpAddress", "10.0.0.0/8", "10.1.1.1", "11.1.1.1", "x", true},
    OperatorRow{"ArnEquals", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b", "x", false},
    OperatorRow{"ArnNotEquals", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b", "x", true},
    OperatorRow{"ArnLike", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b", "x", false},
    OperatorRow{"ArnNotLike", "arn:aws:s3:::a*", "arn:aws:s3:::ab", "arn:aws:s3:::b", "x", true},
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
    return policy::holds(condition, values ? &*values : nullptr, context);
}

MapContext single(std::string_view value) { return context_of({{"k", value}}); }

MapContext list(std::vector<std::string> values) {
    MapContext context;
    context.set("k", Values::list(std::move(values)));
    return context;
}

TEST(Condition, EveryOperatorInEveryForm) {
    const MapContext absent;
    for (const OperatorRow& row : rows) {
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
            EXPECT_EQ(holds(plain, single(row.unreadable)), row.negated);
            EXPECT_EQ(holds(condition(name, {row.unreadable}), single(match)), row.negated);
            EXPECT_EQ(holds(condition(name, {row.unreadable, row.policy}), single(match)), hit);
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
        EXPECT_FALSE(holds(for_any, list({""})));
        EXPECT_EQ(holds(for_any, list({match, match})), hit);
        EXPECT_EQ(holds(for_any, list({other, other})), !hit);
        EXPECT_TRUE(holds(for_any, list({match, other})));
        EXPECT_EQ(holds(for_any, single(match)), hit);
        EXPECT_TRUE(holds(condition(any + "IfExists", {row.policy}), absent));
    }
}

TEST(Condition, TheTableHasAllOperators) {
    for (const OperatorRow& row : rows) {
        const auto parsed_name = parse_operator(row.name);
        ASSERT_TRUE(parsed_name) << row.name;
        EXPECT_EQ(parsed_name->op->name, row.name);
        EXPECT_EQ(parsed_name->op->negated, row.negated) << row.name;
    }
    EXPECT_TRUE(parse_operator("Null"));
    EXPECT_EQ(rows.size(), 26U);
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
