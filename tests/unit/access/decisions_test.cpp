// The decision log: a ring that remembers what each decision was made on.
#include "access/decisions.hpp"

#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "unit/api/fixture.hpp"

namespace iamlocal::access {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

class DecisionsTest : public api::ApiTest {
  protected:
    DecisionsTest() { call_.record = &record_; }

    /// Asks for permission and takes the answer; the record says more.
    bool may(std::string_view action, const Target& target) {
        record_.clear();
        return !authorize(action, target).refused();
    }
    /// The record as the log would keep it. The identity is the fixture's own.
    const DecisionRecord& kept() {
        record_.time = now_;
        record_.caller = std::shared_ptr<const Identity>(&identity_, [](const Identity*) {});
        return record_;
    }
    /// The condition keys of a check, each as `name=value`, or with the first value of several.
    std::vector<std::string> context_of_check(std::size_t check) {
        const Replay replay(kept(), record_.checks[check], {});
        std::vector<std::string> lines;
        for (const auto& [key, values] : replay.context()) lines.push_back(std::string(key) + "=" + values.items.at(0));
        return lines;
    }

    DecisionRecord record_;
};

Target bob() {
    Target target;
    target.resource = "arn:aws:iam::111122223333:user/bob";
    target.shown = "user bob";
    return target;
}

TEST_F(DecisionsTest, ARecordHasEveryCheckAlsoAfterTheRefusal) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":["iam:CreateUser","iam:GetUser"],"Resource":"*"})"));
    Target target = bob();
    target.dependent_permissions.push_back({"iam:TagUser", "arn:aws:iam::111122223333:user/bob"});
    target.dependent_permissions.push_back({"iam:PassRole", "arn:aws:iam::111122223333:role/job"});
    EXPECT_FALSE(may("iam:CreateUser", target));
    EXPECT_EQ(record_.kind, DecisionRecord::Kind::made);
    EXPECT_EQ(record_.action, "iam:CreateUser");
    ASSERT_EQ(record_.checks.size(), 3u);
    EXPECT_EQ(record_.checks[0].outcome, policy::Outcome::allowed);
    EXPECT_EQ(record_.permission(record_.checks[1]).action, "iam:TagUser");
    EXPECT_EQ(record_.permission(record_.checks[2]).action, "iam:PassRole");
    EXPECT_EQ(record_.main_check(), &record_.checks[1]);
    EXPECT_TRUE(record_.denied());
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_FALSE(record_.denied());
    EXPECT_EQ(record_.main_check(), &record_.checks[0]);
}

TEST_F(DecisionsTest, ARecordSaysWhyNothingWasDecided) {
    sign_in("alice", document(R"({"Effect":"Deny","Action":"*","Resource":"*"})"));
    EXPECT_TRUE(may("sts:GetCallerIdentity", needs_no_permission()));
    EXPECT_EQ(record_.kind, DecisionRecord::Kind::exempt);
    EXPECT_THAT(record_.checks, IsEmpty());
    EXPECT_EQ(record_.main_check(), nullptr);
    env_.enforcement = Enforcement::off;
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_EQ(record_.kind, DecisionRecord::Kind::off);
}

TEST_F(DecisionsTest, UnderAuditTheRecordHasTheRefusal) {
    sign_in("alice", document(R"({"Effect":"Deny","Action":"*","Resource":"*"})"));
    env_.enforcement = Enforcement::audit;
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_TRUE(record_.denied());
    EXPECT_EQ(record_.main_check()->outcome, policy::Outcome::explicit_deny);
}

TEST_F(DecisionsTest, AReplayHasTheKeysThatMayMatter) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:Get*","Resource":"*","Condition":{
        "StringEquals":{"aws:UserAgent":"tester/1","AWS:useragent":"tester/1"},"Null":{"aws:MultiFactorAuthAge":"true"}}},
        {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}})"));
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_THAT(context_of_check(0), ElementsAre("aws:useragent=tester/1"));
}

TEST_F(DecisionsTest, EveryKindOfKeyOutlivesTheRequest) {
    const store::User user = add_user("bob", {{"Stage", "test"}});
    const std::string keys[] = {"aws:CurrentTime",     "aws:PrincipalArn",      "aws:PrincipalTag/Team",
                                "aws:Referer",         "aws:RequestTag/Cost",   "aws:RequestedRegion",
                                "aws:ResourceAccount", "aws:ResourceTag/Stage", "aws:SecureTransport",
                                "aws:SourceIp",        "aws:TagKeys",           "aws:UserAgent",
                                "aws:username",        "iam:PolicyARN",         "iam:ResourceTag/Stage"};
    std::string statements;
    for (const std::string& key : keys)
        statements +=
            (statements.empty() ? "" : ",") +
            (R"({"Effect":"Allow","Action":"iam:Get*","Resource":"*","Condition":{"Null":{")" + key + R"(":"true"}}})");
    sign_in("alice", document(statements));
    identity_.tags = {{"Team", "a"}};
    std::vector<store::Tag> sent = {{"Cost", "7"}};
    std::vector<std::string> expected;
    {
        Target target = bob();
        target.tags = {.id = user.id, .as_iam_keys = true};
        target.request_tags = sent;
        target.keys.push_back({"iam:policyarn", policy::Values::single("arn:aws:iam::aws:policy/X")});
        Permission further{"iam:GetRole", "arn:aws:iam::111122223333:role/job"};
        further.sees_request_tags = false;
        target.dependent_permissions.push_back(further);
        EXPECT_FALSE(may("iam:GetUser", target));
        target.tags.tags = store::tags::all(tx_, account, user.id);
        const PermissionKeys live({.caller = identity_,
                                   .organization = nullptr,
                                   .facts = facts_,
                                   .owner = account.view(),
                                   .sent = {target.request_tags, {}},
                                   .tags = target.tags,
                                   .keys = target.keys});
        for (const std::string& key : keys)
            expected.push_back(fold_case(key) + "=" + live.find(fold_case(key)).value().items.at(0));
    }
    sent[0].value = "another";
    facts_.user_agent = "another";
    store::tags::set(tx_, account, user.id, std::vector<store::Tag>{{"Stage", "another"}});
    EXPECT_THAT(context_of_check(0), UnorderedElementsAreArray(expected));
    EXPECT_THAT(context_of_check(1), AllOf(Not(Contains(HasSubstr("aws:requesttag"))), Contains("aws:username=alice"),
                                           Not(Contains(HasSubstr("resourcetag")))));
}

TEST_F(DecisionsTest, TagsOfTheResourceAreReadOnlyWherePoliciesNameThem) {
    const store::User user = add_user("bob", {{"Stage", "test"}});
    Target target = bob();
    target.tags.id = user.id;
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:*","Resource":"*"})"));
    EXPECT_TRUE(may("iam:GetUser", target));
    EXPECT_THAT(record_.target.tags.tags, IsEmpty());
    sign_in("alice",
            document(R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${AWS:resourceTAG/Stage}"})"));
    EXPECT_TRUE(may("iam:GetUser", target));
    EXPECT_THAT(record_.target.tags.tags, SizeIs(1));
}

TEST_F(DecisionsTest, HeadersAreKeptWhereAnyPolicyMayAskForThem) {
    const std::string all = document(R"({"Effect":"Allow","Action":"*","Resource":"*"})");
    const std::string condition = R"("Condition":{"StringLike":{"aws:UserAgent":"*"}})";
    sign_in("alice", all);
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_EQ(record_.request.user_agent, "");

    Target job;
    job.resource = "arn:aws:iam::111122223333:role/job";
    const std::string trust = document(
        R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole",)" +
        condition + "}");
    job.resource_policy =
        ResourcePolicy{cache_.get(trust, policy::DocumentKind::trust), account, policy::ResourcePolicyPart::trust};
    EXPECT_TRUE(may("sts:AssumeRole", job));
    EXPECT_EQ(record_.request.user_agent, "tester/1");
    EXPECT_EQ(record_.request.referer, "https://example.com/");
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_EQ(record_.request.user_agent, "");

    store::DeclaredOrganization declared;
    declared.id = "o-exampleorgid";
    declared.units = {{"/", "r-exam"}};
    declared.accounts = {{account, "/"}};
    declared.policies = {{store::ControlPolicyKind::service,
                          "agents",
                          document(R"({"Effect":"Deny","Action":"s3:*","Resource":"*",)" + condition + "}"),
                          {"/"}}};
    call_.organization = std::make_shared<const Organization>(declared, cache_, unreadable_);
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_EQ(record_.request.user_agent, "tester/1");
}

TEST_F(DecisionsTest, ARequestThatFailsAmidItsDecisionIsNone) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})"));
    const Target target = bob();
    record_.begin({identity_, nullptr, facts_, "iam:GetUser", target, {}});
    EXPECT_EQ(record_.kind, DecisionRecord::Kind::none);
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_EQ(record_.kind, DecisionRecord::Kind::made);
}

TEST_F(DecisionsTest, WhatTheDecisionNeverLookedAtIsKeptForTheExplanation) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:*","Resource":"*"},
        {"Effect":"Allow","Action":"iam:Get*","Resource":"*","Condition":{"StringEquals":{"aws:UserAgent":"other"}}})"));
    EXPECT_TRUE(may("iam:GetUser", bob()));  // by the first statement, so that the second does not matter
    const Replay replay(kept(), *record_.main_check(), {});
    EXPECT_EQ(replay.explain().policies.at(0).statements.at(1).text,
              R"(Condition StringEquals aws:UserAgent "other": the request has "tester/1")");
}

TEST_F(DecisionsTest, AnyNumberOfKeysIsKept) {
    std::string conditions;
    for (int i = 0; i < 100; ++i)
        conditions.append(i == 0 ? "" : ",").append(R"("aws:PrincipalTag/)" + std::to_string(i) + R"(":"yes")");
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{)" +
                              conditions + "}}}"));
    for (int i = 0; i < 100; ++i) identity_.tags.push_back({std::to_string(i), "yes"});
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_THAT(context_of_check(0), SizeIs(100));
}

TEST_F(DecisionsTest, WithoutConditionsNoKeyIsKept) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:Get*","Resource":"*"})"));
    EXPECT_TRUE(may("iam:GetUser", bob()));
    EXPECT_THAT(context_of_check(0), IsEmpty());
}

TEST_F(DecisionsTest, AReplaySeesWhatTheDecisionSaw) {
    sign_in("alice", document(R"({"Sid":"Mine","Effect":"Allow","Action":"iam:Get*",
      "Resource":"*","Condition":{"StringEquals":{"aws:UserAgent":"other"}}})"));
    EXPECT_FALSE(may("iam:GetUser", bob()));
    facts_.user_agent = "other";  // the request is over and done with
    const Replay replay(kept(), *record_.main_check(), {});
    const policy::Explanation explanation = replay.explain();
    EXPECT_EQ(explanation.outcome, policy::Outcome::implicit_deny);
    const policy::StatementReport& line = explanation.policies.at(0).statements.at(0);
    EXPECT_EQ(line.text, R"(Condition StringEquals aws:UserAgent "other": the request has "tester/1")");
    EXPECT_EQ(line.element.line, 2u);
    EXPECT_EQ(replay.request().resource, "arn:aws:iam::111122223333:user/bob");
}

TEST_F(DecisionsTest, AReplayKnowsTheTrustPolicy) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"sts:*","Resource":"*"})"));
    const std::string text =
        document(R"({"Effect":"Allow","Principal":{"AWS":"AIDABOBBOBBOBBOBBOB12"},"Action":"sts:AssumeRole"})");
    Target target;
    target.resource = "arn:aws:iam::111122223333:role/job";
    target.resource_policy =
        ResourcePolicy{cache_.get(text, policy::DocumentKind::trust), account, policy::ResourcePolicyPart::trust};
    EXPECT_FALSE(may("sts:AssumeRole", target));
    target.resource_policy.reset();
    const std::string shown = document(
        R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"sts:AssumeRole"})");
    const Replay replay(kept(), *record_.main_check(), shown);
    const policy::Explanation explanation = replay.explain();
    EXPECT_EQ(explanation.decided_by, policy::PolicyType::trust);
    const policy::PolicyReport& trust = explanation.policies.at(explanation.policies.size() - 1);
    EXPECT_EQ(trust.type, policy::PolicyType::trust);
    EXPECT_EQ(trust.name, "arn:aws:iam::111122223333:role/job");
    EXPECT_THAT(trust.statements.at(0).text,
                HasSubstr(R"(Principal {"AWS": "arn:aws:iam::111122223333:user/bob"} does not name)"));
}

// --- the ring ----------------------------------------------------------------------------------------------------

std::unique_ptr<DecisionRecord> numbered(int number) {
    auto record = std::make_unique<DecisionRecord>();
    record->id = std::to_string(number);
    record->kind = DecisionRecord::Kind::exempt;
    return record;
}

void fill(DecisionLog& log, int first, int last) {
    for (int i = first; i <= last; ++i) {
        std::unique_ptr<DecisionRecord> record = numbered(i);
        log.add(record);
    }
}

std::vector<std::string> back(const DecisionLog& log, std::uint64_t before = UINT64_MAX) {
    std::vector<std::string> ids;
    log.visit_back(before, [&](const DecisionRecord& record) {
        ids.push_back(record.id);
        return true;
    });
    return ids;
}

TEST(DecisionLog, KeepsTheLast) {
    DecisionLog log(3);
    EXPECT_EQ(log.newest(), 0u);
    EXPECT_THAT(back(log), IsEmpty());
    fill(log, 1, 2);
    EXPECT_THAT(back(log), ElementsAre("2", "1"));
    fill(log, 3, 7);
    EXPECT_THAT(back(log), ElementsAre("7", "6", "5"));
    EXPECT_THAT(back(log, 7), ElementsAre("6", "5"));
    EXPECT_THAT(back(log, 5), IsEmpty());
    EXPECT_THAT(back(log, 0), IsEmpty());
    EXPECT_EQ(log.newest(), 7u);
    EXPECT_FALSE(log.find("4"));
    EXPECT_EQ(log.find("6")->sequence, 6u);
}

TEST(DecisionLog, SaysWhatAFollowerHasMissed) {
    DecisionLog log(3);
    std::vector<std::string> seen;
    const auto follow = [&](std::uint64_t after) {
        seen.clear();
        return log.visit_on(after, [&](const DecisionRecord& record) {
            seen.push_back(record.id);
            return true;
        });
    };
    fill(log, 1, 2);
    EXPECT_EQ(follow(0), 0u);
    EXPECT_THAT(seen, ElementsAre("1", "2"));
    EXPECT_EQ(follow(2), 0u);
    EXPECT_THAT(seen, IsEmpty());
    fill(log, 3, 9);
    EXPECT_EQ(follow(2), 4u);
    EXPECT_THAT(seen, ElementsAre("7", "8", "9"));
}

TEST(DecisionLog, ForgetsWhatItIsToldToAndGoesOn) {
    DecisionLog log(3);
    fill(log, 1, 5);
    log.clear();
    EXPECT_THAT(back(log), IsEmpty());
    EXPECT_FALSE(log.find("5"));
    fill(log, 6, 6);
    EXPECT_THAT(back(log), ElementsAre("6"));
    fill(log, 7, 10);
    EXPECT_THAT(back(log), ElementsAre("10", "9", "8"));
}

/// A caller with one policy of this many characters.
std::shared_ptr<const Identity> caller_with(policy::Cache& cache, std::size_t size, std::string arn = {}) {
    auto identity = std::make_shared<Identity>();
    std::string text = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
    text.append(size - text.size(), ' ');
    identity->identity_policies.add(cache,
                                    {store::PolicyOrigin::inlined, "wide", std::move(arn), {}, std::move(text), {}},
                                    policy::DocumentKind::identity);
    return identity;
}

/// How many records the log keeps after `count` more of these callers.
std::size_t kept_after(DecisionLog& log, int count, const std::function<std::shared_ptr<const Identity>()>& caller) {
    for (int i = 0; i < count; ++i) {
        std::unique_ptr<DecisionRecord> record = numbered(i);
        record->caller = caller();
        log.add(record);
    }
    std::size_t kept = 0;
    log.visit_back(UINT64_MAX, [&](const DecisionRecord&) { return ++kept > 0; });
    return kept;
}

TEST(DecisionLog, KeepsFewerRecordsWhereTheyAreLarge) {
    policy::Cache cache(16, 1 << 20);
    DecisionLog log(100, 10'500);
    EXPECT_EQ(kept_after(log, 200, [&] { return caller_with(cache, 1'000); }), 10u);
    EXPECT_EQ(kept_after(log, 200, [&] { return caller_with(cache, 100); }), 100u);
    EXPECT_EQ(kept_after(log, 1, [&] { return caller_with(cache, 100'000); }), 1u);  // the newest, whatever its size
    // One caller counts once, and AWS's texts are not the record's.
    const auto alice = caller_with(cache, 5'000);
    EXPECT_EQ(kept_after(log, 200, [&] { return alice; }), 100u);
    EXPECT_EQ(kept_after(log, 200, [&] { return caller_with(cache, 5'000, "arn:aws:iam::aws:policy/Wide"); }), 100u);
    log.clear();
    EXPECT_EQ(kept_after(log, 200, [&] { return caller_with(cache, 1'000); }), 10u);
}

TEST(DecisionLog, CountsWhatConditionKeysNeed) {
    const std::string large(1'000, 'x');
    const std::function<void(DecisionRecord&)> fillers[] = {
        [&](DecisionRecord& record) { record.request.user_agent = large; },
        [&](DecisionRecord& record) { record.request.referer = large; },
        [&](DecisionRecord& record) {
            record.target.request_tags = {{"key", large}};
        },
        [&](DecisionRecord& record) { record.target.tag_keys = {large}; },
        [&](DecisionRecord& record) {
            record.target.tags.tags.push_back({large, "value"});
        },
        [&](DecisionRecord& record) {
            record.target.keys.emplace_back("sts:externalid", policy::Values::single(large));
        },
    };
    for (const auto& fill : fillers) {
        SCOPED_TRACE(&fill - fillers);
        DecisionLog log(100, 10'500);
        for (int i = 0; i < 50; ++i) {
            std::unique_ptr<DecisionRecord> record = numbered(i);
            fill(*record);
            log.add(record);
        }
        EXPECT_EQ(back(log).size(), 10u);
    }
}

TEST(DecisionLog, KeepsNoMemoryOfLargeTexts) {
    DecisionRecord record;
    record.request.user_agent = std::string(60'000, 'x');
    record.clear();
    EXPECT_LT(record.request.user_agent.capacity(), 2'000u);
    record.request.user_agent = "Boto3/1.43.0 md/Botocore#1.43.0";
    const std::size_t kept = record.request.user_agent.capacity();
    record.clear();
    EXPECT_EQ(record.request.user_agent.capacity(), kept);
}

TEST(DecisionLog, IsOffWithoutRoom) {
    EXPECT_FALSE(DecisionLog(0).enabled());
    EXPECT_TRUE(DecisionLog(1).enabled());
}

TEST(DecisionLog, GivesAClearRecordBack) {
    DecisionLog log(1);
    std::unique_ptr<DecisionRecord> record = numbered(1);
    record->checks.emplace_back();
    log.add(record);
    EXPECT_EQ(record->kind, DecisionRecord::Kind::none);
    record = numbered(2);
    log.add(record);
    EXPECT_EQ(record->id, "");
    EXPECT_THAT(record->checks, IsEmpty());
}

TEST(DecisionLog, TakesRecordsOfManyThreads) {
    DecisionLog log(64);
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) threads.emplace_back([&log, t] { fill(log, t * 1000, t * 1000 + 999); });
    std::uint64_t seen = 0;
    std::uint64_t counted = 0;
    while (seen < 4000) {
        counted += log.visit_on(seen, [&](const DecisionRecord& record) {
            EXPECT_GT(record.sequence, seen);
            seen = record.sequence;
            ++counted;
            return true;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(counted, 4000u) << "seen and lost together";
    EXPECT_EQ(back(log).size(), 64u);
}

}  // namespace
}  // namespace iamlocal::access
