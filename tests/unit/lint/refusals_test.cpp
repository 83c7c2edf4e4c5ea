// Where AWS refuses a document its words say little: ours, behind them or before, say which value it is about, and why.
#include <set>

#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

struct Refusal {
    DocumentKind kind;
    std::string text;
    std::string_view sentence;  ///< of ours
};

constexpr std::string_view of_s3 = R"("Action":"s3:GetObject","Resource":"*")";

std::string on(std::string_view resource) {
    return with(R"("Action":"s3:GetObject","Resource":")" + std::string(resource) + '"');
}
std::string doing(std::string_view action) { return with(R"("Resource":"*","Action":")" + std::string(action) + '"'); }
std::string where(std::string_view condition) {
    return with(std::string(of_s3) + R"(,"Condition":)" + std::string(condition));
}
std::string trusting(std::string_view principal, std::string_view action = "sts:AssumeRole") {
    return with(R"("Principal":)" + std::string(principal) + R"(,"Action":")" + std::string(action) + '"');
}
std::string for_all(std::string_view principal, std::string_view effect = "Allow") {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":")" + std::string(effect) +
           R"(","Action":"s3:GetObject","Resource":"*","Principal":)" + std::string(principal) + "}]}";
}

const std::vector<Refusal>& refusals() {
    using enum DocumentKind;
    static const std::vector<Refusal> all{
        {identity, "\n" + with(of_s3), "White space stands before the document."},
        {identity, R"({"Version":"2012-10-17","Foo":1,"Statement":[]})", R"("Foo" is no element of a policy.)"},
        {identity, with(std::string(of_s3) + R"(,"Foo":1)"), R"("Foo" is no element of a statement.)"},
        {identity, R"({"Version":"2013-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}})",
         "The version 2013-10-17 is not valid."},
        {identity, with(R"("Sid":1,)" + std::string(of_s3)), "here is a number, expected is a string"},
        {identity, where(R"({"Foo":{"a":"b"}})"), R"("Foo" is no condition operator.)"},
        {identity, where(R"({"NumericEquals":{"s3:max-keys":"x"}})"),
         R"("x" of NumericEquals s3:max-keys is no number.)"},
        {identity, where(R"({"DateEquals":{"aws:CurrentTime":"x"}})"),
         R"("x" of DateEquals aws:CurrentTime is no date such as 2026-11-28T20:15:00Z.)"},
        {identity, where(R"({"IpAddress":{"aws:SourceIp":["10.0.0.0/8","x"]}})"),
         R"("x" of IpAddress aws:SourceIp is no IP address or network.)"},
        {identity, where(R"({"ArnLike":{"aws:SourceArn":"x"}})"),
         R"("x" of ArnLike aws:SourceArn is no ARN of six parts.)"},
        {session, where(R"({"BinaryEquals":{"a:x":"?"}})"), R"("?" of BinaryEquals a:x is no base64.)"},
        {identity, where(R"({"StringEquals":{"a:x":{}}})"), "here is an object, expected is a string"},
        {identity, R"({"Version":"2012-10-17","Statement":{"Effect":"allow",)" + std::string(of_s3) + "}}",
         "The effect allow is not valid."},
        {identity, on("arn:aws::::b"), R"("arn:aws::::b" names no service in its third part.)"},
        {identity, on("arn:aws:s3::b"), "arn:aws:s3::b has 5."},
        {identity, on("arn:aws:sqs:us--east-1:111122223333:q"),
         "The Region 'us--east-1' is not valid. Did you mean us-east-1?"},
        {identity, on("arn:aws:sqs:us-east-1:1x:q"), "account ID 1x is not valid"},
        {identity, on("x"), "The resource x is neither \"*\" nor an ARN."},
        {identity, on("arn:foo:s3:::b"), "There is no partition foo."},
        {identity, on("arn:aws:*:::b"), R"(The service in "arn:aws:*:::b" has a wildcard, or is left out.)"},
        {identity, on("arn:aws:iam:us-east-1:111122223333:user/x"), "does not support specifying a Region"},
        {identity, on("arn:aws:iam::111122223333:box/x"), "does not match any ARN format of iam"},
        {identity, with(R"("Action":[],"Resource":"*")"), "Action is an empty list."},
        {identity, with(R"("Resource":"*")"), "Add an Action or NotAction element"},
        {identity, with(R"("Action":"s3:GetObject","Resource":[])"), "Resource is an empty list."},
        {identity, with(R"("Action":"s3:GetObject","NotResource":[])"), "NotResource is an empty list."},
        {boundary, for_all("\"*\""), "do not support the Principal element"},
        {identity, doing("Get"), "An action is written service:name."},
        {identity, doing("a:b:c"), "The service 'a' specified in the action does not exist."},
        {identity, doing("s*:Get"), R"(The service in "s*:Get" has one.)"},
        {identity, doing("a a:Get"), R"(The service in "a a:Get" is not of letters, digits, hyphens and periods.)"},
        {identity, doing(":x"), R"(The service in ":x" is left out.)"},
        {identity, with(R"("Sid":"a b",)" + std::string(of_s3)), "Update the characters in the Sid element"},
        {trust, trusting(R"({"AWS":"x"})"), R"("x" is no account and no ARN of a user, role or session, and not "*".)"},
        {trust, trusting(R"({"Service":"x"})"), R"("x" is no name of a service, such as ec2.amazonaws.com.)"},
        {trust, trusting(R"({"Foo":"x"})"), R"("Foo" is no kind of principal; there are AWS, Service, Federated and)"},
        {trust, trusting(R"({"CanonicalUser":"x"})"), "Roles trust no principals of the kind CanonicalUser."},
        {trust, trusting("\"*\""), R"(Write {"AWS": "*"}.)"},
        {trust, trusting(R"({"AWS":"*"})", "sts:*"), "where wildcards and the case of letters count"},
        {trust, trusting(R"({"Federated":"cognito-identity.amazonaws.com"})", "sts:AssumeRoleWithWebIdentity"),
         "Add StringEquals on cognito-identity.amazonaws.com:aud, with the identity pool."},
        {trust, trusting(R"({"Federated":"accounts.google.com"})", "sts:AssumeRoleWithWebIdentity"),
         "Add StringEquals on accounts.google.com:aud or oaud or sub."},
        {trust,
         trusting(R"({"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"})",
                  "sts:AssumeRoleWithWebIdentity"),
         "Everyone who has an account there could assume the role: add StringEquals on gitlab.com:sub."},
        {resource, for_all(R"({"AWS":[]})", "Deny"), "Principal names nobody."},
        {resource, for_all("\"x\""), "Specify a key-value pair in the Principal element"},
        {scp, R"({"Version":"2008-10-17","Statement":{"Effect":"Allow",)" + std::string(of_s3) + "}}",
         R"(Version is "2008-10-17".)"},
        {rcp, for_all("\"*\"").replace(12, 10, "2008-10-17"), R"(Version is "2008-10-17".)"},
    };
    return all;
}

TEST(Refusals, AreExplained) {
    for (const Refusal& row : refusals()) {
        SCOPED_TRACE(row.text);
        const std::vector<Finding> findings = lint(row.text, row.kind);
        const auto answered = std::find_if(findings.begin(), findings.end(), [](const Finding& finding) {
            return finding.message.find("(IAM answers ") != std::string::npos ||
                   finding.message.find("(AWS refuses it: ") != std::string::npos ||
                   finding.message.find(" refuses this document: ") != std::string::npos;
        });
        ASSERT_NE(answered, findings.end()) << testing::PrintToString(codes_of(findings));
        EXPECT_EQ(answered->severity, Severity::error);
        EXPECT_NE(answered->message.find(row.sentence), std::string::npos) << answered->message;
        // Ours come behind AWS's, with a period between.
        if (answered->code != refused_code) continue;
        EXPECT_TRUE(answered->message.ends_with(row.sentence) || answered->message.ends_with(".")) << answered->message;
        EXPECT_EQ(answered->message.find(".."), std::string::npos) << answered->message;
    }
}

TEST(Refusals, AreOfEveryKind) {
    std::set<DocumentKind> kinds;
    for (const Refusal& row : refusals()) kinds.insert(row.kind);
    EXPECT_EQ(kinds.size(), 7U);
}

}  // namespace
}  // namespace iamlocal::lint
