#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

std::string pass(std::string_view elements) { return with(elements); }

TEST(PassRole, InEveryWay) {
    check(
        "PASS_ROLE_WITH_STAR_IN_RESOURCE", Severity::security_warning,
        {{pass(R"("Action":"iam:PassRole","Resource":"*")"), true},
         {pass(R"("Action":"iam:PassRole","Resource":["arn:aws:iam::111111111111:role/a","arn:aws:iam::*:role/*"])"),
          true},
         {pass(R"("Action":"iam:PassRole","Resource":"arn:aws:iam::111111111111:role/service*")"), false},
         {pass(
              R"("Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"lambda.amazonaws.com"}})"),
          false},
         {pass(
              R"("Action":"iam:PassRole","Resource":"*","Condition":{"StringLike":{"iam:PassedToService":["a.amazonaws.com","*"]}})"),
          true},
         {pass(
              R"("Action":"iam:PassRole","Resource":"*","Condition":{"StringLike":{"iam:PassedToService":"ec2.amazonaws.com*"}})"),
          false},
         {denying(R"("Action":"iam:PassRole","Resource":"*")"), false}});
    check("PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE", Severity::security_warning,
          {{pass(R"("Action":"*","Resource":"*")"), true},
           {pass(R"("Action":["s3:Get*","iam:Pass*"],"Resource":"*")"), true},
           {pass(R"("Action":"iam:Get*","Resource":"*")"), false},
           {pass(R"("Action":"iam:*","Resource":"arn:aws:iam::111111111111:role/a")"), false}});
    check(
        "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Severity::security_warning,
        {{pass(R"("NotAction":"s3:*","Resource":"*")"), true}, {pass(R"("NotAction":"iam:*","Resource":"*")"), false}});
    const std::string others = R"("NotResource":"arn:aws:iam::111111111111:role/admin")";
    check("PASS_ROLE_WITH_NOT_RESOURCE", Severity::security_warning,
          {{pass(R"("Action":"iam:PassRole",)" + others), true}, {pass(R"("Action":"iam:GetRole",)" + others), false}});
    check("PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", Severity::security_warning,
          {{pass(R"("Action":"iam:*",)" + others), true}, {pass(R"("Action":"iam:PassRole",)" + others), false}});
    check("PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE", Severity::security_warning,
          {{pass(R"("NotAction":"s3:*",)" + others), true}, {pass(R"("NotAction":"iam:PassRole",)" + others), false}});
}

TEST(CreateServiceLinkedRole, InEveryWay) {
    check(
        "CREATE_SLR_WITH_STAR_IN_RESOURCE", Severity::warning,
        {{pass(R"("Action":"iam:CreateServiceLinkedRole","Resource":"*")"), true},
         {pass(
              R"("Action":"iam:CreateServiceLinkedRole","Resource":"*","Condition":{"StringLike":{"iam:AWSServiceName":"ecs.amazonaws.com"}})"),
          false}});
    check("CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE", Severity::warning,
          {{pass(R"("Action":"iam:Create*","Resource":"*")"), true},
           {pass(R"("Action":"iam:Get*","Resource":"*")"), false}});
    check("CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION", Severity::warning,
          {{pass(R"("NotAction":"s3:*","Resource":"*")"), true},
           {pass(R"("NotAction":"iam:Create*","Resource":"*")"), false}});
    const std::string others = R"("NotResource":"arn:aws:iam::111111111111:role/admin")";
    check("CREATE_SLR_WITH_NOT_RESOURCE", Severity::warning,
          {{pass(R"("Action":"iam:CreateServiceLinkedRole",)" + others), true},
           {pass(R"("Action":"iam:GetRole",)" + others), false}});
    check("CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE", Severity::warning,
          {{pass(R"("Action":"iam:*",)" + others), true}, {pass(R"("Action":"iam:Get*",)" + others), false}});
    check("CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE", Severity::warning,
          {{pass(R"("NotAction":"s3:*",)" + others), true}, {pass(R"("NotAction":"iam:*",)" + others), false}});
}

}  // namespace
}  // namespace iamlocal::lint
