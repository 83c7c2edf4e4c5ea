#include "store/roles.hpp"

#include <gmock/gmock.h>

#include "unit/iam/fixture.hpp"

namespace iamlocal::iam {
namespace {

using testing::HasSubstr;

class RolesTest : public IamTest {
  protected:
    std::string create_role(std::string_view name, const std::string& document, std::string_view path = "/") {
        return run("CreateRole", {{"RoleName", name}, {"Path", path}, {"AssumeRolePolicyDocument", document}});
    }
    std::string create_role(std::string_view name) { return create_role(name, trusting_service()); }

    std::string stored(std::string_view name) { return find(name)->trust_policy; }
    std::optional<store::Role> find(std::string_view name) {
        return in_store([&](auto& tx) { return store::roles::find(tx, account, name); });
    }
    std::string shown(std::string_view name) {
        const auto encoded = text_of(run("GetRole", {{"RoleName", name}}), "AssumeRolePolicyDocument");
        return percent_decode(*encoded, PlusIs::plus).value();
    }
};

TEST_F(RolesTest, ATrustedUserIsStoredByIdAndShownByItsPresentArn) {
    const std::string id = create_user("bob", "/team/");
    const std::string given = trusting(R"({ "AWS" :"arn:aws:iam::111122223333:user\/team/bob"})");
    const std::string created = create_role("job", given);
    EXPECT_EQ(text_of(created, "AssumeRolePolicyDocument"), percent_encode(given)) << "CreateRole shows what was given";
    EXPECT_EQ(stored("job"), trusting(R"({"AWS":")" + id + R"("})"));

    run("UpdateUser", {{"UserName", "bob"}, {"NewUserName", "rob"}, {"NewPath", "/"}});
    const std::string renamed = trusting(R"({"AWS":"arn:aws:iam::111122223333:user/rob"})");
    EXPECT_EQ(shown("job"), renamed);
    EXPECT_THAT(run("ListRoles", {}), HasSubstr(percent_encode(renamed)));

    run("DeleteUser", {{"UserName", "rob"}});
    create_user("rob");
    EXPECT_EQ(shown("job"), stored("job")) << "a new user of that name is another one";
}

TEST_F(RolesTest, ATrustPolicyIsKeptInTheOrderOfAws) {
    const std::string given = R"({
        "Statement": [{
            "Condition": {"StringEquals": {"sts:ExternalId": ["a, \"b\"", "{", "Caf\u00e9"]}, "Bool": {"aws:SecureTransport": true}},
            "Action": ["sts:AssumeRole"], "Principal": {"Service": [ "ec2.amazonaws.com" ], "AWS": "*"},
            "Effect": "Allow", "Sid": "S1"
        }],
        "Id": "x", "Version": "2012-10-17"
    })";
    const std::string created = create_role("job", given);
    EXPECT_EQ(text_of(created, "AssumeRolePolicyDocument"), percent_encode(given)) << "CreateRole shows what was given";
    EXPECT_EQ(
        shown("job"),
        R"({"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"S1","Effect":"Allow",)"
        R"("Principal":{"Service":["ec2.amazonaws.com"],"AWS":"*"},"Action":["sts:AssumeRole"],)"
        R"("Condition":{"StringEquals":{"sts:ExternalId":["a, \"b\"","{","Caf\u00e9"]},"Bool":{"aws:SecureTransport":true}}}]})");

    run("UpdateAssumeRolePolicy",
        {{"RoleName", "job"},
         {"PolicyDocument",
          R"({"Statement": {"Action": "sts:AssumeRole", "Principal": {"AWS": "*"}, "Effect": "Deny"}, "Version": "2012-10-17"})"}});
    EXPECT_EQ(
        shown("job"),
        R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}})");
}

TEST_F(RolesTest, PrincipalsOfOtherAccountsAreBoundToo) {
    call_as_root_of(other_account);
    const std::string user = create_user("eve");
    const std::string role = *text_of(create_role("theirs"), "RoleId");
    call_as_root_of(account);
    const std::string given = trusting(
        R"({"AWS":["arn:aws:iam::444455556666:user/eve","arn:aws:iam::444455556666:role/theirs","444455556666"]})");
    create_role("job", given);
    EXPECT_EQ(stored("job"), trusting(R"({"AWS":[")" + user + R"(",")" + role + R"(","444455556666"]})"));
    EXPECT_EQ(
        shown("job"),
        trusting(
            R"({"AWS":["arn:aws:iam::444455556666:user/eve","arn:aws:iam::444455556666:role/theirs","arn:aws:iam::444455556666:root"]})"));
}

TEST_F(RolesTest, WhatIsNoUserAndNoRoleStaysAsItIs) {
    for (
        const char* principal :
        {R"({"AWS":"*"})", R"({"AWS":"arn:aws:iam::999999999999:root"})",
         R"({"AWS":"arn:aws:sts::111122223333:assumed-role/none/session"})", R"({"Service":"ec2.amazonaws.com"})",
         R"({"AWS":["arn:aws:iam::111122223333:root","arn:aws:iam::444455556666:root"],"Service":["lambda.amazonaws.com"]})"}) {
        SCOPED_TRACE(principal);
        create_role("job", trusting(principal));
        EXPECT_EQ(stored("job"), trusting(principal));
        EXPECT_EQ(shown("job"), trusting(principal));
        run("DeleteRole", {{"RoleName", "job"}});
    }
}

TEST_F(RolesTest, PrincipalsMustExist) {
    create_user("bob", "/team/");
    const std::string gone = create_user("gone");
    run("DeleteUser", {{"UserName", "gone"}});
    run("CreateGroup", {{"GroupName", "staff"}});
    create_role("job");
    const std::string before = stored("job");
    for (const std::string& name :
         {std::string("arn:aws:iam::111122223333:user/bob"), std::string("arn:aws:iam::111122223333:user/team/Bob"),
          std::string("arn:aws:iam::444455556666:user/team/bob"), std::string("arn:aws:iam::111122223333:role/none"),
          std::string("arn:aws:iam::111122223333:group/staff"), std::string("arn:aws-cn:iam::111122223333:root"),
          gone}) {
        SCOPED_TRACE(name);
        const std::string document = trusting(R"({"AWS":")" + name + R"("})");
        const std::string message = R"(Invalid principal in policy: "AWS":")" + name + R"(")";
        EXPECT_EQ(message_of([&] { create_role("other", document); }), message);
        EXPECT_EQ(message_of([&] {
                      run("UpdateAssumeRolePolicy", {{"RoleName", "job"}, {"PolicyDocument", document}});
                  }),
                  message);
        EXPECT_EQ(code_of([&] { create_role("other", document); }), "MalformedPolicyDocument");
    }
    EXPECT_EQ(stored("job"), before);
    EXPECT_FALSE(find("other"));
}

TEST_F(RolesTest, AnIdThatBelongsToSomebodyMayBeGiven) {
    const std::string id = create_user("bob");
    create_role("job", trusting(R"({"AWS":")" + id + R"("})"));
    EXPECT_EQ(shown("job"), trusting(R"({"AWS":"arn:aws:iam::111122223333:user/bob"})"));
}

TEST_F(RolesTest, PathsWithQuotationMarksComeBackAsJson) {
    create_user("bob", R"(/a"b\c/)");
    const std::string given = trusting(R"({"AWS":"arn:aws:iam::111122223333:user/a\"b\\c/bob"})");
    create_role("job", given);
    EXPECT_EQ(shown("job"), given);
}

TEST_F(RolesTest, EachAnswerHasItsMembers) {
    const std::string created = run("CreateRole", {{"RoleName", "job"},
                                                   {"AssumeRolePolicyDocument", trusting_service()},
                                                   {"Description", ""},
                                                   {"MaxSessionDuration", "7200"},
                                                   {"PermissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"},
                                                   {"Tags.member.1.Key", "team"},
                                                   {"Tags.member.1.Value", "red"}});
    const std::string plain = create_role("plain");
    const std::string got = run("GetRole", {{"RoleName", "job"}});
    const std::string updated = run("UpdateRoleDescription", {{"RoleName", "job"}, {"Description", "new"}});
    run("DeleteRole", {{"RoleName", "plain"}});
    const std::string listed = run("ListRoles", {});
    const struct {
        const char* what;
        const std::string& xml;
        bool description, duration, boundary_and_tags, last_used;
    } cases[] = {
        {"CreateRole", created, false, false, true, false},
        {"CreateRole with the least", plain, false, false, false, false},
        {"GetRole", got, true, true, true, true},
        {"UpdateRoleDescription", updated, true, false, false, false},
        {"ListRoles", listed, true, true, false, false},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.what);
        for (const char* always : {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"})
            EXPECT_TRUE(has(test.xml, always)) << always;
        EXPECT_EQ(has(test.xml, "Description"), test.description);
        EXPECT_EQ(has(test.xml, "MaxSessionDuration"), test.duration);
        EXPECT_EQ(has(test.xml, "PermissionsBoundary"), test.boundary_and_tags);
        EXPECT_EQ(has(test.xml, "Tags"), test.boundary_and_tags);
        EXPECT_EQ(has(test.xml, "RoleLastUsed"), test.last_used);
    }
    EXPECT_EQ(text_of(got, "RoleLastUsed"), "");
    EXPECT_EQ(text_of(updated, "Description"), "new");
}

TEST_F(RolesTest, AUseThatIsNotInTheDatabaseYetIsShown) {
    const std::string id = *text_of(create_role("job"), "RoleId");
    in_store([&](auto& tx) { store::roles::record_last_used(tx, account, id, {whole(now_), "us-east-1"}); });
    EXPECT_EQ(text_of(run("GetRole", {{"RoleName", "job"}}), "Region"), "us-east-1");
    usage_.note_role(account, id, {whole(now_) + std::chrono::seconds(60), "eu-north-1"});
    const std::string got = run("GetRole", {{"RoleName", "job"}});
    EXPECT_EQ(text_of(got, "LastUsedDate"), "2023-11-14T22:14:20Z");
    EXPECT_EQ(text_of(got, "Region"), "eu-north-1");
}

TEST_F(RolesTest, UpdateRoleLeavesWhatItIsNotGiven) {
    create_role("job");
    run("UpdateRole", {{"RoleName", "job"}, {"MaxSessionDuration", "43200"}});
    run("UpdateRole", {{"RoleName", "job"}, {"Description", "new"}});
    const auto role = find("job");
    EXPECT_EQ(role->max_session_duration, 43200);
    EXPECT_EQ(role->description, "new");
}

TEST_F(RolesTest, RolesOfAwsAreNeitherMadeNorChanged) {
    EXPECT_EQ(message_of([&] { create_role("AWSServiceRoleForX", trusting_service(), "/aws-service-role/x/"); }),
              "Path prefix '/aws-service-role/' can only be used for AWS Service linked Roles");
    EXPECT_EQ(code_of([&] { create_role("AWSReservedSSO_x", trusting_service(), "/aws-reserved/sso/"); }),
              "InvalidInput");

    store::Role role{.account = account,
                     .id = "AROASERVICE",
                     .name = "AWSServiceRoleForX",
                     .path = "/aws-service-role/x/",
                     .created = whole(now_),
                     .boundary_arn = {},
                     .trust_policy = trusting_service(),
                     .description = {},
                     .max_session_duration = 3600,
                     .last_used = {},
                     .tags = {}};
    store::Role reserved = role;
    reserved.id = "AROARESERVED";
    reserved.name = "AWSReservedSSO_x";
    reserved.path = "/aws-reserved/sso/";
    in_store([&](auto& tx) {
        store::roles::insert(tx, role);
        store::roles::insert(tx, reserved);
    });
    run("CreateInstanceProfile", {{"InstanceProfileName", "box"}});
    const struct {
        const char* operation;
        std::pair<std::string_view, std::string_view> member;
        bool of_services_too = true;
    } cases[] = {
        {"DeleteRole", {"", ""}},
        {"UpdateRole", {"Description", "x"}, false},
        {"UpdateRoleDescription", {"Description", "x"}, false},
        {"UntagRole", {"TagKeys.member.1", "x"}, false},
        {"UpdateAssumeRolePolicy", {"PolicyDocument", role.trust_policy}},
        {"PutRolePermissionsBoundary", {"PermissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess"}},
        {"DeleteRolePermissionsBoundary", {"", ""}},
        {"AddRoleToInstanceProfile", {"InstanceProfileName", "box"}},
    };
    for (const auto& test : cases) {
        SCOPED_TRACE(test.operation);
        for (const std::string& name : {role.name, reserved.name}) {
            const auto change = [&] { run(test.operation, {{"RoleName", name}, test.member}); };
            if (name == role.name && !test.of_services_too) {
                EXPECT_EQ(code_of(change), "none");
                continue;
            }
            EXPECT_EQ(message_of(change), "Cannot perform the operation on the protected role '" + name +
                                              "' - this role is only modifiable by AWS");
            EXPECT_EQ(code_of(change), "UnmodifiableEntity");
        }
    }
    EXPECT_TRUE(has(run("GetRole", {{"RoleName", role.name}}), "Role"));
}

TEST_F(RolesTest, WhiteSpaceDoesNotCountAgainstTheQuota) {
    const std::string frame = trusting_service();
    const std::string padded = frame + std::string(3000, ' ');
    create_role("job", padded);
    EXPECT_EQ(shown("job"), frame);
}

}  // namespace
}  // namespace iamlocal::iam
