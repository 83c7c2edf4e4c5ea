// Recordings: what they keep of decisions, and where they end.
#include "access/recordings.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/api/fixture.hpp"

namespace iamlocal::access {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class RecordingsTest : public api::ApiTest {
  protected:
    RecordingsTest() { call_.record = &record_; }

    /// Asks for a permission, and notes it in the recordings.
    void ask(Recordings& recordings, std::string_view action, const Target& target) {
        record_.clear();
        static_cast<void>(authorize(action, target));
        record_.time = now_;
        record_.caller = std::shared_ptr<const Identity>(&identity_, [](const Identity*) {});
        recordings.note(record_);
    }

    DecisionRecord record_;
};

Target user(const std::string& name) {
    Target target;
    target.resource = "arn:aws:iam::111122223333:user/" + name;
    return target;
}

std::vector<RecordedPermission> permissions_of(const Recordings& recordings) {
    const auto found = recordings.find("a");
    return found && found->principals.size() == 1 ? found->principals.front().permissions
                                                  : std::vector<RecordedPermission>();
}

TEST_F(RecordingsTest, EachPermissionIsKeptOnceWithItsKeys) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:*","Resource":"*"})"));
    Recordings recordings;
    ASSERT_TRUE(recordings.start("a", now_));
    Target tagged = user("bob");
    tagged.request_tags = {{"Team", "blue"}};
    tagged.keys.push_back({"iam:permissionsboundary", policy::Values::single("arn:x")});
    tagged.dependent_permissions.push_back({"iam:TagUser", tagged.resource});
    ask(recordings, "iam:CreateUser", tagged);
    ask(recordings, "iam:CreateUser", tagged);
    tagged.request_tags = {{"Team", "red"}};
    ask(recordings, "iam:CreateUser", tagged);
    const auto permissions = permissions_of(recordings);
    ASSERT_THAT(permissions, SizeIs(4));
    EXPECT_EQ(permissions[0].facts->action, "iam:CreateUser");
    EXPECT_EQ(permissions[0].count, 2U);
    EXPECT_EQ(permissions[1].facts->action, "iam:TagUser");
    EXPECT_EQ(permissions[2].count, 1U);
    std::vector<std::string> keys;
    for (const auto& [key, values] : permissions[0].facts->keys) keys.push_back(key + "=" + values.items.front());
    EXPECT_THAT(keys, ElementsAre("iam:permissionsboundary=arn:x", "aws:requesttag/team=blue", "aws:tagkeys=Team"));
    EXPECT_FALSE(permissions[0].facts->refused);
}

TEST_F(RecordingsTest, RefusalsAreKeptApart) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"})"));
    Recordings recordings;
    ASSERT_TRUE(recordings.start("a", now_));
    Target target = user("bob");
    ask(recordings, "iam:CreateUser", target);
    target.dependent_permissions.push_back({"iam:TagUser", target.resource});
    ask(recordings, "iam:CreateUser", target);
    const auto permissions = permissions_of(recordings);
    ASSERT_THAT(permissions, SizeIs(3));
    EXPECT_FALSE(permissions[0].facts->refused);
    EXPECT_TRUE(permissions[1].facts->refused);
    EXPECT_TRUE(permissions[2].facts->refused);
}

TEST_F(RecordingsTest, OnlyThoseThatRunHear) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})"));
    Recordings recordings;
    EXPECT_FALSE(recordings.are_running());
    ASSERT_TRUE(recordings.start("a", now_));
    ASSERT_TRUE(recordings.start("a", now_));
    EXPECT_TRUE(recordings.are_running());
    ASSERT_TRUE(recordings.start("b", now_));
    ask(recordings, "iam:GetUser", user("bob"));
    ASSERT_TRUE(recordings.stop("a", now_));
    ASSERT_TRUE(recordings.stop("a", now_));
    EXPECT_TRUE(recordings.are_running());
    ask(recordings, "iam:GetUser", user("bob"));
    EXPECT_EQ(recordings.find("a")->summary.requests, 1U);
    EXPECT_EQ(recordings.find("b")->summary.requests, 2U);
    EXPECT_TRUE(recordings.remove("b"));
    EXPECT_FALSE(recordings.are_running());
    EXPECT_FALSE(recordings.remove("b"));
    EXPECT_FALSE(recordings.stop("b", now_));
    EXPECT_FALSE(recordings.find("b"));
}

TEST_F(RecordingsTest, MemoryIsBounded) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})"));
    Recordings recordings({.recordings = 2, .principals = 1, .bytes = 50'000});
    ASSERT_TRUE(recordings.start("a", now_));
    for (int i = 0; i < 1000; ++i) ask(recordings, "iam:GetUser", user(std::to_string(i)));
    const RecordingSummary full = recordings.list().front();
    EXPECT_LE(full.bytes, 50'000U);
    EXPECT_GT(full.left_out, 0U);
    EXPECT_EQ(full.permissions + full.left_out, 1000U);
    sign_in("bob", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})"));
    ask(recordings, "iam:GetUser", user("x"));
    EXPECT_EQ(recordings.list().front().left_out, full.left_out + 1);
    EXPECT_EQ(recordings.list().front().principals, 1U);
    ASSERT_TRUE(recordings.start("b", now_));
    EXPECT_FALSE(recordings.start("c", now_));
    // What is removed makes room.
    ASSERT_TRUE(recordings.remove("a"));
    ask(recordings, "iam:GetUser", user("x"));
    EXPECT_EQ(recordings.find("b")->summary.permissions, 1U);
}

TEST_F(RecordingsTest, ThreadsMayNoteAndLook) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})"));
    Recordings recordings;
    ASSERT_TRUE(recordings.start("a", now_));
    ask(recordings, "iam:GetUser", user("x"));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int n = 0; n < 200; ++n) {
                recordings.note(record_);
                static_cast<void>(recordings.find("a"));
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(permissions_of(recordings).front().count, 801U);
}

TEST_F(RecordingsTest, TheDecisionLogTells) {
    sign_in("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})"));
    Recordings recordings;
    DecisionLog log(0);
    EXPECT_FALSE(log.wants_records());
    log.tell(recordings);
    EXPECT_FALSE(log.wants_records());
    ASSERT_TRUE(recordings.start("a", now_));
    EXPECT_TRUE(log.wants_records());
    record_.clear();
    static_cast<void>(authorize("iam:GetUser", user("bob")));
    auto record = std::make_unique<DecisionRecord>(record_);
    record->caller = std::shared_ptr<const Identity>(&identity_, [](const Identity*) {});
    log.add(record);
    EXPECT_EQ(record->kind, DecisionRecord::Kind::none);
    EXPECT_EQ(log.newest(), 0U);
    EXPECT_THAT(permissions_of(recordings), SizeIs(1));
    EXPECT_THAT(Recordings().list(), IsEmpty());
}

}  // namespace
}  // namespace iamlocal::access
