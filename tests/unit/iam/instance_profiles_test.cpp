#include <gmock/gmock.h>

#include "unit/iam/fixture.hpp"

namespace iamlocal::iam {
namespace {

class InstanceProfilesTest : public IamTest {
  protected:
    void create_role(std::string_view name) {
        run("CreateRole", {{"RoleName", name}, {"AssumeRolePolicyDocument", trusting_service()}});
    }
};

TEST_F(InstanceProfilesTest, OnlyGetShowsTagsAndThenAlways) {
    const std::string created = run("CreateInstanceProfile", {{"InstanceProfileName", "box"}});
    EXPECT_FALSE(has(created, "Tags"));
    EXPECT_EQ(text_of(created, "Roles"), "");
    EXPECT_EQ(text_of(run("GetInstanceProfile", {{"InstanceProfileName", "box"}}), "Tags"), "");
    run("TagInstanceProfile",
        {{"InstanceProfileName", "box"}, {"Tags.member.1.Key", "team"}, {"Tags.member.1.Value", "red"}});
    EXPECT_EQ(text_of(run("GetInstanceProfile", {{"InstanceProfileName", "box"}}), "Key"), "team");
    EXPECT_EQ(text_of(run("ListInstanceProfileTags", {{"InstanceProfileName", "box"}}), "Value"), "red");
    EXPECT_FALSE(has(run("ListInstanceProfiles", {}), "Tags"));
    run("UntagInstanceProfile",
        {{"InstanceProfileName", "box"}, {"TagKeys.member.1", "team"}, {"TagKeys.member.2", "none"}});
    EXPECT_EQ(text_of(run("ListInstanceProfileTags", {{"InstanceProfileName", "box"}}), "Tags"), "");
}

TEST_F(InstanceProfilesTest, TheRoleInsideIsShownInBrief) {
    run("CreateInstanceProfile", {{"InstanceProfileName", "box"}});
    run("CreateRole",
        {{"RoleName", "job"}, {"AssumeRolePolicyDocument", trusting_service()}, {"Description", "Does a job."}});
    run("AddRoleToInstanceProfile", {{"InstanceProfileName", "box"}, {"RoleName", "JOB"}});
    const std::string roles = *text_of(run("GetInstanceProfile", {{"InstanceProfileName", "box"}}), "Roles");
    EXPECT_EQ(text_of(roles, "Arn"), "arn:aws:iam::111122223333:role/job");
    EXPECT_EQ(text_of(roles, "AssumeRolePolicyDocument"), percent_encode(trusting_service()));
    for (const char* absent : {"Description", "MaxSessionDuration", "RoleLastUsed", "Tags"})
        EXPECT_FALSE(has(roles, absent)) << absent;
}

TEST_F(InstanceProfilesTest, ARoleThatIsNotInItCannotBeTakenOut) {
    run("CreateInstanceProfile", {{"InstanceProfileName", "box"}});
    for (const char* name : {"one", "two"}) create_role(name);
    run("AddRoleToInstanceProfile", {{"InstanceProfileName", "box"}, {"RoleName", "one"}});
    const auto take_out = [&] {
        run("RemoveRoleFromInstanceProfile", {{"InstanceProfileName", "box"}, {"RoleName", "two"}});
    };
    EXPECT_EQ(code_of(take_out), "NoSuchEntity");
    EXPECT_EQ(text_of(*text_of(run("GetInstanceProfile", {{"InstanceProfileName", "box"}}), "Roles"), "RoleName"),
              "one");
}

TEST_F(InstanceProfilesTest, TheSameRoleTwiceIsOneTooMany) {
    run("CreateInstanceProfile", {{"InstanceProfileName", "box"}});
    create_role("job");
    run("AddRoleToInstanceProfile", {{"InstanceProfileName", "box"}, {"RoleName", "job"}});
    EXPECT_EQ(message_of([&] {
                  run("AddRoleToInstanceProfile", {{"InstanceProfileName", "box"}, {"RoleName", "job"}});
              }),
              "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
}

TEST_F(InstanceProfilesTest, PassRoleSeesWhereTheRoleGoes) {
    run("CreateInstanceProfile", {{"InstanceProfileName", "box"}});
    create_role("job");
    const std::string bob = create_user("bob");
    const auto allow_with = [&](const std::string& condition) {
        call_as_root_of(account);
        run("PutUserPolicy",
            {{"UserName", "bob"},
             {"PolicyName", "p"},
             {"PolicyDocument", document(R"({"Effect":"Allow","Action":"iam:AddRoleToInstanceProfile","Resource":"*"},)"
                                         R"({"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":)" +
                                         condition + "}")}});
        call_as_user(bob);
    };
    const auto add = [&] { run("AddRoleToInstanceProfile", {{"InstanceProfileName", "box"}, {"RoleName", "job"}}); };
    allow_with(R"({"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}})");
    EXPECT_EQ(message_of(add),
              "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:PassRole on resource: "
              "arn:aws:iam::111122223333:role/job because no identity-based policy allows the iam:PassRole action");
    allow_with(R"({"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"},)"
               R"("StringLike":{"iam:AssociatedResourceArn":"arn:aws:ec2:*:111122223333:instance/*"}})");
    EXPECT_EQ(code_of(add), "none");
}

}  // namespace
}  // namespace iamlocal::iam
