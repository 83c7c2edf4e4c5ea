#include "iam/access_report.hpp"

#include "unit/iam/fixture.hpp"

namespace iamlocal::iam {
namespace {

Seconds second(std::int64_t count) { return Seconds(std::chrono::seconds(count)); }

TEST(ReportContent, IsReadAsItWasWritten) {
    ReportContent content;
    content.services = {{"iam", {"GetUser", "ListUsers"}}, {"s3", {}}};
    content.entities = {{"arn:a", "USER", "AIDA1", "bob", "/"}, {"arn:b", "ROLE", "AROA1", "job", "/x/"}};
    // A Region is whatever a client has signed.
    content.uses = {{1, "iam:GetUser", second(60), "us-east-1"}, {0, "s3:GetObject", second(50), "a\tb\nu\t0 +%"}};
    const ReportContent read = ReportContent::decode(content.encode());
    ASSERT_EQ(read.services.size(), 2U);
    EXPECT_EQ(read.services[0].actions, content.services[0].actions);
    EXPECT_TRUE(read.services[1].actions.empty());
    ASSERT_EQ(read.entities.size(), 2U);
    EXPECT_EQ(read.entities[1].path, "/x/");
    ASSERT_EQ(read.uses.size(), 2U);
    EXPECT_EQ(read.uses[0].entity, 1U);
    EXPECT_EQ(read.uses[0].at, second(60));
    EXPECT_EQ(read.uses[1].region, "a\tb\nu\t0 +%");
}

TEST(ReportContent, TellsTheLastUse) {
    ReportContent content;
    content.services = {{"iam", {}}, {"ia", {}}};
    content.entities = {{}, {}, {}};
    content.uses = {{0, "iam:GetUser", second(10), "a"},
                    {1, "iam:GetUser", second(30), "b"},
                    {0, "iam:ListUsers", second(20), "c"}};
    EXPECT_EQ(content.last_use(content.services[0])->region, "b");
    EXPECT_EQ(content.last_use(content.services[1]), nullptr);
    EXPECT_EQ(content.last_use(content.services[0], "ListUsers")->region, "c");
    EXPECT_EQ(content.last_use(content.services[0], "List"), nullptr);
    const std::vector<std::optional<Seconds>> expected = {second(20), second(30), std::nullopt};
    EXPECT_EQ(content.last_uses("iam"), expected);
}

}  // namespace
}  // namespace iamlocal::iam
