#include "analysis/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/analysis/support.hpp"

namespace iamlocal::analysis {
namespace {

using policy::DocumentKind;

Checked ask(const std::string& statements, const std::string& action, const std::vector<std::string>& resources = {}) {
    Documents documents;
    const Model model = documents.read(document(statements));
    const std::vector<Checked> answers = check_access(model, {action}, resources);
    if (answers.front().answer == Answer::can) {
        EXPECT_EQ(answers.front().witness.ask(model), policy::TypeVerdict::allow);
    }
    return answers.front();
}

struct AccessCase {
    const char* what;
    std::string statements;
    std::string action;
    std::vector<std::string> resources;
    Answer answer;
};

TEST(CheckAccess, answers) {
    const AccessCase cases[] = {
        {"plain", R"({"Effect":"Allow","Action":"iam:*","Resource":"*"})", "iam:PassRole", {}, Answer::can},
        {"other service", R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})", "iam:PassRole", {}, Answer::never},
        {"not action", R"({"Effect":"Allow","NotAction":"iam:*","Resource":"*"})", "iam:PassRole", {}, Answer::never},
        {"asked by a wildcard",
         R"({"Effect":"Allow","Action":"iam:GetUser","Resource":"*"})",
         "iam:*",
         {},
         Answer::can},
        {"denied",
         R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:Pass*","Resource":"*"})",
         "iam:PassRole",
         {},
         Answer::never},
        {"denied in two halves",
         R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/a*"},
            {"Effect":"Deny","Action":"iam:PassRole","NotResource":"arn:aws:iam::*:role/a*"})",
         "iam:PassRole",
         {},
         Answer::never},
        {"denied elsewhere",
         R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/a*"})",
         "iam:PassRole",
         {},
         Answer::can},
        {"on a resource",
         R"({"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::1:role/a*"})",
         "iam:PassRole",
         {"arn:aws:iam::1:role/b*"},
         Answer::never},
        {"denial with a condition",
         R"({"Effect":"Allow","Action":"*","Resource":"*"},
            {"Effect":"Deny","Action":"iam:PassRole","Resource":"*","Condition":{"StringNotEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}})",
         "iam:PassRole",
         {},
         Answer::can},
        {"conditions that exclude each other",
         R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"a"}}},
            {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalTag/team":"?"}}})",
         "iam:PassRole",
         {},
         Answer::never},
        {"a condition that nothing meets",
         R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"a"},"StringNotLike":{"aws:username":"a*"}}})",
         "iam:PassRole",
         {},
         Answer::never},
        {"absent and equal",
         R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:username":"true"},"StringEquals":{"aws:username":"a"}}})",
         "iam:PassRole",
         {},
         Answer::never},
        {"a denial both ways",
         R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},
            {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}})",
         "iam:PassRole",
         {},
         Answer::can},
        {"a denial all ways",
         R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:username":"a"}}},
            {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"a"}}})",
         "iam:PassRole",
         {},
         Answer::can},
    };
    for (const AccessCase& one : cases) {
        SCOPED_TRACE(one.what);
        const Checked checked = ask(one.statements, one.action, one.resources);
        EXPECT_EQ(name_of(checked.answer), name_of(one.answer))
            << checked.because << checked.witness.action << checked.witness.resource;
    }
}

TEST(CheckAccess, a_multivalued_key_escapes_denials_of_single_values) {
    const Checked checked = ask(
        R"({"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:username":"a"}}},
           {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"a"}}})",
        "iam:PassRole");
    ASSERT_EQ(name_of(checked.answer), "can");
}

TEST(CheckAccess, a_likely_request_is_shown) {
    const Checked checked =
        ask(R"({"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:role/*"})", "iam:PassRole");
    EXPECT_EQ(checked.witness.action, "iam:PassRole");
    EXPECT_EQ(checked.witness.resource, "arn:aws:iam::111122223333:role/example");
    EXPECT_EQ(checked.statement, "Statement[0]");
}

Checked ask_public(const std::string& principal, const std::string& condition, const std::string& denial = "") {
    Documents documents;
    const Model model =
        documents.read(document(R"({"Effect":"Allow","Principal":)" + principal +
                                R"(,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*")" +
                                (condition.empty() ? "" : R"(,"Condition":)" + condition) + "}" + denial),
                       DocumentKind::resource);
    return check_public(model).front();
}

TEST(CheckPublic, goes_by_who_can_come) {
    EXPECT_EQ(name_of(ask_public("\"*\"", "").answer), "can");
    EXPECT_EQ(ask_public("\"*\"", "").witness.principal.kind, policy::PrincipalKind::anonymous);
    EXPECT_EQ(name_of(ask_public(R"({"AWS":"*"})", "").answer), "can");
    EXPECT_EQ(name_of(ask_public(R"({"AWS":"111122223333"})", "").answer), "never");
    EXPECT_EQ(name_of(ask_public(R"({"Service":"sns.amazonaws.com"})", "").answer), "never");
    EXPECT_EQ(name_of(ask_public("\"*\"", R"({"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}})").answer),
              "never");
    EXPECT_EQ(name_of(ask_public("\"*\"", R"({"StringLike":{"aws:PrincipalOrgID":"o-*"}})").answer), "can");
    EXPECT_EQ(name_of(ask_public("\"*\"", R"({"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}})").answer), "can");
    EXPECT_EQ(name_of(ask_public("\"*\"", R"({"StringEquals":{"aws:SourceVpce":"vpce-1"}})").answer), "never");
    EXPECT_EQ(name_of(ask_public("\"*\"", R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}})").answer), "never");
    EXPECT_EQ(name_of(ask_public("\"*\"", R"({"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}})").answer), "can");
    EXPECT_EQ(
        name_of(ask_public("\"*\"", R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}})").answer),
        "never");
    EXPECT_EQ(name_of(ask_public("\"*\"", R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"}})").answer),
              "can");
    EXPECT_EQ(
        name_of(ask_public("\"*\"", "", R"(,{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"})").answer),
        "never");
}

/// A condition's values: so many users' ARNs.
std::string arns_of_users(int count) {
    std::string list;
    for (int n = 0; n < count; ++n)
        list += std::string(n == 0 ? "" : ",") + R"("arn:aws:iam::111122223333:user/u)" + std::to_string(n) + '"';
    return "[" + list + "]";
}

TEST(CheckPublic, strangers_are_looked_for_beside_many_who_are_named) {
    const std::string denial =
        R"(,{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"ArnEquals":{"aws:PrincipalArn":)" +
        arns_of_users(20) + "}}}";
    EXPECT_EQ(name_of(ask_public("\"*\"", "", denial).answer), "can");
    EXPECT_EQ(name_of(ask_public("\"*\"", R"({"Null":{"aws:PrincipalArn":"false"}})", denial).answer), "can");
}

TEST(CheckPublic, who_is_named_is_no_stranger) {
    const auto denied_unless = [](const std::string& condition) {
        return R"(,{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":)" + condition + "}";
    };
    struct Case {
        const char* principal;
        std::string condition;
        std::string denial;
        const char* answer;
    };
    const Case cases[] = {
        {R"({"AWS":"AIDAJQABLZS4A3QDU576Q"})", "", "", "never"},
        {R"({"Federated":"accounts.google.com"})", "", "", "never"},
        {R"("*")", R"({"StringEquals":{"aws:userid":"111122223333"}})", "", "never"},
        {R"("*")", R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/Foo"}})", "", "can"},
        {R"("*")", "", denied_unless(R"({"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}})"), "never"},
        {R"("*")", "", denied_unless(R"({"StringNotLike":{"aws:PrincipalOrgID":"o-*"}})"), "can"},
        {R"("*")", "", denied_unless(R"({"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}})"), "never"},
        {R"("*")", "", denied_unless(R"({"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::999999999999:role/x"}})"),
         "never"},
        {R"("*")", "",
         denied_unless(
             R"({"StringNotEqualsIfExists":{"aws:SourceVpce":"vpce-1"},"BoolIfExists":{"aws:SecureTransport":"false"}})"),
         "can"},
        {R"("*")", "",
         denied_unless(R"({"ForAllValues:StringNotLike":{"aws:PrincipalOrgPaths":"o-a1b2c3d4e5/r-ab12/*"}})"), "never"},
    };
    for (const Case& one : cases) {
        SCOPED_TRACE(one.principal + one.condition + one.denial);
        EXPECT_EQ(name_of(ask_public(one.principal, one.condition, one.denial).answer), one.answer);
    }
}

std::vector<std::string> ways(const std::string& statements) {
    Documents documents;
    std::vector<std::string> found;
    for (const Checked& checked : check_escalation(documents.read(document(statements))))
        found.push_back(std::string(name_of(checked.answer)) + " " + checked.question);
    return found;
}

TEST(CheckEscalation, finds_the_ways) {
    using Ways = std::vector<std::string>;
    EXPECT_EQ(ways(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})"), (Ways{"never escalation"}));
    EXPECT_EQ(ways(R"({"Effect":"Allow","Action":"iam:PutUserPolicy","Resource":"arn:aws:iam::1:user/x"})"),
              (Ways{"can escalation by iam:PutUserPolicy"}));
    EXPECT_EQ(ways(R"({"Effect":"Allow","Action":["lambda:CreateFunction","iam:PassRole"],"Resource":"*"})"),
              (Ways{"can escalation by lambda:CreateFunction with iam:PassRole"}));
    EXPECT_EQ(ways(R"({"Effect":"Allow","Action":"lambda:CreateFunction","Resource":"*"})"),
              (Ways{"never escalation"}));
    EXPECT_EQ(
        ways(R"({"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/${aws:username}"})"),
        (Ways{"never escalation"}));
    EXPECT_EQ(ways(R"({"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::*:user/*"})"),
              (Ways{"can escalation by iam:CreateAccessKey"}));
    // Whose name is known does this for oneself.
    EXPECT_EQ(
        ways(
            R"({"Effect":"Allow","Action":"iam:CreateAccessKey","Resource":"arn:aws:iam::1:user/a","Condition":{"StringEquals":{"aws:username":"a"}}})"),
        (Ways{"cannot tell escalation by iam:CreateAccessKey"}));
}

}  // namespace
}  // namespace iamlocal::analysis
