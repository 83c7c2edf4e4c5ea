#include "policy/index.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "policy/evaluate.hpp"
#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

TEST(Filter, LetsPassWhatMatches) {
    struct Row {
        std::string_view pattern, subject;
        bool passes;
    };
    constexpr Row rows[]{
        {"*", "", true},
        {"*", "anything", true},
        {"iam:get*", "iam:getuser", true},
        {"iam:get*", "iam:get", true},
        {"iam:get*", "iam:ge", false},
        {"iam:get*", "iam:listusers", false},
        {"iam:*", "ec2:getuser", false},
        {"ec2:describeinstances", "ec2:describeinstances", true},
        {"ec2:describeinstances", "ec2:describeinstancestatus", false},
        {"ec2:describeinstances", "ec2:describeimages", false},
        {"ec2:describeinstances", "xyz:abcdefghinstances", true},  // only the last eight bytes are compared
        {"a:b", "a:b", true},
        {"a:b", "a:bc", false},
        {"a:b", "a:", false},
        {"", "", true},
        {"", "a", false},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.pattern) + " ~ " + std::string(row.subject));
        EXPECT_EQ(Filter(Glob::parse(row.pattern, {.wildcards = true})).passes(SubjectPrefix(row.subject)), row.passes);
    }
    EXPECT_TRUE(Filter().passes(SubjectPrefix("anything")));
}

TEST(Filter, LongTexts) {
    for (const std::size_t size : {100U, 127U, 128U, 129U, 240U, 300U}) {
        SCOPED_TRACE(size);
        const std::string text = std::string(size - 1, 'a') + "b";
        EXPECT_TRUE(Filter(Glob::parse(text, {})).passes(SubjectPrefix(text)));
        EXPECT_TRUE(Filter(Glob::parse(text + "*", {.wildcards = true})).passes(SubjectPrefix(text + "c")));
    }
    EXPECT_FALSE(Filter(Glob::parse(std::string(120, 'a'), {})).passes(SubjectPrefix(std::string(121, 'a'))));
}

std::vector<std::size_t> candidates(const Policy& policy, std::string_view action, std::string_view resource,
                                    Wanted wanted = Wanted::all, const RequestContext* context = nullptr) {
    const Request request{nullptr, action, resource, "", context};
    const Subject subject(request);
    const IndexTarget target(subject);
    Index::Walk walk(policy.index, target);
    std::vector<std::size_t> found;
    while (const auto next = walk.next(wanted)) found.push_back(*next);
    return found;
}

Policy policy_of(std::string_view statements) {
    return parsed(fmt::format(R"({{"Version":"2012-10-17","Statement":[{}]}})", statements), DocumentKind::identity,
                  Strictness::lenient);
}

using Numbers = std::vector<std::size_t>;

TEST(Index, LeavesOutWhatCannotMatch) {
    const Policy policy = policy_of(R"(
        {"Effect":"Allow","Action":"iam:Get*","Resource":"*"},
        {"Effect":"Deny","Action":"*","Resource":"*"},
        {"Effect":"Allow","Action":["ec2:*","iam:List*","iam:GetUser"],"Resource":"*"},
        {"Effect":"Allow","NotAction":"iam:*","Resource":"*"},
        {"Effect":"Deny","Action":"IAM:GetUser","Resource":["arn:aws:iam::1:user/a*","arn:aws:iam::1:user/b"]},
        {"Effect":"Allow","Action":"iam:*","NotResource":"arn:aws:iam::1:user/a"},
        {"Effect":"Allow","Action":"iam:","Resource":"*"},
        {"Effect":"Allow","Action":["s3:*","*"],"Resource":"arn:aws:s3:::*"})");
    EXPECT_EQ(candidates(policy, "iam:GetUser", "arn:aws:iam::1:user/alice"), (Numbers{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(candidates(policy, "iam:getuser", "arn:aws:iam::1:user/b"), (Numbers{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(candidates(policy, "iam:GetUser", "arn:aws:iam::1:user/c"), (Numbers{0, 1, 2, 3, 5}));
    EXPECT_EQ(candidates(policy, "iam:ListUsers", "*"), (Numbers{1, 2, 3, 5}));
    EXPECT_EQ(candidates(policy, "ec2:RunInstances", "*"), (Numbers{1, 2, 3}));
    EXPECT_EQ(candidates(policy, "sqs:SendMessage", "arn:aws:s3:::b"), (Numbers{1, 3, 7}));
    EXPECT_EQ(candidates(policy, "iam:GetUser", "arn:aws:iam::1:user/alice", Wanted::denials), (Numbers{1, 4}));
    EXPECT_EQ(candidates(policy, "iam", "*"), (Numbers{1, 3}));
}

TEST(Index, IsNotForAFewStatements) {
    EXPECT_TRUE(policy_of(R"({"Effect":"Allow","Action":"iam:*","Resource":"*"})").index.empty());
}

TEST(Index, IsNotForStatementsAboutEverything) {
    const std::string everything = R"({"Effect":"Allow","Action":"*","Resource":"*"})";
    const std::string four = fmt::format("{0},{0},{0},{0}", everything);
    EXPECT_TRUE(policy_of(four).index.empty());
    EXPECT_TRUE(
        policy_of(four + R"(,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"true"}}})")
            .index.empty());
    EXPECT_FALSE(
        policy_of(four + R"(,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"a:b":"c"}}})")
            .index.empty());
    EXPECT_FALSE(policy_of(four + R"(,{"Effect":"Deny","Action":"iam:*","Resource":"*"})").index.empty());
    EXPECT_FALSE(policy_of(four + R"(,{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b"})").index.empty());
}

TEST(Index, ServicesThatBeginAlikeShareAGroup) {
    const Policy policy = policy_of(R"(
        {"Effect":"Allow","Action":"elasticache:*","Resource":"*"},
        {"Effect":"Allow","Action":"elasticfilesystem:*","Resource":"*"},
        {"Effect":"Allow","Action":"elasticfilesystemx:*","Resource":"*"},
        {"Effect":"Allow","Action":"elastic:*","Resource":"*"})");
    EXPECT_EQ(candidates(policy, "elasticfilesystem:A", "*"), (Numbers{1}));
    EXPECT_EQ(candidates(policy, "elastic:A", "*"), (Numbers{3}));
}

TEST(Index, VariablesAndWildcardsPass) {
    const Policy policy = policy_of(R"(
        {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::${aws:username}"},
        {"Effect":"Allow","Action":"s3:*","Resource":"arn:*:s3:::b"},
        {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${*}"},
        {"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3"})");
    EXPECT_EQ(candidates(policy, "s3:A", "arn:aws:s3:::b"), (Numbers{0, 1, 3}));
    EXPECT_EQ(candidates(policy, "s3:A", "arn:aws:s3:::b/*"), (Numbers{0, 1, 2, 3}));
}

TEST(Index, LeavesOutOtherValuesOfConditions) {
    const Policy policy = policy_of(R"(
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":["alice","bob"]}}},
        {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:username":"a*"}}},
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::1:*"}}},
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:username":"alice"}}},
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:username":"bob"}}},
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:username":"x"}}},
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEqualsIgnoreCase":{"aws:username":"x"}}},
        {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"},
         "StringEquals":{"aws:PrincipalTag/Team":"${aws:username}","aws:username":"nobody"}}},
        {"Effect":"Allow","Action":"*","Resource":"*"})");
    const MapContext alice = context_of({{"aws:username", "alice"}});
    EXPECT_EQ(candidates(policy, "iam:GetUser", "*", Wanted::all, &alice), (Numbers{0, 1, 3, 4, 5, 6, 8}));
    EXPECT_EQ(candidates(policy, "iam:GetUser", "*", Wanted::denials, &alice), (Numbers{1}));
    const MapContext bob = context_of({{"aws:username", "bob"}, {"aws:PrincipalTag/Team", "bob"}});
    EXPECT_EQ(candidates(policy, "iam:GetUser", "*", Wanted::all, &bob), (Numbers{0, 3, 4, 5, 6, 7, 8}));
    EXPECT_EQ(candidates(policy, "iam:GetUser", "*"), (Numbers{3, 4, 5, 6, 8}));
    MapContext several;
    several.set("aws:username", Values::list({"alice"}));
    several.set("aws:PrincipalArn", std::string("arn:aws:iam::1:user/alice"));
    EXPECT_EQ(candidates(policy, "iam:GetUser", "*", Wanted::all, &several), (Numbers{2, 3, 4, 5, 6, 8}));
}

TEST(Index, AnyNumberOfKeys) {
    std::string statements;
    for (int i = 0; i < 100; ++i)
        statements += fmt::format(
            R"({}{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:PrincipalTag/{}":"x"}}}}}})",
            i == 0 ? "" : ",", i);
    const Policy policy = policy_of(statements);
    const MapContext context = context_of({{"aws:PrincipalTag/3", "x"}, {"aws:PrincipalTag/90", "x"}});
    const Request request{nullptr, "iam:GetUser", "*", "", &context};
    const Numbers found = candidates(policy, "iam:GetUser", "*", Wanted::all, &context);
    EXPECT_LT(found.size(), 100u);
    EXPECT_TRUE(std::binary_search(found.begin(), found.end(), 3u));
    EXPECT_TRUE(std::binary_search(found.begin(), found.end(), 90u));
    const std::vector<Match> matches = match_statements(policy, request);
    EXPECT_EQ(std::count_if(matches.begin(), matches.end(), [](const Match& match) { return match.applies(); }), 2);
}

/// What every candidate is for: each statement that applies must be one.
TEST(Index, LosesNothing) {
    const std::vector<std::string> actions{"*",       "iam:*",       "iam:Get*", "iam:GetUser",  "iam:?etUser",
                                           "iam:*er", "sts:Assume*", "iam:",     "IAM:GETUSERS", "i*:GetUser"};
    const std::vector<std::string> resources{"*",
                                             "arn:aws:iam::111111111111:user/alice",
                                             "arn:aws:iam::111111111111:user/al*",
                                             "arn:aws:iam::111111111111:*",
                                             "arn:aws:iam::*:user/alice",
                                             "arn:aws:iam",
                                             "arn:*",
                                             "arn:aws:iam::111111111111:user/${aws:username}",
                                             "arn:aws:iam::222222222222:user/alice"};
    std::string statements;
    for (const std::string& action : actions) {
        for (const std::string& resource : resources) {
            for (const std::string_view negation : {"", "Not"}) {
                statements += fmt::format(R"({}{{"Effect":"Allow","{}Action":["{}"],"{}Resource":["{}"]}})",
                                          statements.empty() ? "" : ",", negation, action, negation, resource);
            }
        }
    }
    const Policy policy = policy_of(statements);
    const MapContext context = context_of({{"aws:username", "alice"}});
    for (const std::string_view action : {"iam:GetUser", "iam:GetUsers", "iam:get", "sts:AssumeRole", "iam", "iam:"}) {
        for (const std::string_view resource : {"*", "arn:aws:iam::111111111111:user/alice", "arn:aws:iam::1:x", ""}) {
            SCOPED_TRACE(fmt::format("{} {}", action, resource));
            const Numbers found = candidates(policy, action, resource);
            const std::vector<Match> matches = match_statements(policy, {nullptr, action, resource, "", &context});
            for (std::size_t i = 0; i < matches.size(); ++i) {
                EXPECT_TRUE(!matches[i].applies() || std::binary_search(found.begin(), found.end(), i)) << i;
            }
        }
    }
}

}  // namespace
}  // namespace iamlocal::policy
