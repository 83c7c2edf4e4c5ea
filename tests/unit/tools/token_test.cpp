#include "tools/token.hpp"

#include <gtest/gtest.h>

#include "tools/input.hpp"

namespace iamlocal::tools {
namespace {

TEST(Claims, AreTextsOrJson) {
    EXPECT_EQ(
        parse_claims({"sub=alice", "run_id=1", "admin:=true", "groups:=[\"a\", 2]", "exp:=null", "empty="}).dump(),
        R"({"sub":"alice","run_id":"1","admin":true,"groups":["a",2],"exp":null,"empty":""})");
    EXPECT_EQ(parse_claims({"cognito:username=a=b", R"(https://aws.amazonaws.com/tags:={"principal_tags":{}})"}).dump(),
              R"({"cognito:username":"a=b","https://aws.amazonaws.com/tags":{"principal_tags":{}}})");
    EXPECT_EQ(parse_claims({}).dump(), "{}");
}

TEST(Claims, OthersAreRefused) {
    for (const char* wrong : {"", "sub", "=x", ":=1", "sub:=", "sub:={", "sub:=x"})
        EXPECT_THROW((void)parse_claims({wrong}), InputError) << wrong;
    EXPECT_THROW((void)parse_claims({"sub=a", "sub:=1"}), InputError);
}

}  // namespace
}  // namespace iamlocal::tools
