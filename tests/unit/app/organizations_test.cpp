#include <gtest/gtest.h>

#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

std::string policy_document(const std::string& statements) {
    return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

/// Three accounts in units of an organization and one outside, each with a user that may do everything.
class OrganizationsTest : public testing::Test {
  protected:
    static constexpr const char* member = "111111111111";  // /workloads/prod
    static constexpr const char* other = "222222222222";   // /
    static constexpr const char* management = "999999999999";
    static constexpr const char* outsider = "555555555555";

    OrganizationsTest() {
        for (const char* account : {member, other, management, outsider}) {
            const Keys root{account, "test", {}};
            bed_.iam(root, "CreateUser", {{"UserName", "alice"}});
            bed_.iam(root, "PutUserPolicy",
                     {{"UserName", "alice"},
                      {"PolicyName", "own"},
                      {"PolicyDocument", policy_document(R"({"Effect":"Allow","Action":"*","Resource":"*"})")}});
            const http::Response answer = bed_.iam(root, "CreateAccessKey", {{"UserName", "alice"}});
            alice_[account] = {element(answer.body, "AccessKeyId"), element(answer.body, "SecretAccessKey"), {}};
        }
    }

    http::Response organization(std::string_view method, std::string_view body = {}) {
        http::Request request;
        request.method = method;
        request.target = "/_iamlocal/organization";
        request.body = body;
        request.peer = "127.0.0.1";
        return bed_.deliver(request);
    }

    /// Declares the organization with these policies.
    void declare(const std::string& policies, const std::string& more = {}) {
        const http::Response answer =
            organization("PUT", fmt::format(R"({{"id":"o-exampleorgid","management_account":"{}",
            "accounts":{{"{}":"/workloads/prod","{}":"/"}},
            "units":{{"/":"r-ab12","/workloads":"ou-ab12-11111111","/workloads/prod":"ou-ab12-22222222"}},
            "policies":[{}]{}}})",
                                            management, member, other, policies, more));
        ASSERT_EQ(answer.status, 200) << answer.body;
    }

    static std::string policy(const std::string& type, const std::string& name, const std::string& target,
                              const std::string& statements) {
        return fmt::format(R"({{"type":"{}","name":"{}","targets":["{}"],"document":{}}})", type, name, target,
                           policy_document(statements));
    }

    std::string list_users(const std::string& account) { return outcome(bed_.iam(alice_[account], "ListUsers")); }

    http::Response assume(const Keys& keys, const std::string& account, const Parameters& more = {}) {
        Parameters parameters = {{"RoleArn", "arn:aws:iam::" + account + ":role/job"}, {"RoleSessionName", "run"}};
        parameters.insert(parameters.end(), more.begin(), more.end());
        return bed_.sts(keys, "AssumeRole", parameters);
    }

    /// A role that everybody may assume, with a policy that allows everything.
    void make_role(const std::string& account) {
        const Keys root{account, "test", {}};
        bed_.iam(root, "CreateRole",
                 {{"RoleName", "job"},
                  {"AssumeRolePolicyDocument",
                   policy_document(
                       R"({"Effect":"Allow","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:TagSession"]})")}});
        bed_.iam(root, "PutRolePolicy",
                 {{"RoleName", "job"},
                  {"PolicyName", "own"},
                  {"PolicyDocument", policy_document(R"({"Effect":"Allow","Action":"*","Resource":"*"})")}});
    }

    Bed bed_;
    std::map<std::string, Keys> alice_;
};

constexpr const char* allowed = "200";
constexpr const char* refused = "403 AccessDenied";
constexpr const char* no_listing = R"({"Effect":"Deny","Action":"iam:ListUsers","Resource":"*"})";

TEST_F(OrganizationsTest, WithoutPoliciesNothingIsLimited) {
    declare("");
    for (const char* account : {member, other, management, outsider})
        EXPECT_EQ(list_users(account), allowed) << account;
}

TEST_F(OrganizationsTest, AServiceControlPolicyLimitsWhatItIsAttachedTo) {
    const struct {
        const char* target;
        const char* in_prod;
        const char* at_root;
    } cases[] = {
        {"/", refused, refused},    {"/workloads", refused, allowed}, {"/workloads/prod", refused, allowed},
        {member, refused, allowed}, {other, allowed, refused},        {management, allowed, allowed},
    };
    for (const auto& [target, in_prod, at_root] : cases) {
        SCOPED_TRACE(target);
        declare(policy("scp", "NoListing", target, no_listing));
        EXPECT_EQ(list_users(member), in_prod);
        EXPECT_EQ(list_users(other), at_root);
        EXPECT_EQ(list_users(management), allowed);
        EXPECT_EQ(list_users(outsider), allowed);
        EXPECT_EQ(outcome(bed_.iam(alice_[member], "ListRoles")), allowed);
    }
}

TEST_F(OrganizationsTest, SaysSoInTheWordsOfAws) {
    declare(policy("scp", "NoListing", "/", no_listing));
    EXPECT_EQ(message(bed_.iam(alice_[member], "ListUsers")),
              "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: iam:ListUsers on resource: "
              "arn:aws:iam::111111111111:user/ with an explicit deny in a service control policy: "
              "arn:aws:organizations::999999999999:policy/o-exampleorgid/service_control_policy/p-1d4ed8b8");
    // A missing Allow is worded as a deny.
    declare(policy("scp", "StsOnly", "/", R"({"Effect":"Allow","Action":"sts:*","Resource":"*"})"),
            R"(,"without_full_access":["/"])");
    EXPECT_EQ(message(bed_.iam(alice_[member], "ListUsers")),
              "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: iam:ListUsers on resource: "
              "arn:aws:iam::111111111111:user/ with an explicit deny in a service control policy");
}

TEST_F(OrganizationsTest, EveryLevelMustAllow) {
    const std::string allow_iam = R"({"Effect":"Allow","Action":"iam:*","Resource":"*"})";
    const std::string allow_sts = R"({"Effect":"Allow","Action":"sts:*","Resource":"*"})";
    const struct {
        std::string policies;
        std::string more;
        const char* expected;
    } cases[] = {
        {policy("scp", "P", "/workloads", allow_iam), R"(,"without_full_access":["/workloads"])", allowed},
        {policy("scp", "P", "/workloads", allow_sts), R"(,"without_full_access":["/workloads"])", refused},
        // What the root does not allow no account can give back.
        {policy("scp", "P", "/", allow_sts) + "," + policy("scp", "Q", member, allow_iam),
         R"(,"without_full_access":["/"])", refused},
        {policy("scp", "P", "/", allow_iam) + "," + policy("scp", "Q", member, allow_sts),
         R"(,"without_full_access":["/"])", allowed},  // FullAWSAccess is still on the account
        {policy("scp", "P", "/", allow_iam) + "," + policy("scp", "Q", member, allow_sts),
         R"(,"without_full_access":["/","111111111111"])", refused},
        {policy("scp", "P", "/", allow_iam) + "," + policy("scp", "Q", member, allow_sts) + "," +
             policy("scp", "R", member, allow_iam),
         R"(,"without_full_access":["/","111111111111"])", allowed},  // one of a level is enough
    };
    for (const auto& [policies, more, expected] : cases) {
        SCOPED_TRACE(policies);
        declare(policies, more);
        EXPECT_EQ(list_users(member), expected);
        EXPECT_EQ(list_users(management), allowed);
    }
}

TEST_F(OrganizationsTest, LimitsRootAndRolesOfMembersButNotWhatNeedsNoPermission) {
    make_role(member);
    const http::Response session = assume(alice_[member], member);
    const Keys role{element(session.body, "AccessKeyId"), element(session.body, "SecretAccessKey"),
                    element(session.body, "SessionToken")};
    declare(policy("scp", "Nothing", "/", R"({"Effect":"Deny","Action":"*","Resource":"*"})"));
    const Keys root{member, "test", {}};
    EXPECT_EQ(message(bed_.iam(root, "ListUsers")),
              "User: arn:aws:iam::111111111111:root is not authorized to perform: iam:ListUsers on resource: "
              "arn:aws:iam::111111111111:user/ with an explicit deny in a service control policy: "
              "arn:aws:organizations::999999999999:policy/o-exampleorgid/service_control_policy/p-22cf4851");
    EXPECT_EQ(outcome(bed_.iam(role, "ListUsers")), refused);
    EXPECT_EQ(outcome(bed_.iam({management, "test", {}}, "ListUsers")), allowed);
    EXPECT_EQ(outcome(bed_.sts(root, "GetCallerIdentity")), allowed);
    EXPECT_EQ(outcome(bed_.sts(alice_[member], "GetSessionToken")), allowed);
}

TEST_F(OrganizationsTest, GrantsNothing) {
    bed_.iam({member, "test", {}}, "DeleteUserPolicy", {{"UserName", "alice"}, {"PolicyName", "own"}});
    declare(policy("scp", "All", "/", R"({"Effect":"Allow","Action":"*","Resource":"*"})"));
    EXPECT_EQ(message(bed_.iam(alice_[member], "ListUsers")),
              "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: iam:ListUsers on resource: "
              "arn:aws:iam::111111111111:user/ because no identity-based policy allows the iam:ListUsers action");
}

TEST_F(OrganizationsTest, AcrossAccountsTheCallersServicePoliciesAndTheOwnersResourcePoliciesCount) {
    for (const char* account : {member, other, management, outsider}) make_role(account);
    const std::string no_assuming = R"({"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"})";
    const std::string none_assumes = R"({"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*"})";
    const struct {
        const char* caller;
        const char* owner;
        const char* with_scp;  ///< attached to `member`
        const char* with_rcp;  ///< likewise
    } cases[] = {
        {member, other, refused, allowed},      {other, member, allowed, refused},
        {member, member, refused, refused},     {outsider, member, allowed, refused},
        {member, outsider, refused, allowed},   {management, member, allowed, refused},
        {member, management, refused, allowed}, {other, other, allowed, allowed},
    };
    for (const auto& [caller, owner, with_scp, with_rcp] : cases) {
        SCOPED_TRACE(std::string(caller) + " " + owner);
        declare(policy("scp", "P", member, no_assuming));
        const http::Response limited = assume(alice_[caller], owner);
        EXPECT_EQ(outcome(limited), with_scp);
        const auto says = [](const http::Response& answer, const std::string& kind) {
            return message(answer).find("with an explicit deny in a " + kind +
                                        " control policy: arn:aws:organizations::999999999999:policy/") !=
                   std::string::npos;
        };
        EXPECT_EQ(says(limited, "service"), with_scp == refused);
        declare(policy("rcp", "P", member, none_assumes));
        const http::Response guarded = assume(alice_[caller], owner);
        EXPECT_EQ(outcome(guarded), with_rcp);
        EXPECT_EQ(says(guarded, "resource"), with_rcp == refused);
    }
    // The management account's own are protected by none.
    declare(policy("rcp", "P", "/", none_assumes));
    EXPECT_EQ(outcome(assume(alice_[outsider], management)), allowed);
    EXPECT_EQ(outcome(assume(alice_[outsider], other)), refused);
}

TEST_F(OrganizationsTest, ResourceControlPoliciesCoverSessionTags) {
    make_role(member);
    declare(policy("rcp", "P", "/", R"({"Effect":"Deny","Principal":"*","Action":"sts:TagSession","Resource":"*"})"));
    EXPECT_EQ(outcome(assume(alice_[other], member)), allowed);
    const http::Response denied =
        assume(alice_[other], member, {{"Tags.member.1.Key", "team"}, {"Tags.member.1.Value", "a"}});
    EXPECT_EQ(message(denied),
              "User: arn:aws:iam::222222222222:user/alice is not authorized to perform: sts:TagSession on resource: "
              "arn:aws:iam::111111111111:role/job with an explicit deny in a resource control policy: "
              "arn:aws:organizations::999999999999:policy/o-exampleorgid/resource_control_policy/p-00dfca4b");
}

TEST_F(OrganizationsTest, AMissingAllowForAssumeRoleIsWordedAsADeny) {
    make_role(member);
    declare(policy("scp", "P", "/", R"({"Effect":"Allow","Action":"iam:*","Resource":"*"})"),
            R"(,"without_full_access":["/"])");
    EXPECT_EQ(message(assume(alice_[member], member)),
              "User: arn:aws:iam::111111111111:user/alice is not authorized to perform: sts:AssumeRole on resource: "
              "arn:aws:iam::111111111111:role/job with an explicit deny in a service control policy");
}

TEST_F(OrganizationsTest, MembersSeeItsKeys) {
    make_role(member);
    make_role(outsider);
    make_role(management);
    const std::string path = "o-exampleorgid/r-ab12/ou-ab12-11111111/ou-ab12-22222222/";
    // Statements that deny when the key has the value; asked with the caller's own policy.
    const auto denied = [&](const char* caller, const char* owner, const std::string& condition) {
        bed_.iam({caller, "test", {}}, "PutUserPolicy",
                 {{"UserName", "alice"},
                  {"PolicyName", "deny"},
                  {"PolicyDocument",
                   policy_document(R"({"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*","Condition":)" +
                                   condition + "}")}});
        return outcome(assume(alice_[caller], owner)) == refused;
    };
    const auto equals = [](const std::string& key, const std::string& value) {
        return R"({"StringEquals":{")" + key + R"(":")" + value + R"("}})";
    };
    const auto any = [](const std::string& key, const std::string& value) {
        return R"({"ForAnyValue:StringEquals":{")" + key + R"(":")" + value + R"("}})";
    };
    const auto absent = [](const std::string& key) { return R"({"Null":{")" + key + R"(":"true"}})"; };
    declare("");
    EXPECT_TRUE(denied(member, outsider, equals("aws:PrincipalOrgID", "o-exampleorgid")));
    EXPECT_TRUE(denied(member, outsider, any("aws:PrincipalOrgPaths", path)));
    EXPECT_TRUE(denied(member, outsider, equals("aws:PrincipalOrgMasterAccountId", std::string(management))));
    EXPECT_TRUE(denied(outsider, member, absent("aws:PrincipalOrgMasterAccountId")));
    EXPECT_TRUE(denied(member, outsider, absent("aws:ResourceOrgID")));
    EXPECT_TRUE(denied(member, outsider, absent("aws:ResourceOrgPaths")));
    EXPECT_TRUE(denied(outsider, member, absent("aws:PrincipalOrgID")));
    EXPECT_TRUE(denied(outsider, member, absent("aws:PrincipalOrgPaths")));
    EXPECT_TRUE(denied(outsider, member, equals("aws:ResourceOrgID", "o-exampleorgid")));
    EXPECT_TRUE(denied(outsider, member, any("aws:ResourceOrgPaths", path)));
    EXPECT_TRUE(denied(member, management, any("aws:ResourceOrgPaths", "o-exampleorgid/r-ab12/")));
    // The paths are multivalued: no operator without a set looks into them.
    EXPECT_FALSE(denied(member, outsider, equals("aws:PrincipalOrgPaths", path)));
    EXPECT_FALSE(denied(member, outsider, equals("aws:PrincipalOrgID", "o-otherorgid")));
    organization("DELETE");
    for (const char* key : {"aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceOrgID", "aws:ResourceOrgPaths"})
        EXPECT_TRUE(denied(member, member, absent(key))) << key;
}

TEST_F(OrganizationsTest, PoliciesSeeTheirConditions) {
    make_role(member);
    declare(policy("rcp", "OwnOnly", "/",
                   R"({"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*",
                       "Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"${aws:ResourceOrgID}"}}})"));
    EXPECT_EQ(outcome(assume(alice_[other], member)), allowed);
    declare(policy("rcp", "OwnOnly", "/",
                   R"({"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*",
                       "Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}})"));
    EXPECT_EQ(outcome(assume(alice_[other], member)), allowed);
    EXPECT_EQ(outcome(assume(alice_[outsider], member)), refused);
}

TEST_F(OrganizationsTest, TakesEffectAtOnceForEveryWorker) {
    for (int i = 0; i < 3; ++i) {
        for (int worker = 0; worker < 2; ++worker, bed_.switch_pipeline()) EXPECT_EQ(list_users(member), allowed);
        declare(policy("scp", "NoListing", "/", no_listing));
        for (int worker = 0; worker < 2; ++worker, bed_.switch_pipeline()) EXPECT_EQ(list_users(member), refused);
        EXPECT_EQ(organization("DELETE").status, 200);
    }
    declare(policy("scp", "NoListing", "/", no_listing));
    http::Request reset;
    reset.method = "POST";
    reset.target = "/_iamlocal/reset";
    bed_.deliver(reset);
    EXPECT_EQ(organization("GET").status, 404);
    EXPECT_EQ(outcome(bed_.iam({member, "test", {}}, "ListUsers")), allowed);
}

}  // namespace
}  // namespace iamlocal::app
