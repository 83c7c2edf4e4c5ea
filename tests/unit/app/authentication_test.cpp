#include <gtest/gtest.h>

#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

using namespace std::chrono_literals;

constexpr const char* trust_all =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},
"Action":"sts:AssumeRole"}]})";

Keys assume(Bed& bed, const Keys& caller, const Parameters& more = {}) {
    Parameters parameters = {{"RoleArn", "arn:aws:iam::000000000000:role/worker"}, {"RoleSessionName", "s1"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    const http::Response answer = bed.sts(caller, "AssumeRole", parameters);
    EXPECT_EQ(outcome(answer), "200") << answer.body;
    return {element(answer.body, "AccessKeyId"), element(answer.body, "SecretAccessKey"),
            element(answer.body, "SessionToken")};
}

TEST(Authentication, KnowsRootUsersAndStrangers) {
    Bed bed;
    const Keys alice = bed.make_user("alice");
    const struct {
        Keys keys;
        const char* outcome;
    } cases[] = {
        {{}, "200"},
        {alice, "200"},
        {{"123456789012", "test", {}}, "200"},
        {{"123456789012", "wrong", {}}, "403 SignatureDoesNotMatch"},
        {{"test", "wrong", {}}, "403 SignatureDoesNotMatch"},
        {{alice.id, "wrong", {}}, "403 SignatureDoesNotMatch"},
        {{"AKIAIOSFODNN7EXAMPLE", "wrong", {}}, "403 InvalidClientTokenId"},
        {{"12345678901", "test", {}}, "403 InvalidClientTokenId"},
        {{alice.id, alice.secret, "token"}, "403 InvalidClientTokenId"},
        {{"test", "test", "token"}, "403 InvalidClientTokenId"},
    };
    for (const auto& [keys, expected] : cases) {
        SCOPED_TRACE(keys.id + " " + keys.token);
        EXPECT_EQ(outcome(bed.sts(keys, "GetCallerIdentity")), expected);
    }
}

TEST(Authentication, SeesAChangeInTheVeryNextRequest) {
    Bed bed;
    const Keys alice = bed.make_user("alice");
    EXPECT_EQ(outcome(bed.sts(alice, "GetCallerIdentity")), "200");
    bed.iam({}, "UpdateAccessKey", {{"UserName", "alice"}, {"AccessKeyId", alice.id}, {"Status", "Inactive"}});
    EXPECT_EQ(outcome(bed.sts(alice, "GetCallerIdentity")), "403 InvalidClientTokenId");
    bed.iam({}, "UpdateAccessKey", {{"UserName", "alice"}, {"AccessKeyId", alice.id}, {"Status", "Active"}});
    EXPECT_EQ(outcome(bed.sts(alice, "GetCallerIdentity")), "200");
    bed.iam({}, "DeleteAccessKey", {{"UserName", "alice"}, {"AccessKeyId", alice.id}});
    EXPECT_EQ(outcome(bed.sts(alice, "GetCallerIdentity")), "403 InvalidClientTokenId");
}

TEST(Authentication, OfSessionsEndsWithTheirTime) {
    Bed bed;
    const Keys alice = bed.make_user("alice", allow_all);
    bed.iam({}, "CreateRole", {{"RoleName", "worker"}, {"AssumeRolePolicyDocument", trust_all}});
    const Keys session = assume(bed, alice, {{"DurationSeconds", "900"}});
    const http::Response who = bed.sts(session, "GetCallerIdentity");
    EXPECT_EQ(element(who.body, "Arn"), "arn:aws:sts::000000000000:assumed-role/worker/s1");
    bed.clock().advance(899s);
    EXPECT_EQ(outcome(bed.sts(session, "GetCallerIdentity")), "200");
    bed.clock().advance(1s);
    const http::Response late = bed.sts(session, "GetCallerIdentity");
    EXPECT_EQ(outcome(late), "403 ExpiredToken");
    EXPECT_EQ(message(late), "The security token included in the request is expired");
}

TEST(Authentication, SeesAChangeThatAnotherWorkerMade) {
    Bed bed;
    const Keys alice = bed.make_user("alice", allow_all);
    for (int round = 0; round < 3; ++round) {
        EXPECT_EQ(outcome(bed.iam(alice, "ListUsers")), "200");
        bed.switch_pipeline();
        EXPECT_EQ(outcome(bed.iam(alice, "ListUsers")), "200");
        ASSERT_EQ(outcome(bed.iam({}, "DeleteUserPolicy", {{"UserName", "alice"}, {"PolicyName", "own"}})), "200");
        bed.switch_pipeline();
        EXPECT_EQ(outcome(bed.iam(alice, "ListUsers")), "403 AccessDenied");
        bed.switch_pipeline();
        const Parameters policy = {{"UserName", "alice"}, {"PolicyName", "own"}, {"PolicyDocument", allow_all}};
        ASSERT_EQ(outcome(bed.iam({}, "PutUserPolicy", policy)), "200");
        bed.switch_pipeline();
    }
}

TEST(Authentication, TakesSignaturesOfTheRealClockWhereverTheBenchHasMoved) {
    Bed bed;
    const Keys alice = bed.make_user("alice", allow_all);
    bed.iam({}, "CreateRole", {{"RoleName", "worker"}, {"AssumeRolePolicyDocument", trust_all}});
    const Keys session = assume(bed, alice);
    bed.clock().advance(2h);
    bed.sign_with_the_real_clock();
    EXPECT_EQ(outcome(bed.sts(alice, "GetCallerIdentity")), "200");
    EXPECT_EQ(outcome(bed.sts(session, "GetCallerIdentity")), "403 ExpiredToken");
}

TEST(Authentication, OfSessionsEndsWithTheirRoleEvenIfItIsMadeAgain) {
    Bed bed;
    const Keys alice = bed.make_user("alice", allow_all);
    const Parameters role = {{"RoleName", "worker"}, {"AssumeRolePolicyDocument", trust_all}};
    bed.iam({}, "CreateRole", role);
    const Keys session = assume(bed, alice);
    EXPECT_EQ(outcome(bed.sts(session, "GetCallerIdentity")), "200");
    bed.iam({}, "DeleteRole", {{"RoleName", "worker"}});
    EXPECT_EQ(outcome(bed.sts(session, "GetCallerIdentity")), "403 InvalidClientTokenId");
    bed.iam({}, "CreateRole", role);
    EXPECT_EQ(outcome(bed.sts(session, "GetCallerIdentity")), "403 InvalidClientTokenId");
}

TEST(Authentication, RefusesEveryTokenThatWasTouched) {
    Bed bed;
    const Keys alice = bed.make_user("alice", allow_all);
    bed.iam({}, "CreateRole", {{"RoleName", "worker"}, {"AssumeRolePolicyDocument", trust_all}});
    const Keys session = assume(bed, alice);
    Keys other = assume(bed, alice);
    for (std::size_t i = 0; i < session.token.size(); i += 7) {
        Keys forged = session;
        forged.token[i] = forged.token[i] == 'A' ? 'B' : 'A';
        EXPECT_EQ(outcome(bed.sts(forged, "GetCallerIdentity")), "403 InvalidClientTokenId") << i;
        forged.token = session.token.substr(0, i);
        EXPECT_EQ(outcome(bed.sts(forged, "GetCallerIdentity")), "403 InvalidClientTokenId") << i;
    }
    other.token = session.token;
    EXPECT_EQ(outcome(bed.sts(other, "GetCallerIdentity")), "403 InvalidClientTokenId");
    EXPECT_EQ(outcome(bed.sts({session.id, session.secret, {}}, "GetCallerIdentity")), "403 InvalidClientTokenId");
    EXPECT_EQ(outcome(bed.sts(session, "GetCallerIdentity")), "200");
}

TEST(Authentication, LimitsWhatSessionsOfGetSessionTokenMayDo) {
    Bed bed;
    const Keys alice = bed.make_user("alice", allow_all);
    const http::Response answer = bed.sts(alice, "GetSessionToken");
    const Keys session{element(answer.body, "AccessKeyId"), element(answer.body, "SecretAccessKey"),
                       element(answer.body, "SessionToken")};
    EXPECT_EQ(element(bed.sts(session, "GetCallerIdentity").body, "Arn"), "arn:aws:iam::000000000000:user/alice");
    EXPECT_EQ(outcome(bed.iam(session, "ListUsers")), "403 InvalidClientTokenId");
    const http::Response again = bed.sts(session, "GetSessionToken");
    EXPECT_EQ(outcome(again), "403 AccessDenied");
    EXPECT_EQ(message(again), "Cannot call GetSessionToken with session credentials");
    bed.iam({}, "CreateRole", {{"RoleName", "worker"}, {"AssumeRolePolicyDocument", trust_all}});
    assume(bed, session);
}

TEST(Authentication, RefusesUnsignedAndLateRequests) {
    Bed bed;
    http::Request request;
    request.method = "GET";
    request.target = "/?Action=ListUsers&Version=2010-05-08";
    EXPECT_EQ(outcome(bed.deliver(request)), "403 MissingAuthenticationToken");
    const http::Header headers[] = {{"Host", "localhost"},
                                    {"Authorization",
                                     "AWS4-HMAC-SHA256 Credential=test/20150830/us-east-1/iam/aws4_request, "
                                     "SignedHeaders=host;x-amz-date, Signature=00"},
                                    {"X-Amz-Date", "20150830T123600Z"}};
    request.headers = headers;
    EXPECT_EQ(outcome(bed.deliver(request)), "403 SignatureDoesNotMatch");
    EXPECT_TRUE(message(bed.deliver(request)).starts_with("Signature expired: 20150830T123600Z is now earlier than "));
}

}  // namespace
}  // namespace iamlocal::app
