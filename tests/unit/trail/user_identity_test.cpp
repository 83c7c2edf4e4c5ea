// All forms of `userIdentity`.
#include "trail/user_identity.hpp"

#include <gtest/gtest.h>

namespace iamlocal::trail {
namespace {

using access::Portrait;

Portrait portrait(Portrait::Kind kind) {
    Portrait made;
    made.kind = kind;
    made.principal_id = "ID";
    made.arn = "ARN";
    made.account = "111122223333";
    made.access_key_id = "KEY";
    made.user_name = "name";
    made.provider = "provider";
    return made;
}

Portrait with_session(Portrait made) {
    Portrait::Session& session = made.session.emplace();
    session.issuer = Portrait::Issuer{"Role", "AROA", "ROLE-ARN", "111122223333", "role"};
    session.created = Seconds(std::chrono::seconds(1'800'000'000));
    return made;
}

TEST(UserIdentity, HasTheMembersOfItsType) {
    const std::string common = R"("principalId":"ID","arn":"ARN","accountId":"111122223333","accessKeyId":"KEY")";
    const std::string context =
        R"("sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA","arn":"ROLE-ARN","accountId":"111122223333",)"
        R"("userName":"role"},"attributes":{"creationDate":"2027-01-15T08:00:00Z","mfaAuthenticated":"false"}})";
    const struct {
        Portrait caller;
        std::string expected;
        std::string name;
    } cases[] = {
        {portrait(Portrait::Kind::root), R"({"type":"Root",)" + common + R"(,"userName":"name"})", "root"},
        {portrait(Portrait::Kind::user), R"({"type":"IAMUser",)" + common + R"(,"userName":"name"})", "name"},
        {with_session(portrait(Portrait::Kind::role_session)),
         R"({"type":"AssumedRole",)" + common + "," + context + "}", "ID"},
        {with_session(portrait(Portrait::Kind::federated_user)),
         R"({"type":"FederatedUser",)" + common + "," + context + "}", "ID"},
        {portrait(Portrait::Kind::service), R"({"type":"AWSService","invokedBy":"provider"})", ""},
        {portrait(Portrait::Kind::saml),
         R"({"type":"SAMLUser","principalId":"ID","userName":"name","identityProvider":"provider"})", "name"},
        {portrait(Portrait::Kind::web_identity),
         R"({"type":"WebIdentityUser","principalId":"ID","userName":"name","identityProvider":"provider"})", "name"},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(user_identity(one.caller).dump(), one.expected);
        EXPECT_EQ(lookup_name(one.caller), one.name) << one.expected;
    }
    EXPECT_EQ(foreign_identity(portrait(Portrait::Kind::user)).dump(),
              R"({"type":"AWSAccount","principalId":"ID","accountId":"111122223333"})");
}

TEST(UserIdentity, TellsHowASessionBegan) {
    Portrait caller = with_session(portrait(Portrait::Kind::role_session));
    caller.principal_id = "AROA:session";
    caller.session->has_mfa = true;
    caller.session->source_identity = "alice";
    caller.session->role_delivery = "2.0";
    caller.session->web_provider = "idp";
    caller.session->is_root_task = true;
    const Json context = user_identity(caller)["sessionContext"];
    EXPECT_EQ(context["webIdFederationData"].dump(), R"({"federatedProvider":"idp","attributes":{}})");
    EXPECT_EQ(context["attributes"]["mfaAuthenticated"], "true");
    EXPECT_EQ(context["sourceIdentity"], "alice");
    EXPECT_EQ(context["ec2RoleDelivery"], "2.0");
    EXPECT_EQ(context["assumedRoot"], "true");
    EXPECT_EQ(lookup_name(caller), "session");
}

}  // namespace
}  // namespace iamlocal::trail
