#include "access/authorization_id.hpp"

#include <gtest/gtest.h>

namespace iamlocal::access {
namespace {

TEST(AuthorizationIds, AreTheRequestsIdInBase36) {
    const struct {
        const char* request;
        const char* id;
    } cases[] = {
        {"00000000-0000-0000-0000-000000000001", "1"},
        {"00000000-0000-0000-0000-000000000024", "10"},
        {"550e8400-e29b-41d4-a716-446655440000", "51a37iakuf5nuuphr0fx89og0"},
        {"ffffffff-ffff-ffff-ffff-ffffffffffff", "f5lxx1zz5pnorynqglhzmsp33"},
    };
    for (const auto& [request, id] : cases) {
        EXPECT_EQ(authorization_id(request), id);
        EXPECT_EQ(request_id_of(id), request);
    }
}

TEST(AuthorizationIds, AreNoOtherTexts) {
    for (const char* text : {"", "0", "01", "A", "a-b", "a ", "f5lxx1zz5pnorynqglhzmsp34", "zzzzzzzzzzzzzzzzzzzzzzzzz",
                             "100000000000000000000000000"})
        EXPECT_FALSE(request_id_of(text)) << text;
}

TEST(AuthorizationIds, AreSaidWithTheirAddress) {
    EXPECT_EQ(
        where_the_details_are("00000000-0000-0000-0000-000000000024"),
        ". Go to https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/10 for "
        "complete details, or call the GetRequestAuthorizationDetails API with the following authorization id: 10");
}

TEST(AuthorizationIds, AreGivenWhereAwsGivesThem) {
    for (const char* action : {"iam:GetRole", "iam:CreateInstanceProfile", "iam:ListAttachedRolePolicies"})
        EXPECT_TRUE(has_authorization_id(action)) << action;
    for (const char* action : {"iam:CreateRole", "iam:ListInstanceProfiles", "sts:AssumeRole", "s3:GetObject"})
        EXPECT_FALSE(has_authorization_id(action)) << action;
}

}  // namespace
}  // namespace iamlocal::access
