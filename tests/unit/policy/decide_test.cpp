#include "policy/decide.hpp"

#include <array>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "policy/document.hpp"
#include "policy/evaluate.hpp"
#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::string_view allow_all =
    R"({"Version": "2012-10-17", "Statement": {"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}})";
constexpr std::string_view allow_and_deny = R"({"Version": "2012-10-17", "Statement": [
    {"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Sid": "D", "Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}]})";
constexpr std::string_view for_bob = R"({"Statement": {"Sid": "R", "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111111111111:user/alice"}, "Action": "*", "Resource": "*"}})";

TEST(Decide, PointsAtThePolicyAndStatement) {
    const Policy all = parsed(allow_all);
    const Policy mixed = parsed(allow_and_deny);
    const std::array<SourcedPolicy, 2> identity{{{&all, "all", {}}, {&mixed, "mixed", "arn:aws:iam::1:policy/mixed"}}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = identity;

    const Decision denied = decide(set, {&caller, "s3:GetObject", "*", "", nullptr});
    EXPECT_EQ(denied.outcome, Outcome::explicit_deny);
    EXPECT_FALSE(denied.allowed());
    EXPECT_EQ(denied.policy, &identity[1]);
    EXPECT_EQ(denied.statement, 1U);
    EXPECT_EQ(reason(denied, "s3:GetObject"), "with an explicit deny in an identity-based policy");
    EXPECT_EQ(reason(denied, "s3:GetObject", PolicyArn::append),
              "with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/mixed");

    const Decision allowed = decide(set, {&caller, "s3:PutObject", "*", "", nullptr});
    EXPECT_TRUE(allowed.allowed());
    EXPECT_EQ(allowed.policy, &identity[0]);
    EXPECT_EQ(reason(allowed, "s3:PutObject"), "");
}

TEST(Decide, AppendsNoArnOfAnInlinePolicy) {
    const Policy mixed = parsed(allow_and_deny);
    const SourcedPolicy inline_policy{&mixed, "mixed", {}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = {&inline_policy, 1};
    const Decision denied = decide(set, {&caller, "s3:GetObject", "*", "", nullptr});
    EXPECT_EQ(reason(denied, "s3:GetObject", PolicyArn::append), "with an explicit deny in an identity-based policy");
}

TEST(Decide, WordsEveryType) {
    struct Row {
        PolicyType type;
        std::string_view implicit, explicit_;
    };
    constexpr Row rows[]{
        {PolicyType::identity, "because no identity-based policy allows the a:B action",
         "with an explicit deny in an identity-based policy"},
        {PolicyType::boundary, "because no permissions boundary allows the a:B action",
         "with an explicit deny in a permissions boundary"},
        {PolicyType::session, "because no session policy allows the a:B action",
         "with an explicit deny in a session policy"},
        {PolicyType::resource, "because no resource-based policy allows the a:B action",
         "with an explicit deny in a resource-based policy"},
        {PolicyType::trust, "because no resource-based policy allows the a:B action",
         "with an explicit deny in a resource-based policy"},
        {PolicyType::scp, "with an explicit deny in a service control policy",
         "with an explicit deny in a service control policy"},
        {PolicyType::rcp, "with an explicit deny in a resource control policy",
         "with an explicit deny in a resource control policy"},
        {PolicyType::scope_down, "because no session policy allows the a:B action",
         "with an explicit deny in a session policy"},
    };
    for (const Row& row : rows) {
        EXPECT_EQ(reason({Outcome::implicit_deny, row.type}, "a:B"), row.implicit);
        EXPECT_EQ(reason({Outcome::explicit_deny, row.type}, "a:B"), row.explicit_);
    }
}

TEST(Decide, NothingComesPastALayer) {
    const Policy all = parsed(allow_all);
    const Policy puts =
        parsed(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Put*","Resource":"*"}})",
               DocumentKind::session);
    const Policy to_everybody = parsed(
        R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}})", DocumentKind::resource);
    const SourcedPolicy whole{&all, "all", {}};
    const SourcedPolicy narrow{&puts, "narrow", {}};
    const SourcedPolicy on_resource{&to_everybody, "resource", {}};
    const std::array<Policies, 2> layers{{{&whole, 1}, {&narrow, 1}}};
    Principal root;
    root.kind = PrincipalKind::root;
    root.arn = "arn:aws:iam::111111111111:root";
    root.account = "111111111111";
    for (const Principal& caller : {alice(), dev_session(), root}) {
        PolicySet set;
        set.identity = {&whole, 1};
        set.resource = Policies{&on_resource, 1};
        EXPECT_TRUE(decide(set, {&caller, "s3:GetObject", "*", "", nullptr}).allowed());
        set.scope_down = layers;
        EXPECT_TRUE(decide(set, {&caller, "s3:PutObject", "*", "", nullptr}).allowed());
        const Decision refused = decide(set, {&caller, "s3:GetObject", "*", "", nullptr});
        EXPECT_EQ(refused.outcome, Outcome::implicit_deny);
        EXPECT_EQ(refused.decided_by, PolicyType::scope_down);
    }
}

TEST(Decide, OfRootASessionPolicyOnlyTakesAway) {
    const Policy task =
        parsed(R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":"iam:Get*","Resource":"*"}})");
    const SourcedPolicy policy{&task, "task", "arn:aws:iam::aws:policy/root-task/Task"};
    Principal root;
    root.kind = PrincipalKind::root;
    root.arn = "arn:aws:iam::111111111111:root";
    root.account = "111111111111";
    PolicySet set;
    set.session = Policies{&policy, 1};
    EXPECT_TRUE(decide(set, {&root, "iam:GetUser", "*", "", nullptr}).allowed());
    const Decision denied = decide(set, {&root, "iam:DeleteUser", "*", "", nullptr});
    EXPECT_EQ(denied.outcome, Outcome::explicit_deny);
    EXPECT_EQ(denied.decided_by, PolicyType::session);
}

TEST(Decide, TracesWhatEachTypeSays) {
    const Policy all = parsed(allow_all);
    const Policy mixed = parsed(allow_and_deny);
    const Policy resource = parsed(for_bob, DocumentKind::resource);
    const SourcedPolicy identity{&mixed, "mixed", {}};
    const SourcedPolicy boundary{&all, "boundary", {}};
    const SourcedPolicy on_resource{&resource, "resource", {}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = {&identity, 1};
    set.boundary = Policies{&boundary, 1};
    set.resource = Policies{&on_resource, 1};

    Trace trace;
    const Decision denied = decide(set, {&caller, "s3:GetObject", "*", "222222222222", nullptr}, trace);
    EXPECT_EQ(denied.outcome, Outcome::explicit_deny);
    EXPECT_TRUE(trace.cross_account);
    EXPECT_EQ(trace.says(PolicyType::identity), TypeVerdict::deny);
    EXPECT_EQ(trace.says(PolicyType::boundary), TypeVerdict::allow);
    EXPECT_EQ(trace.says(PolicyType::resource), TypeVerdict::allow);
    EXPECT_EQ(trace.says(PolicyType::session), std::nullopt);
    EXPECT_EQ(trace.applied.size(), 4U);
    const auto decisive = trace.decisive(denied.outcome);
    ASSERT_EQ(decisive.size(), 1U);
    EXPECT_EQ(decisive[0].source, &identity);
    EXPECT_EQ(decisive[0].statement, 1U);
    EXPECT_TRUE(trace.decisive(Outcome::implicit_deny).empty());

    const Decision allowed = decide(set, {&caller, "s3:PutObject", "*", "111111111111", nullptr}, trace);
    EXPECT_TRUE(allowed.allowed());
    EXPECT_FALSE(trace.cross_account);
    EXPECT_EQ(trace.decisive(allowed.outcome).size(), 3U);
}

/// Enough statements for an index, those for every service among those of one.
constexpr std::string_view interleaved = R"({"Version": "2012-10-17", "Statement": [
    {"Sid": "0", "Effect": "Allow", "Action": "s3:Put*", "Resource": "*"},
    {"Sid": "1", "Effect": "Allow", "Action": ["iam:*", "s3:Get*", "s3:GetObject"], "Resource": "arn:aws:s3:::a*"},
    {"Sid": "2", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
    {"Sid": "3", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    {"Sid": "4", "Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::secret/*"},
    {"Sid": "5", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::secret/x"}]})";

TEST(Decide, KeepsTheOrderOfStatements) {
    const Policy policy = parsed(interleaved);
    const SourcedPolicy source{&policy, "policy", {}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = {&source, 1};
    struct Row {
        std::string_view action, resource;
        Outcome outcome;
        std::size_t statement;
        std::vector<std::size_t> applied;
    };
    const Row rows[]{
        {"s3:GetObject", "arn:aws:s3:::a/k", Outcome::allowed, 1, {1, 2, 3}},
        {"s3:GetObject", "arn:aws:s3:::b/k", Outcome::allowed, 2, {2, 3}},
        {"s3:PutObject", "arn:aws:s3:::b/k", Outcome::allowed, 0, {0, 2}},
        {"sqs:SendMessage", "*", Outcome::allowed, 2, {2}},
        {"iam:GetUser", "*", Outcome::implicit_deny, 0, {}},
        {"s3:GetObject", "arn:aws:s3:::secret/x", Outcome::explicit_deny, 4, {2, 3, 4, 5}},
        {"iam:GetUser", "arn:aws:s3:::secret/x", Outcome::explicit_deny, 4, {4}},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.action) + " " + std::string(row.resource));
        const Request request{&caller, row.action, row.resource, "", nullptr};
        Trace trace;
        for (const Decision& decision : {decide(set, request), decide(set, request, trace)}) {
            EXPECT_EQ(decision.outcome, row.outcome);
            EXPECT_EQ(decision.statement, row.statement);
        }
        std::vector<std::size_t> applied;
        for (const MatchedStatement& statement : trace.applied) applied.push_back(statement.statement);
        EXPECT_EQ(applied, row.applied);
    }
}

TEST(Decide, ThreadsShareAPolicy) {
    const Policy policy = parsed(interleaved);
    const SourcedPolicy source{&policy, "policy", {}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = {&source, 1};
    std::array<int, 4> allowed{};
    std::vector<std::thread> threads;
    for (int& mine : allowed) {
        threads.emplace_back([&] {
            for (const std::string_view resource : {"arn:aws:s3:::a/k", "arn:aws:s3:::secret/x", "arn:aws:s3:::b"}) {
                for (int i = 0; i < 100; ++i) {
                    mine += decide(set, {&caller, "s3:GetObject", resource, "", nullptr}).allowed() ? 1 : 0;
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(allowed, (std::array<int, 4>{200, 200, 200, 200}));
}

TEST(Decide, AnUnreadablePolicyHasNoStatementToPointAt) {
    const SourcedPolicy unreadable{nullptr, "broken", {}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = {&unreadable, 1};
    const Decision denied = decide(set, {&caller, "s3:GetObject", "*", "", nullptr});
    EXPECT_EQ(denied.outcome, Outcome::explicit_deny);
    EXPECT_EQ(denied.policy, &unreadable);
    EXPECT_EQ(denied.statement, 0U);
}

TEST(Decide, AHostilePolicyIsRefusedInsteadOfWorkedThrough) {
    const Policy hostile = parsed(R"({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:UserAgent": ")" +
                                  hostile_pattern() + R"("}}}]})");
    const SourcedPolicy identity[] = {{&hostile, "hostile", {}}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = identity;
    for (const bool is_long : {false, true}) {
        SCOPED_TRACE(is_long);
        MapContext context;
        context.set("aws:UserAgent", std::string(is_long ? Subject::longest_value : 100, 'a'));
        const Request request{&caller, "s3:GetObject", "*", "", &context};
        const Subject subject(request);
        EXPECT_FALSE(match(hostile, hostile.statements[1], subject).applies());
        EXPECT_EQ(subject.exhausted(), is_long);
        const Outcome expected = is_long ? Outcome::explicit_deny : Outcome::allowed;
        const Decision decision = decide(set, request);
        EXPECT_EQ(decision.outcome, expected);
        EXPECT_EQ(decision.exhausted, is_long);
        EXPECT_EQ(reason(decision, "s3:GetObject"),
                  is_long ? "because its policies and the request together are too long to decide on" : "");
        Trace trace;
        EXPECT_EQ(decide(set, request, trace).outcome, expected);
    }
}

/// What did not match for lack of effort must not let another Allow pass: it may as well have been a Deny.
TEST(Decide, AnExhaustedRequestIsNeverAllowed) {
    const Policy hostile = parsed(R"({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:UserAgent": ")" +
                                  hostile_pattern() + R"("}}},
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]})");
    const SourcedPolicy identity[] = {{&hostile, "hostile", {}}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = identity;
    MapContext context;
    context.set("aws:UserAgent", std::string(Subject::longest_value, 'a'));
    EXPECT_EQ(decide(set, {&caller, "s3:GetObject", "*", "", &context}).outcome, Outcome::explicit_deny);
    context.set("aws:UserAgent", "curl");
    EXPECT_TRUE(decide(set, {&caller, "s3:GetObject", "*", "", &context}).allowed());
}

/// Lower case of Unicode takes longer than most, and each variable is made lower case.
TEST(Decide, LowerCaseCounts) {
    std::string operands;
    for (int i = 0; i < 500; ++i) operands += std::string(i == 0 ? "" : ",") + R"("${aws:Referer}")";
    const Policy hostile = parsed(R"({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "*", "Resource": "*",
         "Condition": {"StringEqualsIgnoreCase": {"aws:UserAgent": [)" +
                                  operands + "]}}}]}");
    const SourcedPolicy identity[] = {{&hostile, "hostile", {}}};
    const Principal caller = alice();
    PolicySet set;
    set.identity = identity;
    for (const std::size_t size : {20U, 4000U}) {
        MapContext context;
        context.set("aws:UserAgent", std::string(size, 'a'));
        context.set("aws:Referer", std::string(size, 'b'));
        EXPECT_EQ(decide(set, {&caller, "s3:GetObject", "*", "", &context}).outcome,
                  size == 20 ? Outcome::allowed : Outcome::explicit_deny);
    }
}

/// A value that is too long refuses the request wherever it is asked for, and only there.
TEST(Decide, AValueHasALength) {
    const std::string allow = R"({"Effect": "Allow", "Action": "*", "Resource": "*"})";
    const auto document = [&](const std::string& statement, std::size_t more) {
        std::string text = R"({"Version": "2012-10-17", "Statement": [)" + allow;
        for (std::size_t i = 0; i < more; ++i) text += R"(, {"Effect": "Allow", "Action": "x:y", "Resource": "*"})";
        return parsed(text + ", " + statement + "]}");
    };
    const std::string statements[] = {
        R"({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringLike": {"aws:UserAgent": "b*"}}})",
        R"({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:UserAgent": "b"}}})",
        R"({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {"aws:UserAgent": "true"}}})",
        R"({"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::${aws:UserAgent}"})",
        R"({"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"StringEquals": {"aws:username": "${aws:UserAgent}x"}}})",
        R"({"Effect": "Deny", "Action": "*", "Resource": "*",
            "Condition": {"Bool": {"aws:username": ["${aws:UserAgent}"]}, "Null": {"aws:UserAgent": "true"}}})"};
    const Principal caller = alice();
    for (const std::string& statement : statements) {
        for (const std::size_t more : {0U, 5U}) {  // without and with an index
            SCOPED_TRACE(statement);
            const Policy policy = document(statement, more);
            const SourcedPolicy identity[] = {{&policy, "policy", {}}};
            PolicySet set;
            set.identity = identity;
            for (const std::size_t size : {Subject::longest_value, Subject::longest_value + 1}) {
                MapContext context = context_of({{"aws:username", "alice"}});
                context.set("aws:UserAgent", std::string(size, 'a'));
                const auto outcome = [&](std::string_view resource) {
                    return decide(set, {&caller, "s3:GetObject", resource, "", &context}).outcome;
                };
                const bool fits = size == Subject::longest_value;
                EXPECT_EQ(outcome("arn:aws:s3:::bucket"), fits ? Outcome::allowed : Outcome::explicit_deny);
                Trace trace;
                EXPECT_EQ(decide(set, {&caller, "s3:GetObject", "arn:aws:s3:::bucket", "", &context}, trace).allowed(),
                          fits);
            }
        }
    }
    const Policy other = document(R"({"Effect": "Deny", "Action": "sqs:*", "Resource": "*",
                                      "Condition": {"StringLike": {"aws:UserAgent": "b*"}}})",
                                  0);
    const SourcedPolicy identity[] = {{&other, "other", {}}};
    PolicySet set;
    set.identity = identity;
    MapContext context;
    context.set("aws:UserAgent", std::string(60'000, 'a'));
    EXPECT_TRUE(decide(set, {&caller, "s3:GetObject", "*", "", &context}).allowed());
}

}  // namespace
}  // namespace iamlocal::policy
