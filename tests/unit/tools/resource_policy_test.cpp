// The forms in which services take their resources' policies.
#include "tools/resource_policy.hpp"

#include <gtest/gtest.h>

namespace iamlocal::tools {
namespace {

TEST(ResourcePolicy, IsCompletedAsItsServiceDoes) {
    EXPECT_EQ(complete_resource_policy(
                  R"({"Statement":[{"Effect":"Allow","Action":["ecr:BatchGetImage"]},{"Action":"sqs:*"}]})"),
              R"({"Statement":[{"Effect":"Allow","Action":["ecr:BatchGetImage"],"Resource":"*"},{"Action":"sqs:*"}]})");
    EXPECT_EQ(complete_resource_policy(R"({"Statement":{"Action":"elasticfilesystem:ClientMount"}})"),
              R"({"Statement":{"Action":"elasticfilesystem:ClientMount","Resource":"*"}})");
    EXPECT_EQ(
        complete_resource_policy(
            R"({"Statement":{"Action":"execute-api:Invoke","Resource":["execute-api:/*","execute-api:/prod/GET/a"]}})"),
        R"({"Statement":{"Action":"execute-api:Invoke","Resource":["arn:*:execute-api:*:*:*/*","arn:*:execute-api:*:*:*/prod/GET/a"]}})");
    for (const char* same : {"", "{", "[]", R"({"Statement":3})", R"({"Statement":[3,{"Action":3}]})",
                             R"({"Statement":{"Action":"ecr:x","Resource":"*"}})"})
        EXPECT_EQ(complete_resource_policy(same), same);
}

}  // namespace
}  // namespace iamlocal::tools
