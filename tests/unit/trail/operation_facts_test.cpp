// What CloudTrail records of an operation.
#include "trail/operation_facts.hpp"

#include <gtest/gtest.h>

namespace iamlocal::trail {
namespace {

TEST(OperationFacts, TellReadingFromWriting) {
    const struct {
        std::string_view action;
        bool is_read;
        bool records_answer;
    } cases[] = {
        {"iam:GetUser", true, false},
        {"iam:ListUsers", true, false},
        {"iam:SimulatePrincipalPolicy", true, false},
        {"iam:GenerateCredentialReport", true, false},
        {"iam:CreateUser", false, true},
        {"iam:DeleteUser", false, true},
        {"iam:UploadServerCertificate", false, true},
        {"sts:AssumeRole", true, true},
        {"sts:AssumeRoleWithSAML", true, true},
        {"sts:AssumeRoleWithWebIdentity", true, true},
        {"sts:AssumeRoot", false, true},
        {"sts:GetFederationToken", false, true},
        {"sts:GetSessionToken", false, true},
        {"sts:GetScopedCredentials", false, true},
        {"sts:GetCallerIdentity", true, false},
        {"sts:GetAccessKeyInfo", true, false},
        {"sts:DecodeAuthorizationMessage", true, false},
    };
    for (const auto& one : cases) {
        EXPECT_EQ(is_read(one.action), one.is_read) << one.action;
        EXPECT_EQ(records_answer(one.action), one.records_answer) << one.action;
    }
}

TEST(OperationFacts, CallErrorsAsTheModelDoes) {
    EXPECT_EQ(shape_of_error("NoSuchEntity"), "NoSuchEntityException");
    EXPECT_EQ(shape_of_error("ReportNotPresent"), "CredentialReportNotPresentException");
    EXPECT_EQ(shape_of_error("NotSupportedService"), "ServiceNotSupportedException");
    EXPECT_EQ(shape_of_error("AccessDenied"), "AccessDenied");
    EXPECT_EQ(shape_of_error("ExpiredTokenException"), "ExpiredTokenException");
    EXPECT_EQ(shape_of_error(""), "");
}

}  // namespace
}  // namespace iamlocal::trail
