#include "access/required_facts.hpp"

#include <string>

#include <gtest/gtest.h>

#include "policy/parse.hpp"

namespace iamlocal::access {
namespace {

TEST(RequiredFacts, ComeFromConditionKeysAndVariables) {
    const struct {
        std::string statement;  ///< beside Effect and Action
        bool headers;
        bool resource_tags;
    } rows[] = {
        {R"("Resource":"*")", false, false},
        {R"("Resource":"*","Condition":{"StringEquals":{"aws:username":"a","aws:PrincipalTag/x":"b"}})", false, false},
        {R"("Resource":"*","Condition":{"StringLike":{"AWS:userAgent":"Boto3*"}})", true, false},
        {R"("Resource":"*","Condition":{"Null":{"aws:referer":"true"}})", true, false},
        {R"("Resource":"arn:aws:s3:::${aws:UserAgent}")", true, false},
        {R"("Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Stage":"test"}})", false, true},
        {R"("Resource":"*","Condition":{"StringEquals":{"IAM:resourcetag/Stage":"test"}})", false, true},
        {R"("Resource":"arn:aws:s3:::${iam:ResourceTag/Stage, 'none'}")", false, true},
        {R"("Resource":"*","Condition":{"StringEquals":{"aws:ResourceTags/Stage":"a","s3:ResourceTag/x":"b"}})", false,
         false},
        {R"("Resource":"*","Condition":{"Null":{"aws:UserAgent":"true","aws:ResourceTag/a":"true"}})", true, true},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.statement);
        const auto policy = policy::parse(
            R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*",)" + row.statement + "}}",
            policy::DocumentKind::identity);
        ASSERT_TRUE(std::holds_alternative<policy::Policy>(policy));
        const RequiredFacts asked = RequiredFacts::of(std::get<policy::Policy>(policy));
        EXPECT_EQ(asked.headers, row.headers);
        EXPECT_EQ(asked.resource_tags, row.resource_tags);
    }
}

TEST(RequiredFacts, AddUp) {
    RequiredFacts asked;
    asked |= {.resource_tags = true};
    asked |= {};
    EXPECT_TRUE(asked.resource_tags);
    EXPECT_FALSE(asked.headers);
    asked |= {.headers = true};
    EXPECT_TRUE(asked.headers);
    EXPECT_TRUE(asked.resource_tags);
}

}  // namespace
}  // namespace iamlocal::access
