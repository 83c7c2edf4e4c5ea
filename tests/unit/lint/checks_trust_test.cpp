#include <fmt/format.h>

#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

constexpr DocumentKind trust = DocumentKind::trust;
constexpr DocumentKind resource = DocumentKind::resource;

std::string assumed_by(std::string_view principal) {
    return trusting(R"("Action":"sts:AssumeRole","Principal":)" + std::string(principal));
}
std::string open_to(std::string_view principal) {
    return with(R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Principal":)" + std::string(principal));
}

TEST(Principals, WhereTheyBelong) {
    const std::string without = with(R"("Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*")");
    check("MISSING_PRINCIPAL", Severity::error, {{without, true}, {open_to(R"({"AWS":"111111111111"})"), false}},
          resource);
    check("UNSUPPORTED_PRINCIPAL", Severity::error, {{open_to(R"({"AWS":"111111111111"})"), true}, {without, false}});
    check("SCP_SYNTAX_ERROR_PRINCIPAL", Severity::error, {{open_to(R"("*")"), true}, {without, false}},
          DocumentKind::scp);
    const auto denied = [](std::string_view elements) { return denying(R"("Resource":"*",)" + std::string(elements)); };
    check("RCP_SYNTAX_ERROR_PRINCIPAL", Severity::error,
          {{denied(R"("Principal":{"AWS":"111111111111"},"Action":"s3:*")"), true},
           {denied(R"("NotPrincipal":"*","Action":"s3:*")"), true},
           {denied(R"("Principal":"*","Action":"s3:*")"), false}},
          DocumentKind::rcp);
    check("RCP_SYNTAX_ERROR_NOTACTION", Severity::error,
          {{denied(R"("Principal":"*","NotAction":"s3:*")"), true},
           {denied(R"("Principal":"*","Action":"s3:*")"), false}},
          DocumentKind::rcp);
    check("RCP_SYNTAX_ERROR_ACTION", Severity::error,
          {{denied(R"("Principal":"*","Action":"*")"), true},
           {denied(R"("Principal":"*","Action":["s3:*","iam:*"])"), true},
           {denied(R"("Principal":"*","Action":["S3:Get*","sts:AssumeRole"])"), false},
           {with(R"("Principal":"*","Action":"*","Resource":"*")"), false}},
          DocumentKind::rcp);
    check("RCP_SYNTAX_ERROR_ALLOW", Severity::error,
          {{with(R"("Principal":"*","Action":"s3:*","Resource":"*")"), true},
           {with(R"("Principal":"*","Action":"*","Resource":"*")"), false}},
          DocumentKind::rcp);
}

TEST(Principals, Form) {
    check("INVALID_PRINCIPAL_FORMAT", Severity::error,
          {{open_to(R"("111111111111")"), true}, {open_to(R"("*")"), false}}, resource);
    check("INVALID_PRINCIPAL_KEY", Severity::error,
          {{open_to(R"({"aws":"111111111111"})"), true}, {open_to(R"({"AWS":"111111111111"})"), false}}, resource);
    check("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", Severity::error,
          {{open_to(R"({"AWS":"arn:aws:iam::111111111111:role/*"})"), true},
           {open_to(R"({"Service":"*"})"), true},
           {open_to(R"({"AWS":"*"})"), false}},
          resource);
    check("INVALID_AWS_PRINCIPAL", Severity::error,
          {{open_to(R"({"AWS":"bob"})"), true},
           {open_to(R"({"AWS":["111111111111","arn:aws:iam::111111111111:group/g"]})"), true},
           {open_to(R"({"AWS":"arn:aws:iam::11111111111:root"})"), true},
           {open_to(R"({"AWS":["111111111111","arn:aws:iam::111111111111:role/a/b","AROAIRXPSV7GPZIQ6R2XE"]})"), false},
           {open_to(R"({"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"})"), false},
           {open_to(R"({"Service":"sns.amazonaws.com"})"), false}},
          resource);
    check("INVALID_ROLE_REFERENCE", Severity::warning,
          {{assumed_by(R"({"AWS":"AROAIRXPSV7GPZIQ6R2XE"})"), true}, {assumed_by(R"({"AWS":"111111111111"})"), false}},
          trust);
    check("INVALID_USER_REFERENCE", Severity::warning,
          {{assumed_by(R"({"AWS":"AIDAIRXPSV7GPZIQ6R2XE"})"), true}, {assumed_by(R"({"AWS":"111111111111"})"), false}},
          trust);
}

TEST(Principals, Generous) {
    const std::string others = R"("NotPrincipal":{"AWS":"111111111111"},"Action":"s3:*","Resource":"arn:aws:s3:::b")";
    check("ALLOW_WITH_NOT_PRINCIPAL", Severity::security_warning, {{with(others), true}, {denying(others), false}},
          resource);
    check("DENY_WITH_NOT_PRINCIPAL", Severity::warning, {{denying(others), true}, {with(others), false}}, resource);
    check("PRINCIPAL_IS_EVERYONE", Severity::security_warning,
          {{open_to(R"("*")"), true},
           {open_to(R"({"AWS":["111111111111","*"]})"), true},
           {open_to(R"({"AWS":"111111111111"})"), false},
           {open_to(R"("*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}})"), false}},
          resource);
    check("PRINCIPAL_IS_EVERYONE", Severity::security_warning,
          {{assumed_by(R"({"AWS":"*"})"), true},
           {assumed_by(R"({"AWS":"*"},"Condition":{"Bool":{"aws:SecureTransport":"true"}})"), true},
           {assumed_by(R"({"AWS":"*"},"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}})"), false}},
          trust);
    check("RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL", Severity::security_warning,
          {{open_to(R"({"Service":"sns.amazonaws.com"})"), true},
           {open_to(
                R"({"Service":"sns.amazonaws.com"},"Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"}})"),
            false}},
          resource);
}

TEST(Trust, Elements) {
    check("ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL", Severity::error,
          {{trusting(R"("NotPrincipal":{"AWS":"111111111111"},"Action":"sts:AssumeRole")"), true},
           {assumed_by(R"({"AWS":"111111111111"})"), false}},
          trust);
    check("ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE", Severity::error,
          {{assumed_by(R"({"AWS":"111111111111"},"Resource":"*")"), true},
           {assumed_by(R"({"AWS":"111111111111"})"), false}},
          trust);
    check("ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL", Severity::error,
          {{assumed_by(R"("*")"), true}, {assumed_by(R"({"AWS":"*"})"), false}}, trust);
    check("INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY", Severity::error,
          {{assumed_by(R"({"Federated":"okta"})"), true},
           {assumed_by(R"({"Federated":"arn:aws:iam::111111111111:saml-provider/okta"})"), false},
           {assumed_by(R"({"Federated":"accounts.google.com"})"), false}},
          trust);
    check("UNSUPPORTED_ACTION_IN_POLICY", Severity::error,
          {{trusting(R"("Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole","s3:GetObject"])"), true},
           {trusting(R"("Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole","sts:TagSession"])"), false}},
          trust);
}

TEST(Trust, ActionsAndPrincipals) {
    const auto federated = [](std::string_view provider, std::string_view action, std::string_view more = "") {
        return trusting(R"("Principal":{"Federated":")" + std::string(provider) + R"("},"Action":"sts:)" +
                        std::string(action) + "\"" + std::string(more));
    };
    const std::string saml = "arn:aws:iam::111111111111:saml-provider/okta";
    const std::string github = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    check("MISMATCHED_ACTION_FOR_PRINCIPAL", Severity::error,
          {{federated(saml, "AssumeRole"), true},
           {federated(saml, "AssumeRoleWithWebIdentity"), true},
           {federated("cognito-identity.amazonaws.com", "AssumeRole"), true},
           {trusting(R"("Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRoleWithSAML")"), true},
           {federated(saml, "AssumeRoleWithSAML"), false},
           {federated(github, "AssumeRoleWithWebIdentity"), false},
           {assumed_by(R"({"Service":"ec2.amazonaws.com"})"), false},
           {trusting(R"("Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole","sts:TagSession"])"), false}},
          trust);
    check(
        "MISSING_ACTION_FOR_CONDITION_KEY", Severity::error,
        {{assumed_by(R"({"AWS":"111111111111"},"Condition":{"StringLike":{"sts:SourceIdentity":"*"}})"), true},
         {assumed_by(R"({"AWS":"111111111111"},"Condition":{"StringLike":{"aws:RequestTag/a":"*"}})"), true},
         {trusting(
              R"("Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole","sts:SetSourceIdentity"],"Condition":{"StringLike":{"sts:SourceIdentity":"*"}})"),
          false}},
        trust);
    const auto of_github = [&](std::string_view op, std::string_view claim, std::string_view values) {
        return federated(
            github, "AssumeRoleWithWebIdentity",
            fmt::format(R"(,"Condition":{{"{}":{{"token.actions.githubusercontent.com:{}":{}}}}})", op, claim, values));
    };
    check("MISSING_GITHUB_REPO_CONDITION_KEY", Severity::security_warning,
          {{federated(github, "AssumeRoleWithWebIdentity"), true},
           {of_github("StringLike", "sub", R"("*")"), true},
           {of_github("StringLike", "sub", R"("repo:*")"), true},
           {of_github("StringLike", "sub", R"("repo:*/mine:*")"), true},
           {of_github("StringLike", "sub", R"(["repo:me/mine:*","repo:*"])"), true},
           {of_github("StringLike", "repository", R"("*/mine")"), true},
           {of_github("StringEqualsIfExists", "sub", R"("repo:me/mine:*")"), true},
           {of_github("ForAllValues:StringEquals", "sub", R"("repo:me/mine:ref:refs/heads/main")"), true},
           {of_github("StringNotEquals", "sub", R"("repo:me/mine:*")"), true},
           {of_github("Null", "sub", R"("false")"), true},
           {of_github("StringEquals", "aud", R"("sts.amazonaws.com")"), true},
           {of_github("StringLike", "repository", R"("me/*")"), false},
           {of_github("StringLike", "job_workflow_ref", R"("me/mine/.github/workflows/a.yml@*")"), false},
           {of_github("StringLike", "sub", R"("repo:me/*")"), false},
           {of_github("StringLike", "sub", R"("repo:me/mine:*")"), false}},
          trust);
    check("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", Severity::warning,
          {{of_github("StringLike", "sub", R"("repo:me/mine:*")"), true},
           {of_github("StringLike", "sub", R"("repo:me/mine:ref:refs/heads/*")"), true},
           {of_github("StringEquals", "sub", R"("repo:me/mine:environment:production")"), false},
           {of_github("StringLike", "sub", R"("repo:me/mine:pull_request")"), false},
           {of_github("StringEquals", "sub", R"("repo:me/mine:ref:refs/heads/main")"), false}},
          trust);
    check("CONFIRM_AUDIENCE_CLAIM_TYPE", Severity::suggestion,
          {{federated("arn:aws:iam::111111111111:oidc-provider/a.example", "AssumeRoleWithWebIdentity",
                      R"(,"Condition":{"StringEquals":{"a.example:aud":"x"}})"),
            true},
           {of_github("StringEquals", "aud", R"("sts.amazonaws.com")"), false},
           {of_github("StringEquals", "sub", R"("repo:me/mine:ref:refs/heads/main")"), false},
           {federated("accounts.google.com", "AssumeRoleWithWebIdentity",
                      R"(,"Condition":{"StringEquals":{"accounts.google.com:aud":"me"}})"),
            false}},
          trust);
    const auto with_claim = [&](std::string_view op, std::string_view values) {
        return federated(github, "AssumeRoleWithWebIdentity",
                         R"(,"Condition":{")" + std::string(op) + R"(":{"token.actions.githubusercontent.com:sub":)" +
                             std::string(values) + "}}");
    };
    check("MISSING_GITHUB_REPO_CONDITION_KEY", Severity::security_warning,
          {{with_claim("StringLike", R"("*")"), true},
           {with_claim("StringLike", R"("repo:*")"), true},
           {with_claim("StringLike", R"("repo:*/mine:*")"), true},
           {with_claim("StringLike", R"(["repo:me/mine:*","repo:m*"])"), true},
           {with_claim("StringNotLike", R"("repo:me/mine:*")"), true},
           {with_claim("StringEqualsIfExists", R"("repo:me/mine:ref:refs/heads/main")"), true},
           {with_claim("ForAllValues:StringLike", R"("repo:me/mine:*")"), true},
           {with_claim("Null", R"("false")"), true},
           {with_claim("StringLike", R"("repo:me/*")"), false},
           {with_claim("StringEquals", R"("repo:me/mine:ref:refs/heads/main")"), false}},
          trust);
    check("MISSING_AUDIENCE_CONDITION_KEY", Severity::security_warning,
          {{federated("accounts.google.com", "AssumeRoleWithWebIdentity"), true},
           {federated("accounts.google.com", "AssumeRoleWithWebIdentity",
                      R"(,"Condition":{"StringEquals":{"accounts.google.com:aud":"me"}})"),
            false}},
          trust);
}

TEST(Trust, KeysOfProvidersAreNotThoseOfServices) {
    const std::string text = trusting(
        R"("Principal":{"Federated":"arn:aws:iam::111111111111:saml-provider/okta"},"Action":"sts:AssumeRoleWithSAML",)"
        R"("Condition":{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}})");
    EXPECT_TRUE(lint(text, trust).empty()) << testing::PrintToString(codes_of(lint(text, trust)));
}

}  // namespace
}  // namespace iamlocal::lint
