#include <gmock/gmock.h>

#include "unit/iam/fixture.hpp"

namespace iamlocal::iam {
namespace {

class GroupsTest : public IamTest {};

TEST_F(GroupsTest, ConflictsComeInAwssOrder) {
    create_user("bob");
    run("CreateGroup", {{"GroupName", "staff"}});
    run("AddUserToGroup", {{"GroupName", "staff"}, {"UserName", "bob"}});
    run("AttachGroupPolicy", {{"GroupName", "staff"}, {"PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}});
    run("PutGroupPolicy", {{"GroupName", "staff"},
                           {"PolicyName", "p"},
                           {"PolicyDocument", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})")}});
    const auto remove = [&] { run("DeleteGroup", {{"GroupName", "staff"}}); };
    EXPECT_EQ(message_of(remove), "Cannot delete entity, must remove users from group first.");
    run("RemoveUserFromGroup", {{"GroupName", "staff"}, {"UserName", "bob"}});
    EXPECT_EQ(message_of(remove), "Cannot delete entity, must detach all policies first.");
    run("DetachGroupPolicy", {{"GroupName", "staff"}, {"PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}});
    EXPECT_EQ(message_of(remove), "Cannot delete entity, must delete policies first.");
    run("DeleteGroupPolicy", {{"GroupName", "staff"}, {"PolicyName", "p"}});
    EXPECT_EQ(code_of(remove), "none");
}

TEST_F(GroupsTest, TakingOutWhoIsNotInChangesNothing) {
    create_user("bob");
    run("CreateGroup", {{"GroupName", "staff"}});
    EXPECT_EQ(code_of([&] { run("RemoveUserFromGroup", {{"GroupName", "staff"}, {"UserName", "bob"}}); }), "none");
}

TEST_F(GroupsTest, AnotherSpellingOfTheNameIsTaken) {
    run("CreateGroup", {{"GroupName", "staff"}});
    EXPECT_EQ(message_of([&] {
                  run("UpdateGroup", {{"GroupName", "staff"}, {"NewGroupName", "Staff"}});
              }),
              "Group with name Staff already exists.");
    EXPECT_EQ(text_of(run("GetGroup", {{"GroupName", "STAFF"}}), "GroupName"), "staff");
}

TEST_F(GroupsTest, ARenameNeedsThePermissionForBothNames) {
    const std::string bob = create_user("bob");
    run("CreateGroup", {{"GroupName", "old"}});
    run("PutUserPolicy", {{"UserName", "bob"},
                          {"PolicyName", "p"},
                          {"PolicyDocument", document(R"({"Effect":"Allow","Action":"iam:UpdateGroup",)"
                                                      R"("Resource":"arn:aws:iam::111122223333:group/old"})")}});
    call_as_user(bob);
    EXPECT_EQ(message_of([&] {
                  run("UpdateGroup", {{"GroupName", "old"}, {"NewGroupName", "new"}});
              }),
              "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: iam:UpdateGroup on resource: "
              "group new because no identity-based policy allows the iam:UpdateGroup action");
}

}  // namespace
}  // namespace iamlocal::iam
