#include "policy/caller.hpp"

#include <gtest/gtest.h>

namespace iamlocal::policy {
namespace {

constexpr const char* absent = "(absent)";

std::string value_of(const Principal& principal, std::string_view key) {
    return principal_key(principal, key).value_or(absent);
}

struct CallerRow {
    const char* name;
    Principal principal;
    std::string arn;
    std::string account;
    std::string type;
    std::string user_id;
    std::string user_name;
};

const CallerRow caller_rows[] = {
    {"user",
     {PrincipalKind::user,
      "arn:aws:iam::111111111111:user/team/alice",
      "111111111111",
      "AIDAALICEALICEALICE1",
      {},
      {},
      {}},
     "arn:aws:iam::111111111111:user/team/alice",
     "111111111111",
     "User",
     "AIDAALICEALICEALICE1",
     "alice"},
    {"user_session",
     {PrincipalKind::user_session,
      "arn:aws:iam::111111111111:user/alice",
      "111111111111",
      "AIDAALICEALICEALICE1",
      {},
      "arn:aws:iam::111111111111:user/alice",
      {}},
     "arn:aws:iam::111111111111:user/alice",
     "111111111111",
     "User",
     "AIDAALICEALICEALICE1",
     "alice"},
    {"role_session",
     {PrincipalKind::role_session,
      "arn:aws:sts::111111111111:assumed-role/dev/run",
      "111111111111",
      "AROADEVDEVDEVDEVDEV1",
      "arn:aws:iam::111111111111:role/team/dev",
      {},
      "accounts.google.com"},
     "arn:aws:iam::111111111111:role/team/dev",
     "111111111111",
     "AssumedRole",
     "AROADEVDEVDEVDEVDEV1:run",
     absent},
    {"role_session_of_an_unknown_role",
     {PrincipalKind::role_session, "arn:aws:sts::111111111111:assumed-role/dev/run", "111111111111", {}, {}, {}, {}},
     "arn:aws:sts::111111111111:assumed-role/dev/run",
     "111111111111",
     "AssumedRole",
     absent,
     absent},
    {"federated_user",
     {PrincipalKind::federated_user,
      "arn:aws:sts::111111111111:federated-user/fred",
      "111111111111",
      "AIDAALICEALICEALICE1",
      {},
      "arn:aws:iam::111111111111:user/alice",
      {}},
     "arn:aws:sts::111111111111:federated-user/fred",
     "111111111111",
     "FederatedUser",
     "111111111111:fred",
     absent},
    {"root",
     {PrincipalKind::root, "arn:aws:iam::111111111111:root", "111111111111", "111111111111", {}, {}, {}},
     "arn:aws:iam::111111111111:root",
     "111111111111",
     "Account",
     "111111111111",
     absent},
    {"anonymous", {}, absent, "anonymous", "Anonymous", absent, absent},
    {"service",
     {PrincipalKind::service, "ec2.amazonaws.com", {}, {}, {}, {}, {}},
     absent,
     absent,
     absent,
     absent,
     absent},
    {"web_identity_by_arn",
     {PrincipalKind::web_identity, {}, {}, {}, {}, {}, "arn:aws:iam::111111111111:oidc-provider/id.example.com"},
     absent,
     "111111111111",
     "User",
     "arn:aws:iam::111111111111:oidc-provider/id.example.com",
     absent},
    {"web_identity_by_host",
     {PrincipalKind::web_identity, {}, {}, {}, {}, {}, "accounts.google.com"},
     absent,
     absent,
     "User",
     "accounts.google.com",
     absent},
    {"saml",
     {PrincipalKind::saml, {}, {}, {}, {}, {}, "arn:aws:iam::111111111111:saml-provider/okta"},
     absent,
     "111111111111",
     "User",
     "arn:aws:iam::111111111111:saml-provider/okta",
     absent},
};

TEST(PrincipalKey, FollowsFromTheKindOfCaller) {
    for (const CallerRow& row : caller_rows) {
        SCOPED_TRACE(row.name);
        EXPECT_EQ(value_of(row.principal, "aws:principalarn"), row.arn);
        EXPECT_EQ(value_of(row.principal, "aws:principalaccount"), row.account);
        EXPECT_EQ(value_of(row.principal, "aws:principaltype"), row.type);
        EXPECT_EQ(value_of(row.principal, "aws:userid"), row.user_id);
        EXPECT_EQ(value_of(row.principal, "aws:username"), row.user_name);
        const bool service = row.principal.kind == PrincipalKind::service;
        const bool anonymous = row.principal.kind == PrincipalKind::anonymous;
        EXPECT_EQ(value_of(row.principal, "aws:principalisawsservice"), anonymous ? absent
                                                                        : service ? "true"
                                                                                  : "false");
        EXPECT_EQ(value_of(row.principal, "aws:principalservicename"), service ? "ec2.amazonaws.com" : absent);
    }
}

TEST(PrincipalKey, KnowsNoOtherKeys) {
    for (const std::string_view key :
         {"", "aws:", "principalarn", "iam:principalarn", "aws:principalarnx", "aws:PrincipalArn",
          "aws:principaltag/team", "aws:sourceip", "aws:principalorgid"})
        EXPECT_EQ(value_of(caller_rows[0].principal, key), absent) << key;
}

TEST(CallerKeys, AreAllThatTheCallerHas) {
    for (const CallerRow& row : caller_rows) {
        SCOPED_TRACE(row.name);
        // aws:PrincipalIsAWSService
        std::size_t expected = row.principal.kind == PrincipalKind::anonymous ? 0 : 1;
        for (const std::string* value : {&row.arn, &row.account, &row.type, &row.user_id, &row.user_name})
            expected += *value == absent ? 0 : 1;
        if (row.principal.kind == PrincipalKind::service) ++expected;
        EXPECT_EQ(caller_keys(row.principal).size(), expected);
    }
    EXPECT_EQ(caller_keys(caller_rows[0].principal).front(),
              (std::pair<std::string, std::string>("aws:PrincipalArn", "arn:aws:iam::111111111111:user/team/alice")));
}

TEST(ParseCaller, KnowsServicesOfEveryPartition) {
    for (const char* name :
         {"ec2.amazonaws.com", "ec2.amazonaws.com.cn", "ec2.amazonaws.eu", "alexa-appkit.amazon.com"}) {
        const auto caller = parse_caller(name);
        ASSERT_TRUE(caller) << name;
        EXPECT_EQ(caller->kind, PrincipalKind::service);
        EXPECT_EQ(caller->arn, name);
    }
    EXPECT_FALSE(parse_caller("ec2.example.com"));
}

}  // namespace
}  // namespace iamlocal::policy
