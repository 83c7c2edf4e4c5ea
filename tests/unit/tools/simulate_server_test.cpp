#include "tools/simulate_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tools/input.hpp"

namespace iamlocal::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

SimulateOptions question() {
    SimulateOptions options;
    options.action = "s3:GetObject";
    options.resource = "arn:aws:s3:::b/x";
    options.caller.arn = "arn:aws:iam::000000000000:user/alice";
    options.endpoint.url = "http://127.0.0.1:4566";
    return options;
}

std::string answer(const std::string& member) {
    return "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
           "<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated><EvaluationResults><member>" +
           member + "</member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>";
}

TEST(SimulationForm, AsksOneQuestion) {
    SimulateOptions options = question();
    options.resource_account = "111122223333";
    options.context = {{"aws:TagKeys", policy::Values::list({"a", "b"})},
                       {"aws:username", policy::Values::single("eve")}};
    const std::string form = simulation_form(options);
    EXPECT_THAT(form,
                HasSubstr("Action=SimulatePrincipalPolicy&Version=2010-05-08&"
                          "PolicySourceArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Auser%2Falice&"
                          "ActionNames.member.1=s3%3AGetObject&ResourceArns.member.1=arn%3Aaws%3As3%3A%3A%3Ab%2Fx&"
                          "ResourceOwner=arn%3Aaws%3Aiam%3A%3A111122223333%3Aroot&"));
    EXPECT_THAT(form, HasSubstr("ContextKeyName=aws%3Ausername&ContextEntries.member.5.ContextKeyType=string&"
                                "ContextEntries.member.5.ContextKeyValues.member.1=eve"));
    EXPECT_THAT(form, HasSubstr("ContextKeyType=stringList&ContextEntries.member.6.ContextKeyValues.member.1=a&"
                                "ContextEntries.member.6.ContextKeyValues.member.2=b"));
    EXPECT_THAT(form, Not(HasSubstr("alice&ContextEntries.member.5")));
}

TEST(SimulationForm, LeavesOutWhatIsNotGiven) {
    SimulateOptions options = question();
    options.resource = "*";
    options.caller.arn = "arn:aws:iam::000000000000:group/g";
    EXPECT_EQ(simulation_form(options),
              "Action=SimulatePrincipalPolicy&Version=2010-05-08&"
              "PolicySourceArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Agroup%2Fg&ActionNames.member.1=s3%3AGetObject");
}

TEST(SimulationAnswer, IsReadForTheResource) {
    const std::string xml = answer(
        "<EvalDecision>allowed</EvalDecision><ResourceSpecificResults><member>"
        "<EvalResourceDecision>explicitDeny</EvalResourceDecision><MatchedStatements><member>"
        "<SourcePolicyId>fence</SourcePolicyId><SourcePolicyType>IAM Policy</SourcePolicyType>"
        "<StartPosition><Line>3</Line><Column>19</Column></StartPosition></member></MatchedStatements>"
        "<MissingContextValues><member>aws:SourceIp</member></MissingContextValues>"
        "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>false</AllowedByPermissionsBoundary>"
        "</PermissionsBoundaryDecisionDetail></member></ResourceSpecificResults>");
    const ServerAnswer text = read_simulation(200, xml, question());
    EXPECT_EQ(text.status, exit_bad);
    EXPECT_EQ(text.text,
              "explicitDeny  s3:GetObject on arn:aws:s3:::b/x\n"
              "  the permissions boundary does not allow it\n"
              "  fence:3:19: statement (IAM Policy)\n"
              "  not given: aws:SourceIp\n");
    SimulateOptions as_json = question();
    as_json.json = true;
    EXPECT_THAT(read_simulation(200, xml, as_json).text, HasSubstr("\"decision\": \"explicitDeny\""));
    EXPECT_EQ(read_simulation(200, answer("<EvalDecision>allowed</EvalDecision>"), question()).status, exit_good);
}

TEST(SimulationAnswer, IsRefusedWhenItIsNone) {
    struct Row {
        int status;
        std::string xml;
        const char* said;
    };
    const Row rows[] = {
        {200, "", "status 200: the answer is not XML"},
        {200, "hello", "not XML"},
        {200, "<html></html>", "no evaluation result"},
        {200, "<SimulatePrincipalPolicyResponse/>", "no evaluation result"},
        {200, answer(""), "the evaluation result '' is none"},
        {200, answer("<EvalDecision>ALLOWED</EvalDecision>"), "'ALLOWED' is none"},
        {200, answer("<EvalDecision>\x1b[2Jallowed</EvalDecision>"), "'?[2Jallowed' is none"},
        {500, answer("<EvalDecision>allowed</EvalDecision>"), "status 500: not an answer of IAM"},
        {301, "", "status 301: not an answer of IAM"},
        {404, "<ErrorResponse><Error><Code>\x1b]0;x</Code></Error></ErrorResponse>", "4566: ?]0;x: "},
        {404, "<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>The user x</Message></Error></ErrorResponse>",
         "http://127.0.0.1:4566: NoSuchEntity: The user x"},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.xml);
        try {
            (void)read_simulation(row.status, row.xml, question());
            FAIL() << "was accepted";
        } catch (const InputError& error) {
            EXPECT_THAT(error.what(), HasSubstr(row.said));
        }
    }
}

}  // namespace
}  // namespace iamlocal::tools
