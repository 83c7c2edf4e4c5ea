#include "aws/arn.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

TEST(ArnParse, TakesTheSixPartsApart) {
    const auto arn = Arn::parse("arn:aws:iam::123456789012:role/a/b:c");
    ASSERT_TRUE(arn);
    EXPECT_EQ(arn->partition, "aws");
    EXPECT_EQ(arn->service, "iam");
    EXPECT_EQ(arn->region, "");
    EXPECT_EQ(arn->account, "123456789012");
    EXPECT_EQ(arn->resource, "role/a/b:c");
}

TEST(ArnParse, RefusesWhatAwsRefuses) {
    for (const char* text :
         {"", "nothing-valid-in-here", "arn::b:::something/test-role", "arn:a::::something/test-role",
          "arn:a:::something/test-role", "arn:a:a::aaaaaaaaaa:", "xrn:aws:iam::1:role/x", "arn:aws:iam"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(Arn::parse(text));
    }
}

TEST(ArnMaking, WritesPathsAndSessions) {
    const AccountId account("000000000000");
    EXPECT_EQ(arn::iam(account, "user", "/", "bob"), "arn:aws:iam::000000000000:user/bob");
    EXPECT_EQ(arn::iam(account, "role", "/a/b/", "r"), "arn:aws:iam::000000000000:role/a/b/r");
    EXPECT_EQ(arn::root(account), "arn:aws:iam::000000000000:root");
    EXPECT_EQ(arn::assumed_role(account, "r", "s"), "arn:aws:sts::000000000000:assumed-role/r/s");
}

TEST(ArnParts, SplitsAtTheFirstFiveColons) {
    const auto parts = ArnParts::split("arn:aws:logs:us-east-1:1:log-group:g");
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->part[3], "us-east-1");
    EXPECT_EQ(parts->part[5], "log-group:g");
    EXPECT_TRUE(ArnParts::split(":::::"));
    EXPECT_FALSE(ArnParts::split("arn:aws:s3::"));
    EXPECT_FALSE(ArnParts::split("*"));
}

}  // namespace
}  // namespace iamlocal
