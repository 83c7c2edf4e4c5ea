#include "tools/suite_run.hpp"

#include <pugixml.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tools/suite_report.hpp"

namespace iamlocal::tools {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* head = R"(policies:
  read:
    - Sid: Get
      Effect: Allow
      Action: s3:GetObject
      Resource: arn:aws:s3:::dev/*
    - Effect: Deny
      Action: "*"
      Resource: arn:aws:s3:::dev/secret
      Condition: {StringNotEquals: {"aws:PrincipalTag/team": blue}}
  all: {Version: 2012-10-17, Statement: {Sid: All, Effect: Allow, Action: "*", Resource: "*"}}
  narrow: [{Sid: Narrow, Effect: Allow, Action: "s3:Put*", Resource: "*"}]
  open: [{Sid: Open, Effect: Allow, Principal: "*", Action: "s3:GetObject", Resource: "*"}]
  trusting:
    - {Sid: Trust, Effect: Allow, Principal: {AWS: "arn:aws:iam::000000000000:user/alice"}, Action: "sts:AssumeRole"}
groups: {staff: [read]}
principals:
  alice: arn:aws:iam::000000000000:user/alice
  bob: {arn: "arn:aws:iam::000000000000:user/bob", groups: staff, tags: {team: blue}}
  fenced: {arn: "arn:aws:iam::000000000000:user/fenced", policies: all, boundary: narrow}
cases:
)";

struct Ran {
    DocumentShelf shelf;
    Suite suite;
    TestRun run;
};

/// Runs one case, whose fields are given, after `head`.
std::unique_ptr<Ran> run_case(const std::string& fields) {
    auto ran = std::make_unique<Ran>();
    ran->suite = parse_suite(std::string(head) + "  - {name: it, " + fields + "}\n", "suite.yaml", ran->shelf);
    ran->run.checks = run_suite(ran->suite);
    ran->run.coverage = measure(ran->shelf);
    return ran;
}

TEST(RunSuite, HoldsWhatIsTrueAndTellsWhatIsNot) {
    struct Row {
        const char* given_and_when;
        const char* holds;
        const char* fails;
        const char* failure;
    };
    const char* const get = "given: {policies: read}, when: {action: s3:GetObject, resource: 'arn:aws:s3:::dev/x'}";
    const char* const put = "given: {policies: read}, when: {action: s3:PutObject, resource: 'arn:aws:s3:::dev/x'}";
    const char* const secret =
        "given: {principal: alice, policies: read}, when: {action: s3:GetObject, resource: 'arn:aws:s3:::dev/secret'}";
    const Row rows[] = {
        {get, "allowed", "denied", "expected denied, found allowed"},
        {put, "denied", "allowed", "expected allowed, found implicitDeny"},
        {put, "implicitDeny", "explicitDeny", "expected explicitDeny, found implicitDeny"},
        {secret, "explicitDeny", "implicitDeny", "expected implicitDeny, found explicitDeny"},
        {get, "{decision: allowed, statement: Get, policy: read}", "{decision: allowed, statement: Put}",
         "allowed as expected, but by Get of read instead of Put"},
        {secret, "{decision: denied, statement: 2}", "{decision: denied, statement: 1}",
         "explicitDeny as expected, but by statement 2 of read instead of 1"},
        {get, "{decision: allowed, policy: read}", "{decision: allowed, policy: all}",
         "allowed as expected, but by Get of read instead of a statement of all"},
        {put, "{decision: denied, reason: because no identity-based policy allows the s3:PutObject action}",
         "{decision: denied, reason: because of me}",
         "implicitDeny as expected, but because no identity-based policy allows the s3:PutObject action instead of "
         "because of me"},
        {put, "{decision: denied, decidedBy: identity}", "{decision: denied, decidedBy: scp}",
         "implicitDeny as expected, but by identity instead of scp"},
        {put, "denied", "{decision: denied, statement: Get}",
         "implicitDeny as expected, but no statement decided, nor Get"},
        {"given: {principal: bob}, when: {action: s3:GetObject, resource: 'arn:aws:s3:::dev/secret'}", "allowed",
         "denied", "expected denied, found allowed"},
        {"given: {principal: fenced}, when: {action: s3:GetObject}", "{decision: denied, decidedBy: boundary}",
         "allowed", "expected allowed, found implicitDeny"},
        {"given: {principal: fenced, boundary: all}, when: {action: s3:GetObject}", "allowed", "denied",
         "expected denied, found allowed"},
        {"given: {principal: fenced}, when: {action: s3:PutObject}", "{decision: allowed, statement: All}",
         "{decision: allowed, statement: Narrow}", "allowed as expected, but by All of all instead of Narrow"},
        {"given: {policies: all, session: []}, when: {action: s3:GetObject}", "{decision: denied, decidedBy: session}",
         "allowed", "expected allowed, found implicitDeny"},
        {"given: {policies: all, scp: [all, [narrow, all]], rcp: [open]}, when: {action: s3:GetObject}", "allowed",
         "denied", "expected denied, found allowed"},
        {"given: {policies: all, scp: [all, narrow]}, when: {action: s3:GetObject}",
         "{decision: denied, decidedBy: scp}", "allowed", "expected allowed, found implicitDeny"},
        {"given: {resourcePolicy: open, principal: '*'}, when: {action: s3:GetObject}",
         "{decision: allowed, statement: Open, decidedBy: resource}", "denied", "expected denied, found allowed"},
        {"given: {trust: trusting, principal: alice}, when: {action: 'sts:AssumeRole', resource: "
         "'arn:aws:iam::000000000000:role/r'}",
         "{decision: allowed, decidedBy: trust}", "denied", "expected denied, found allowed"},
        {"given: {policies: all, principal: alice}, when: {action: s3:GetObject, resourceAccount: 111122223333}",
         "{decision: denied, decidedBy: resource}", "allowed", "expected allowed, found implicitDeny"},
        {"given: {policies: all}, when: {action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:111122223333:q'}",
         "allowed", "denied", "expected denied, found allowed"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.given_and_when) + " " + row.holds);
        const auto good = run_case(std::string(row.given_and_when) + ", expect: " + row.holds);
        ASSERT_EQ(good->run.checks.size(), 1U);
        EXPECT_EQ(good->run.checks[0].failure, "");
        EXPECT_EQ(good->run.checks[0].explanation, "");
        const auto bad = run_case(std::string(row.given_and_when) + ", expect: " + row.fails);
        ASSERT_EQ(bad->run.checks.size(), 1U);
        EXPECT_EQ(bad->run.checks[0].failure, row.failure);
        EXPECT_NE(bad->run.checks[0].explanation, "");
    }
}

TEST(RunSuite, ALevelWithoutPoliciesAllowsNothing) {
    struct Row {
        const char* levels;
        const char* answer;
    };
    const Row rows[] = {{"scp: [all, all]", "allowed"},
                        {"scp: [all, []]", "{decision: implicitDeny, decidedBy: scp}"},
                        {"scp: [[], all]", "{decision: implicitDeny, decidedBy: scp}"},
                        {"scp: []", "{decision: implicitDeny, decidedBy: scp}"},
                        {"rcp: [open, open]", "allowed"},
                        {"rcp: [open, []]", "{decision: implicitDeny, decidedBy: rcp}"},
                        {"rcp: [[], open]", "{decision: implicitDeny, decidedBy: rcp}"}};
    for (const Row& row : rows) {
        const auto ran =
            run_case(std::string("given: {principal: alice, policies: all, ") + row.levels +
                     "}, when: {action: s3:GetObject, resource: 'arn:aws:s3:::dev/x'}, expect: " + row.answer);
        EXPECT_EQ(ran->run.checks.at(0).failure, "") << row.levels;
    }
}

TEST(RunSuite, ListsAreAMatrix) {
    const auto ran = run_case(
        "given: {policies: read}, when: {action: [s3:GetObject, s3:PutObject], resource: "
        "['arn:aws:s3:::dev/a', 'arn:aws:s3:::dev/b', 'arn:aws:s3:::prod/a']}, expect: allowed");
    std::vector<std::string> failed;
    for (const Check& check : ran->run.checks)
        if (!check.passed()) failed.push_back(check.action + " " + check.resource);
    EXPECT_EQ(ran->run.checks.size(), 6U);
    EXPECT_THAT(failed, ElementsAre("s3:GetObject arn:aws:s3:::prod/a", "s3:PutObject arn:aws:s3:::dev/a",
                                    "s3:PutObject arn:aws:s3:::dev/b", "s3:PutObject arn:aws:s3:::prod/a"));
    EXPECT_THAT(junit_report(ran->run), HasSubstr("it [s3:PutObject on arn:aws:s3:::dev/b]"));
}

TEST(Coverage, CountsStatementsThatApplied) {
    const auto ran = run_case(
        "given: {policies: [read, narrow]}, when: {action: s3:GetObject, resource: 'arn:aws:s3:::dev/x'}, "
        "expect: allowed");
    EXPECT_EQ(ran->run.coverage.statements, 6U);
    EXPECT_EQ(ran->run.coverage.reached, 1U);
    std::vector<std::string> missed;
    for (const auto* statement : ran->run.coverage.missed) missed.push_back(statement->place.text() + statement->sid);
    EXPECT_THAT(missed, ElementsAre("suite.yaml:7:7", "suite.yaml:11:44All", "suite.yaml:12:12Narrow",
                                    "suite.yaml:13:10Open", "suite.yaml:15:7Trust"));
    EXPECT_DOUBLE_EQ(Coverage{}.percent(), 100.0);
}

TEST(Report, OfTextShowsFailuresFirst) {
    const auto ran = run_case("when: {action: s3:GetObject}, expect: allowed");
    const std::string text = text_report(ran->run);
    EXPECT_THAT(text, StartsWith("suite.yaml:22:5: FAILED: it\n"
                                 "  s3:GetObject on *: expected allowed, found implicitDeny\n    "));
    EXPECT_THAT(text,
                HasSubstr("No case reached these statements:\n  suite.yaml:3:7: Get\n  suite.yaml:7:7: (no Sid)\n"));
    EXPECT_THAT(text, HasSubstr("\n0 passed, 1 failed; 0 of 6 statements reached (0.0 %)\n"));
}

TEST(Report, OfJUnitIsXmlWhateverTheNames) {
    const auto ran =
        run_case("when: {action: s3:GetObject, resource: \"arn:aws:s3:::<\\x01\\uffff\\\"&\"}, expect: allowed");
    pugi::xml_document document;
    const std::string xml = junit_report(ran->run);
    ASSERT_TRUE(document.load_buffer(xml.data(), xml.size())) << xml;
    const pugi::xml_node suites = document.child("testsuites");
    EXPECT_EQ(suites.attribute("tests").as_int(), 1);
    EXPECT_EQ(suites.attribute("failures").as_int(), 1);
    const pugi::xml_node suite = suites.child("testsuite");
    EXPECT_STREQ(suite.attribute("name").value(), "suite.yaml");
    const pugi::xml_node test = suite.child("testcase");
    EXPECT_STREQ(test.attribute("name").value(), "it");
    EXPECT_STREQ(test.attribute("classname").value(), "suite.yaml");
    EXPECT_EQ(test.attribute("line").as_int(), 22);
    EXPECT_STREQ(test.child("failure").attribute("message").value(), "expected allowed, found implicitDeny");
    EXPECT_THAT(test.child("failure").child_value(), HasSubstr("s3:GetObject on arn:aws:s3:::<??\"&"));
    EXPECT_THAT(xml, Not(HasSubstr("\x01")));
    EXPECT_THAT(xml, Not(HasSubstr("\xEF\xBF\xBF")));
}

TEST(Report, OfJsonHasEverything) {
    const auto ran = run_case(
        "given: {policies: read}, when: {action: [s3:GetObject, s3:PutObject], resource: "
        "'arn:aws:s3:::dev/x'}, expect: allowed");
    const nlohmann::json json = nlohmann::json::parse(json_report(ran->run));
    EXPECT_EQ(json["passed"], 1);
    EXPECT_EQ(json["failed"], 1);
    EXPECT_EQ(json["coverage"]["reached"], 1);
    EXPECT_EQ(json["coverage"]["missed"].size(), 5U);
    EXPECT_EQ(json["checks"][0]["decision"], "allowed");
    EXPECT_FALSE(json["checks"][0].contains("explanation"));
    EXPECT_TRUE(json["checks"][1]["explanation"].is_object());
}

}  // namespace
}  // namespace iamlocal::tools
