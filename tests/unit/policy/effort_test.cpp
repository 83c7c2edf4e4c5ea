// What keeps a simulation from growing without bounds: each thing that it multiplies must count. The numbers are what
// was measured to take a second or more.
#include "policy/effort.hpp"

#include <gtest/gtest.h>

#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::size_t milliseconds = 1'000'000;
constexpr std::size_t action_size = 12;

std::string repeated(std::string_view text, std::size_t times, std::string_view separator = "") {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all.append(i == 0 ? "" : separator).append(text);
    return all;
}

/// A document with one statement, `more` in addition to its effect.
std::string document_with(std::string_view more) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)" + std::string(more) + "}]}";
}

std::string on_s3(std::string_view condition) {
    return document_with(R"("Action":"s3:*","Resource":"*","Condition":{)" + std::string(condition) + "}");
}

std::string on_resource(std::string_view resource) {
    return document_with(R"("Action":"s3:*","Resource":")" + std::string(resource) + "\"");
}

class EffortTest : public testing::Test {
  protected:
    EffortTest() {
        simulation_.principal = &caller_;
        simulation_.context = &context_;
        set_resources(1, "*");
    }

    void set_resources(std::size_t count, const std::string& resource = "arn:aws:s3:::bucket/object") {
        resources_.assign(count, resource);
        simulation_.resources = resources_;
    }

    std::size_t effort_of(std::string_view text, DocumentKind kind = DocumentKind::identity) {
        const Policy policy = parsed(text, kind);
        const std::vector<SourcedPolicy> list{{&policy, "P", {}}};
        PolicySet& set = simulation_.policies;
        set = {};
        const std::vector<Policies> levels{list};
        if (kind == DocumentKind::scp) {
            set.scp = levels;
        } else if (kind == DocumentKind::resource) {
            set.resource = list;
        } else if (kind == DocumentKind::boundary) {
            set.boundary = list;
        } else {
            set.identity = list;
        }
        const std::size_t effort = effort_of_an_action(simulation_, action_size);
        set = {};
        return effort;
    }

    Principal caller_ = alice();
    MapContext context_;
    std::vector<std::string> resources_;
    Simulation simulation_;
};

TEST_F(EffortTest, OfUsualPoliciesIsSmall) {
    context_ = context_of({{"aws:username", "alice"}, {"s3:prefix", "home/alice"}});
    set_resources(10);
    const std::string statement = R"({"Effect":"Allow","Action":["s3:Get*","s3:*Object*"],)"
                                  R"("Resource":["arn:aws:s3:::*-data/${aws:username}/*","arn:aws:s3:::b"],)"
                                  R"("Condition":{"StringLike":{"s3:prefix":["","home/*","home/${aws:username}/*"]}}})";
    const std::string ten = R"({"Version":"2012-10-17","Statement":[)" + repeated(statement, 10, ",") + "]}";
    EXPECT_LT(effort_of(ten), 1 * milliseconds);
}

TEST_F(EffortTest, CountsResources) {
    const std::string text = on_resource("arn:aws:s3:::b/*");
    set_resources(1);
    const std::size_t one = effort_of(text);
    set_resources(1000);
    EXPECT_GE(effort_of(text), 500 * one);
}

TEST_F(EffortTest, CountsEveryPattern) {
    const std::string many = repeated(R"("arn:aws:iam::111111111111:user/bob")", 3000, ",");
    const std::size_t least = 3000 * 32;
    EXPECT_GE(effort_of(document_with(R"("Resource":"*","Action":[)" + repeated(R"("s3:a")", 3000, ",") + "]")), least);
    EXPECT_GE(effort_of(document_with(R"("Action":"s3:*","Resource":[)" + many + "]")), least);
    EXPECT_GE(effort_of(document_with(R"("Action":"s3:*","Resource":"*","Principal":{"AWS":[)" + many + "]}"),
                        DocumentKind::resource),
              least);
    context_ = context_of({{"x:key", "5"}});
    EXPECT_GE(effort_of(on_s3(R"("StringEquals":{"x:key":[)" + repeated(R"("a")", 3000, ",") + "]}")), least);
    EXPECT_GE(effort_of(on_s3(R"("NumericEquals":{"x:key":[)" + repeated("7", 3000, ",") + "]}")), least);
    EXPECT_GE(effort_of(on_s3(R"("ArnLike":{"x:key":[)" + many + "]}")), least);
}

TEST_F(EffortTest, CountsWhatAStarTriesAtEveryPlace) {
    const std::string pattern = "*" + repeated("?a", 50);
    const std::string patterns = repeated("\"s3:" + pattern + "\"", 1000, ",");
    EXPECT_GE(effort_of(document_with(R"("Resource":"*","Action":[)" + patterns + "]")), 1 * milliseconds);
    set_resources(1, "arn:aws:s3:::" + std::string(2000, 'a'));
    EXPECT_GE(effort_of(on_resource("arn:aws:s3:::" + pattern)), 2000U * 100);
    context_ = context_of({{"x:key", std::string(100'000, 'a')}});
    EXPECT_GE(effort_of(on_s3(R"("StringLike":{"x:key":")" + pattern + "\"}")), 100'000U * 100);
    EXPECT_LT(effort_of(on_s3(R"("StringLike":{"x:other":")" + pattern + "\"}")), 1 * milliseconds)
        << "a long value counts where it is looked at";
}

TEST_F(EffortTest, CountsVariablesWithTheLengthOfTheirValues) {
    const std::string many = repeated("${x:key}", 12'000);
    context_ = context_of({{"x:key", ""}});
    const std::size_t with_empty_value = effort_of(on_resource("arn:aws:s3:::" + many));
    EXPECT_GE(with_empty_value, 12'000U * 64) << "each is looked up";
    context_ = context_of({{"x:key", std::string(10'000, 'v')}});
    EXPECT_GE(effort_of(on_resource("arn:aws:s3:::" + many)), with_empty_value + 5 * milliseconds);
    EXPECT_GE(effort_of(on_s3(R"("StringEquals":{"x:key":")" + many + "\"}")), with_empty_value + 5 * milliseconds);
    context_.set("x:key", Values::list(std::vector<std::string>(3000, "v")));
    const std::string of_a_list = repeated(R"("arn:aws:s3:::${x:key}")", 1000, ",");
    EXPECT_GE(effort_of(document_with(R"("Action":"s3:*","Resource":[)" + of_a_list + "]")), 100 * milliseconds)
        << "a list is no value, but it is looked up, too";
    context_ = context_of({{"x:other", "o"}});
    const std::string fallbacks = repeated("${x:key, '" + std::string(1000, 'd') + "'}", 100);
    EXPECT_GE(effort_of(on_s3(R"("StringEquals":{"x:other":")" + fallbacks + "\"}")), 100U * (64 + 1000 / 16));
}

TEST_F(EffortTest, CountsEveryValueOfAList) {
    context_.set("x:key", Values::list(std::vector<std::string>(3000, "v")));
    const std::string operands = repeated(R"("a")", 15'000, ",");
    EXPECT_GE(effort_of(on_s3(R"("ForAnyValue:StringEquals":{"x:key":[)" + operands + "]}")), 1000 * milliseconds);
    const std::string numbers = repeated("7", 15'000, ",");
    EXPECT_GE(effort_of(on_s3(R"("ForAnyValue:NumericEquals":{"x:key":[)" + numbers + "]}")), 1000 * milliseconds);
    EXPECT_GE(effort_of(on_s3(R"("Null":{"x:key":"true"})")), 3000U * 64)
        << "asked for only to see whether it is there";
}

TEST_F(EffortTest, CountsAllPoliciesScpsToo) {
    set_resources(1000);
    const std::string text = on_resource("arn:aws:s3:::b/*");
    const std::size_t without = effort_of(text);
    for (const DocumentKind kind : {DocumentKind::identity, DocumentKind::boundary, DocumentKind::scp}) {
        const std::string values = repeated(R"("arn:aws:s3:::b/*")", 1400, ",");
        EXPECT_GE(effort_of(document_with(R"("Action":"s3:*","Resource":[)" + values + "]"), kind),
                  without + 1000U * 1399 * 32);
    }
    const std::vector<SourcedPolicy> unreadable{{nullptr, "P", {}}};
    const std::vector<Policies> levels{unreadable};
    simulation_.policies.scp = levels;
    EXPECT_GT(effort_of_an_action(simulation_, action_size), 0U);
}

TEST_F(EffortTest, CountsTheAnswer) {
    set_resources(1000);
    const std::string statement = R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})";
    const std::string hundred = R"({"Version":"2012-10-17","Statement":[)" + repeated(statement, 100, ",") + "]}";
    EXPECT_GE(effort_of(hundred), 1000U * 100 * 450 * 2) << "each resource may show each statement";
    const std::string long_key = "x:" + repeated("k", 10'000);
    EXPECT_GE(effort_of(on_s3(R"("Null":{")" + long_key + R"(":"true"})")), 1000U * 5 * 10'000 * 2)
        << "each resource may show each key that is missing";
    const std::size_t short_names = effort_of(on_resource("*"));
    set_resources(1000, "arn:aws:s3:::" + std::string(2000, '&'));
    EXPECT_GE(effort_of(on_resource("*")), short_names + 1000U * 1900 * 5 * 2);
}

}  // namespace
}  // namespace iamlocal::policy
