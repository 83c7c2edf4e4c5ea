#include "policy/question.hpp"

#include <gtest/gtest.h>

namespace iamlocal::policy {
namespace {

TEST(Question, KnowsNamesOfActions) {
    for (const char* text : {"s3:GetObject", "execute-api:Invoke", "a:b", "iam:get_user2"}) {
        EXPECT_TRUE(is_action_name(text)) << text;
    }
    for (const char* text :
         {"", ":", "s3:", ":Get", "s3", "a:b:c", "s3:Get*", "*", "s3:Get Object", "s3:Get\n", "s3:Gét"}) {
        EXPECT_FALSE(is_action_name(text)) << text;
    }
}

TEST(Question, KnowsNamesOfResources) {
    for (const char* text : {"*", "arn:aws:s3:::b", "arn:aws:iam::111122223333:user/a:b"}) {
        EXPECT_TRUE(is_resource_name(text)) << text;
    }
    for (const char* text : {"", "b", "arn:aws:s3", "**", "s3:::b"}) EXPECT_FALSE(is_resource_name(text)) << text;
}

TEST(Question, FindsTheAccountOfAResource) {
    EXPECT_EQ(account_in("arn:aws:sqs:us-east-1:111122223333:q"), "111122223333");
    for (const char* text : {"*", "", "arn:aws:s3:::b", "arn:aws:iam::aws:policy/X", "arn:aws:sqs:us-east-1:1111:q"}) {
        EXPECT_EQ(account_in(text), "") << text;
    }
}

}  // namespace
}  // namespace iamlocal::policy
