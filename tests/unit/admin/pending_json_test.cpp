#include "admin/pending_json.hpp"

#include <gtest/gtest.h>

namespace iamlocal::admin {
namespace {

using namespace std::chrono_literals;

db::PendingChanges changes(std::size_t count) {
    db::PendingChanges pending;
    pending.count = count;
    pending.oldest = {
        {"iam:CreateUser", "arn:aws:iam::000000000000:user/bob", Instant(1s), Instant(2s + 1us), Instant(3s)}};
    return pending;
}

TEST(PendingChanges, AreTold) {
    EXPECT_EQ(text_of(db::PendingChanges{}), "");
    EXPECT_EQ(text_of(changes(1)),
              "Not visible yet: 1 change.\n"
              "  iam:CreateUser on arn:aws:iam::000000000000:user/bob, made 1970-01-01T00:00:01.000Z: shown from "
              "1970-01-01T00:00:02.001Z, counts from 1970-01-01T00:00:03.000Z\n");
    db::PendingChanges without_resource = changes(3);
    without_resource.oldest.front().resource.clear();
    EXPECT_EQ(text_of(without_resource),
              "Not visible yet: 3 changes.\n"
              "  iam:CreateUser, made 1970-01-01T00:00:01.000Z: shown from 1970-01-01T00:00:02.001Z, counts from "
              "1970-01-01T00:00:03.000Z\n"
              "  and 2 more\n");
}

TEST(PendingChanges, AsJson) {
    EXPECT_EQ(json_of(db::PendingChanges{}).dump(), R"({"count":0,"changes":[]})");
    EXPECT_EQ(
        json_of(changes(1)).dump(),
        R"({"count":1,"changes":[{"action":"iam:CreateUser","resource":"arn:aws:iam::000000000000:user/bob",)"
        R"("made":"1970-01-01T00:00:01.000Z","shown":"1970-01-01T00:00:02.001Z","counts":"1970-01-01T00:00:03.000Z"}]})");
}

}  // namespace
}  // namespace iamlocal::admin
