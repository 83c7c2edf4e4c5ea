#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

using namespace std::chrono_literals;

const std::string worker_arn = "arn:aws:iam::000000000000:role/worker";

std::string statement(const std::string& text) { return R"({"Version":"2012-10-17","Statement":[)" + text + "]}"; }

std::string trusting(const std::string& principal, const std::string& rest = {},
                     const std::string& action = "\"sts:AssumeRole\"") {
    return statement(R"({"Effect":"Allow","Principal":)" + principal + R"(,"Action":)" + action + rest + "}");
}

const std::string may_assume = statement(R"({"Effect":"Allow","Action":"sts:*","Resource":"*"})");
const std::string all_actions = R"(["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"])";

class AssumeRole : public testing::Test {
  protected:
    void make_role(const std::string& trust, const Parameters& more = {}, const std::string& name = "worker",
                   const Keys& owner = {}) {
        Parameters parameters = {{"RoleName", name}, {"AssumeRolePolicyDocument", trust}};
        parameters.insert(parameters.end(), more.begin(), more.end());
        const http::Response made = bed.iam(owner, "CreateRole", parameters);
        ASSERT_EQ(outcome(made), "200") << made.body;
    }
    http::Response assume(const Keys& caller, const Parameters& more = {}, const std::string& arn = worker_arn) {
        Parameters parameters = {{"RoleArn", arn}, {"RoleSessionName", "session"}};
        parameters.insert(parameters.end(), more.begin(), more.end());
        return bed.sts(caller, "AssumeRole", parameters);
    }
    static Keys keys_of(const http::Response& response) {
        return {element(response.body, "AccessKeyId"), element(response.body, "SecretAccessKey"),
                element(response.body, "SessionToken")};
    }

    Bed bed;
};

TEST_F(AssumeRole, IsDecidedByTrustAndIdentityTogether) {
    const Keys alice = bed.make_user("alice");
    const Keys bob = bed.make_user("bob", may_assume);
    const Keys carol =
        bed.make_user("carol", statement(R"({"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"})"));
    const struct {
        std::string trust;
        const char* of_alice;  // no policy of her own
        const char* of_bob;    // may assume everything
        const char* of_carol;  // must not
    } cases[] = {
        {trusting(R"({"AWS":"arn:aws:iam::000000000000:user/alice"})"), "200", "403 AccessDenied", "403 AccessDenied"},
        {trusting(R"({"AWS":"000000000000"})"), "403 AccessDenied", "200", "403 AccessDenied"},
        {trusting(R"({"AWS":"arn:aws:iam::000000000000:root"})"), "403 AccessDenied", "200", "403 AccessDenied"},
        {trusting(R"({"AWS":"111122223333"})"), "403 AccessDenied", "403 AccessDenied", "403 AccessDenied"},
        {trusting(R"({"AWS":"*"})"), "200", "200", "403 AccessDenied"},
        {trusting(R"({"Service":"ec2.amazonaws.com"})"), "403 AccessDenied", "403 AccessDenied", "403 AccessDenied"},
    };
    make_role(cases[0].trust);
    for (const auto& [trust, of_alice, of_bob, of_carol] : cases) {
        SCOPED_TRACE(trust);
        ASSERT_EQ(outcome(bed.iam({}, "UpdateAssumeRolePolicy", {{"RoleName", "worker"}, {"PolicyDocument", trust}})),
                  "200");
        EXPECT_EQ(outcome(assume(alice)), of_alice);
        EXPECT_EQ(outcome(assume(bob)), of_bob);
        EXPECT_EQ(outcome(assume(carol)), of_carol);
    }
}

TEST_F(AssumeRole, DoesNotTellAnAbsentRoleFromARefusal) {
    const Keys bob = bed.make_user("bob", may_assume);
    make_role(trusting(R"({"AWS":"111122223333"})"));
    const std::string who =
        "User: arn:aws:iam::000000000000:user/bob is not authorized to perform: sts:AssumeRole on resource: ";
    EXPECT_EQ(message(assume(bob)), who + worker_arn);
    const std::string absent = "arn:aws:iam::000000000000:role/absent";
    EXPECT_EQ(message(assume(bob, {}, absent)), who + absent);
    const std::string elsewhere = "arn:aws:iam::000000000000:role/path/worker";
    EXPECT_EQ(message(assume(bob, {}, elsewhere)), who + elsewhere);
    EXPECT_EQ(message(assume({})), "Roles may not be assumed by root accounts.");
    EXPECT_EQ(message(assume(bob, {}, "nothing-valid-in-here")), "nothing-valid-in-here is invalid");
}

TEST_F(AssumeRole, FindsTheRoleByItsOwnArnOnly) {
    // Every other spelling is held against a text that the Deny does not cover.
    const Keys bob = bed.make_user("bob", statement(R"({"Effect":"Allow","Action":"sts:*","Resource":"*"},
                            {"Effect":"Deny","Action":"sts:*","Resource":")" +
                                                    worker_arn + R"("})"));
    make_role(trusting(R"({"AWS":"*"})"));
    EXPECT_EQ(outcome(assume(bob)), "403 AccessDenied");
    for (const std::string arn : {
             "arn:aws-cn:iam::000000000000:role/worker",
             "arn:foo:iam::000000000000:role/worker",
             "arn:aws:sts::000000000000:role/worker",
             "arn:aws:iam:us-east-1:000000000000:role/worker",
             "arn:aws:iam::000000000000:user/worker",
             "arn:aws:iam::000000000000:Role/worker",
             "arn:aws:iam::000000000000:role//worker",
             "arn:aws:iam::000000000000:role/x/worker",
             "arn:aws:iam::000000000000:role/WORKER",
             "arn:aws:iam::000000000000:role/worker/",
             "arn:aws:iam::000000000000:worker",
         }) {
        SCOPED_TRACE(arn);
        const http::Response answer = assume(bob, {}, arn);
        EXPECT_EQ(outcome(answer), "403 AccessDenied");
        EXPECT_EQ(
            message(answer),
            "User: arn:aws:iam::000000000000:user/bob is not authorized to perform: sts:AssumeRole on resource: " +
                arn);
    }
}

TEST_F(AssumeRole, ChecksTheMfaCodeBeforeAnythingElse) {
    const Keys nobody = bed.make_user("nobody");
    make_role(trusting(R"({"AWS":"111122223333"})"));
    const Parameters code = {{"SerialNumber", "arn:aws:iam::000000000000:mfa/nobody"}, {"TokenCode", "123456"}};
    const std::string wrong =
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid "
        "and "
        "associated with this user.";
    EXPECT_EQ(message(assume(nobody, code)), wrong);
    EXPECT_EQ(message(assume(nobody, code, "arn:aws:iam::000000000000:role/absent")), wrong);
}

TEST_F(AssumeRole, AcrossAccountsNeedsBothSides) {
    const Keys bob = bed.make_user("bob", may_assume);
    const Keys alice = bed.make_user("alice");
    const Keys other{"111122223333", "test", {}};
    const std::string arn = "arn:aws:iam::111122223333:role/shared";
    make_role(trusting(R"({"AWS":["arn:aws:iam::000000000000:user/bob","arn:aws:iam::000000000000:user/alice"]})"), {},
              "shared", other);
    const http::Response answer = assume(bob, {}, arn);
    EXPECT_EQ(outcome(answer), "200");
    EXPECT_EQ(outcome(assume(alice, {}, arn)), "403 AccessDenied");
    const http::Response who = bed.sts(keys_of(answer), "GetCallerIdentity");
    EXPECT_EQ(element(who.body, "Account"), "111122223333");
    EXPECT_EQ(element(who.body, "Arn"), "arn:aws:sts::111122223333:assumed-role/shared/session");
}

TEST_F(AssumeRole, ChecksTheExternalId) {
    const Keys alice = bed.make_user("alice");
    make_role(trusting(R"({"AWS":"arn:aws:iam::000000000000:user/alice"})",
                       R"(,"Condition":{"StringEquals":{"sts:ExternalId":"abc"}})"));
    EXPECT_EQ(outcome(assume(alice)), "403 AccessDenied");
    EXPECT_EQ(outcome(assume(alice, {{"ExternalId", "abd"}})), "403 AccessDenied");
    EXPECT_EQ(outcome(assume(alice, {{"ExternalId", "abc"}})), "200");
}

TEST_F(AssumeRole, TrustsTheUserNotItsName) {
    bed.make_user("alice");
    make_role(trusting(R"({"AWS":"arn:aws:iam::000000000000:user/alice"})"));
    const http::Response shown = bed.iam({}, "GetRole", {{"RoleName", "worker"}});
    EXPECT_NE(shown.body.find(percent_encode("arn:aws:iam::000000000000:user/alice")), std::string::npos);
    const std::string id = element(bed.iam({}, "GetUser", {{"UserName", "alice"}}).body, "UserId");
    const std::string key = element(bed.iam({}, "ListAccessKeys", {{"UserName", "alice"}}).body, "AccessKeyId");
    bed.iam({}, "DeleteAccessKey", {{"UserName", "alice"}, {"AccessKeyId", key}});
    ASSERT_EQ(outcome(bed.iam({}, "DeleteUser", {{"UserName", "alice"}})), "200");
    const Keys impostor = bed.make_user("alice");
    EXPECT_EQ(outcome(assume(impostor)), "403 AccessDenied");
    EXPECT_NE(bed.iam({}, "GetRole", {{"RoleName", "worker"}}).body.find(id), std::string::npos);
}

TEST_F(AssumeRole, LimitsTheDuration) {
    const Keys alice = bed.make_user("alice");
    make_role(trusting(R"({"AWS":"arn:aws:iam::000000000000:user/alice"})"), {{"MaxSessionDuration", "7200"}});
    make_role(trusting(R"({"AWS":")" + worker_arn + "\"}"), {{"MaxSessionDuration", "7200"}}, "next");
    EXPECT_EQ(
        message(assume(alice, {{"DurationSeconds", "899"}})),
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have "
        "value greater than or equal to 900");
    EXPECT_EQ(message(assume(alice, {{"DurationSeconds", "7201"}})),
              "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    const http::Response two_hours = assume(alice, {{"DurationSeconds", "7200"}});
    EXPECT_EQ(element(two_hours.body, "Expiration"), "2027-01-15T10:00:00Z");
    const std::string next = "arn:aws:iam::000000000000:role/next";
    EXPECT_EQ(message(assume(keys_of(two_hours), {{"DurationSeconds", "3601"}}, next)),
              "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
    EXPECT_EQ(outcome(assume(keys_of(two_hours), {{"DurationSeconds", "3600"}}, next)), "200");
    // A session of GetSessionToken chains, too.
    const Keys session = keys_of(bed.sts(alice, "GetSessionToken"));
    EXPECT_EQ(message(assume(session, {{"DurationSeconds", "7200"}})),
              "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.");
    EXPECT_EQ(outcome(assume(session, {{"DurationSeconds", "3600"}})), "200");
}

TEST_F(AssumeRole, SaysWhatTakesTooMuchRoom) {
    const Keys alice = bed.make_user("alice");
    make_role(
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
        R"("Principal":{"AWS":"arn:aws:iam::000000000000:user/alice"},"Action":["sts:AssumeRole","sts:TagSession"]}]})");
    Parameters tags;
    for (int i = 1; i <= 50; ++i) {
        const std::string tag = "Tags.member." + std::to_string(i);
        tags.push_back({tag + ".Key", std::to_string(i) + std::string(100, 'k')});
        tags.push_back({tag + ".Value", std::string(256, 'v')});
    }
    const http::Response tagged = assume(alice, tags);
    EXPECT_EQ(outcome(tagged), "400 PackedPolicyTooLarge");
    EXPECT_TRUE(message(tagged).starts_with("Packed size of session tags consumes ")) << message(tagged);
    std::string resources;
    for (int i = 0; i < 120; ++i) resources += fmt::format("{}\"arn:aws:s3:::bucket-{:03}\"", i == 0 ? "" : ",", i);
    const http::Response large =
        assume(alice, {{"Policy", statement(R"({"Effect":"Allow","Action":"s3:*","Resource":[)" + resources + "]}")}});
    EXPECT_EQ(outcome(large), "400 PackedPolicyTooLarge");
    EXPECT_EQ(message(large), "Packed policy consumes 157% of allotted space, please use smaller policy.");
}

TEST_F(AssumeRole, OfATagKeySentTwiceTheLastValueIsDecidedOn) {
    const Keys alice = bed.make_user("alice");
    make_role(
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
        R"("Principal":{"AWS":"arn:aws:iam::000000000000:user/alice"},"Action":["sts:AssumeRole","sts:TagSession"],)"
        R"("Condition":{"StringEquals":{"aws:RequestTag/team":"approved"}}}]})");
    const auto with = [](const char* first, const char* last) {
        return Parameters{{"Tags.member.1.Key", "team"},
                          {"Tags.member.1.Value", first},
                          {"Tags.member.2.Key", "Team"},
                          {"Tags.member.2.Value", last}};
    };
    EXPECT_EQ(outcome(assume(alice, with("approved", "other"))), "403 AccessDenied");
    EXPECT_EQ(outcome(assume(alice, with("other", "approved"))), "400 InvalidParameterValue");
}

TEST_F(AssumeRole, LetsASessionPolicyNarrowTheRole) {
    const Keys alice = bed.make_user("alice");
    make_role(trusting(R"({"AWS":"arn:aws:iam::000000000000:user/alice"})"));
    bed.iam({}, "AttachRolePolicy",
            {{"RoleName", "worker"}, {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}});
    const Keys wide = keys_of(assume(alice));
    EXPECT_EQ(outcome(bed.iam(wide, "ListUsers")), "200");
    const http::Response narrowed =
        assume(alice, {{"Policy", statement(R"({"Effect":"Allow","Action":"iam:ListRoles","Resource":"*"})")}});
    EXPECT_NE(element(narrowed.body, "PackedPolicySize"), "");
    const Keys narrow = keys_of(narrowed);
    EXPECT_EQ(outcome(bed.iam(narrow, "ListRoles")), "200");
    EXPECT_EQ(
        message(bed.iam(narrow, "ListUsers")),
        "User: arn:aws:sts::000000000000:assumed-role/worker/session is not authorized to perform: iam:ListUsers on "
        "resource: arn:aws:iam::000000000000:user/ because no session policy allows the iam:ListUsers action");
    const Keys managed =
        keys_of(assume(alice, {{"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}}));
    EXPECT_EQ(outcome(bed.iam(managed, "ListUsers")), "200");
    EXPECT_EQ(outcome(bed.iam(managed, "CreateUser", {{"UserName", "x"}})), "403 AccessDenied");
    EXPECT_EQ(outcome(assume(alice, {{"Policy", "{"}})), "400 MalformedPolicyDocument");
}

TEST_F(AssumeRole, NeedsFurtherPermissionsForTagsAndSourceIdentity) {
    const Keys alice = bed.make_user("alice");
    const std::string alice_arn = R"({"AWS":"arn:aws:iam::000000000000:user/alice"})";
    make_role(trusting(alice_arn));
    const Parameters tagged = {{"Tags.member.1.Key", "team"}, {"Tags.member.1.Value", "a"}};
    EXPECT_EQ(message(assume(alice, tagged)),
              "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: sts:TagSession on resource: " +
                  worker_arn);
    EXPECT_EQ(
        message(assume(alice, {{"SourceIdentity", "alice"}})),
        "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: sts:SetSourceIdentity on resource: " +
            worker_arn);
    bed.iam({}, "UpdateAssumeRolePolicy",
            {{"RoleName", "worker"}, {"PolicyDocument", trusting(alice_arn, "", all_actions)}});
    bed.iam({}, "PutRolePolicy",
            {{"RoleName", "worker"},
             {"PolicyName", "abac"},
             {"PolicyDocument", statement(R"({"Effect":"Allow","Action":"iam:GetUser","Resource":"*",
        "Condition":{"StringEquals":{"aws:PrincipalTag/Team":"a","aws:SourceIdentity":"alice"}}})")}});
    Parameters both = tagged;
    both.emplace_back("SourceIdentity", "alice");
    const http::Response answer = assume(alice, both);
    EXPECT_EQ(element(answer.body, "SourceIdentity"), "alice");
    EXPECT_EQ(outcome(bed.iam(keys_of(answer), "GetUser", {{"UserName", "alice"}})), "200");
    EXPECT_EQ(outcome(bed.iam(keys_of(assume(alice, tagged)), "GetUser", {{"UserName", "alice"}})), "403 AccessDenied");
}

TEST_F(AssumeRole, KeepsTheSourceIdentityThroughChaining) {
    const Keys alice = bed.make_user("alice");
    make_role(trusting(R"({"AWS":"arn:aws:iam::000000000000:user/alice"})", "", all_actions));
    make_role(trusting(R"({"AWS":")" + worker_arn + "\"}", "", all_actions), {}, "next");
    const Keys first = keys_of(assume(alice, {{"SourceIdentity", "alice"}}));
    const std::string next = "arn:aws:iam::000000000000:role/next";
    EXPECT_EQ(element(assume(first, {}, next).body, "SourceIdentity"), "alice");
    EXPECT_EQ(message(assume(first, {{"SourceIdentity", "mallory"}}, next)),
              "The source identity is already set for this assume role session");
}

}  // namespace
}  // namespace iamlocal::app
