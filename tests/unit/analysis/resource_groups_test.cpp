#include "analysis/resource_groups.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::analysis {
namespace {

using ::testing::ElementsAre;

TEST(ResourceGroups, few_are_named) {
    EXPECT_THAT(group_resources({"arn:aws:iam::1:user/b", "arn:aws:iam::1:user/a", "arn:aws:iam::1:user/a"}, 3),
                ElementsAre("arn:aws:iam::1:user/a", "arn:aws:iam::1:user/b"));
}

TEST(ResourceGroups, many_of_a_path_become_the_path) {
    EXPECT_THAT(group_resources({"arn:aws:iam::1:user/x/a", "arn:aws:iam::1:user/x/b", "arn:aws:iam::1:user/x/c",
                                 "arn:aws:iam::1:user/y/a"},
                                3),
                ElementsAre("arn:aws:iam::1:user/x/*", "arn:aws:iam::1:user/y/a"));
}

TEST(ResourceGroups, paths_count_in_the_path_above) {
    EXPECT_THAT(
        group_resources({"arn:aws:s3:::b/1/a", "arn:aws:s3:::b/1/b", "arn:aws:s3:::b/2/a", "arn:aws:s3:::b/2/b"}, 2),
        ElementsAre("arn:aws:s3:::b/*"));
}

TEST(ResourceGroups, many_are_grouped_in_no_time) {
    std::vector<std::string> many;
    for (int path = 0; path < 3000; ++path)
        for (int name = 0; name < 6; ++name)
            many.push_back("arn:aws:s3:::b/" + std::to_string(path) + "/" + std::to_string(name));
    EXPECT_THAT(group_resources(many, 5), ElementsAre("arn:aws:s3:::b/*"));
    EXPECT_EQ(group_resources(many, 5000).size(), many.size());
}

TEST(ResourceGroups, never_wider_than_a_type_of_an_account) {
    EXPECT_THAT(group_resources({"arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::c"}, 2),
                ElementsAre("arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::c"));
    EXPECT_THAT(group_resources({"arn:aws:iam::1:user/a", "arn:aws:iam::2:user/a", "arn:aws:iam::1:role/a"}, 2),
                ElementsAre("arn:aws:iam::1:role/a", "arn:aws:iam::1:user/a", "arn:aws:iam::2:user/a"));
}

TEST(ResourceGroups, zero_is_never) {
    EXPECT_EQ(group_resources({"arn:aws:iam::1:user/a", "arn:aws:iam::1:user/b"}, 0).size(), 2U);
}

TEST(ResourceGroups, what_is_special_in_a_pattern_is_escaped) {
    EXPECT_EQ(as_pattern("arn:aws:s3:::b/a*?${x}"), "arn:aws:s3:::b/a${*}${?}${$}{x}");
    EXPECT_EQ(as_pattern("no-arn"), "*");
    EXPECT_EQ(as_value("a*${x}", false), "a*${$}{x}");
    EXPECT_THAT(group_resources({"*", "arn:aws:s3:::b/a"}, 5), ElementsAre("*"));
}

}  // namespace
}  // namespace iamlocal::analysis
