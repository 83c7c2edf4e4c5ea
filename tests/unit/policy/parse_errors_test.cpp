#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "policy/parse.hpp"

namespace iamlocal::policy {
namespace {

constexpr std::string_view syntax = "Syntax errors in policy.";
constexpr std::string_view legacy = "The policy failed legacy parsing";
constexpr std::string_view vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
constexpr std::string_view path =
    "IAM resource path must either be \"*\" or start with user/, federated-user/, role/, group/, instance-profile/, "
    "mfa/, "
    "server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.";

struct Row {
    std::string text;
    std::string_view message;  ///< empty: accepted
};

void check(const std::vector<Row>& rows, DocumentKind kind) {
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        const auto result = parse(row.text, kind);
        const ParseError* error = std::get_if<ParseError>(&result);
        EXPECT_EQ(error ? error->message : "", row.message);
        if (!error) continue;
        EXPECT_EQ(error->code, "MalformedPolicyDocument");
        EXPECT_GE(error->line, 1U);
        EXPECT_GE(error->column, 1U);
    }
}

/// A document of one statement with these elements after the Effect.
std::string with(std::string_view elements) {
    return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow",)" + std::string(elements) + "}}";
}

std::string with_resource(std::string_view resource) {
    return with(R"("Action":"s3:*","Resource":")" + std::string(resource) + "\"");
}

std::string with_action(std::string_view action) {
    return with(R"("Resource":"*","Action":")" + std::string(action) + "\"");
}

std::string with_condition(std::string_view condition) {
    return with(R"("Action":"s3:*","Resource":"*","Condition":)" + std::string(condition));
}

TEST(ParseErrors, Syntax) {
    check(
        {
            {"", syntax},
            {"x", syntax},
            {"[]", syntax},
            {"{}", syntax},
            {"{\"Version\":\"2012-10-17\"", syntax},
            {R"({"Version":"2012-10-17"})", syntax},
            {R"({"Version":"2012-10-17","Statement":[]})", syntax},
            {R"({"Version":"2012-10-17","Statement":["x"]})", syntax},
            {R"({"Version":"2012-10-17","Statement":"x"})", syntax},
            {R"({"Version":2012,"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
             syntax},
            {R"({"Version":"2012-10-17","Extra":"","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
             syntax},
            {R"({"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", syntax},
            {R"({"version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"*","Resource":"*"}})", legacy},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"Permit","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Effect":["Allow"],"Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}})",
             syntax},
            {with(R"("Action":"*","NotAction":"*","Resource":"*")"), syntax},
            {with(R"("Action":"*","Resource":"*","NotResource":"*")"), syntax},
            {with(R"("Action":7,"Resource":"*")"), syntax},
            {with(R"("Action":["*",7],"Resource":"*")"), syntax},
            {with(R"("Action":"*","Resource":{"x":"y"})"), syntax},
            {with(R"("Action":"*","Resource":[["*"]])"), syntax},
            {with(R"("Action":"*","Resource":"*","Sid":7)"), syntax},
            {with(R"("action":"*","Resource":"*")"), syntax},
            {with(R"("Action":"*","Resource":"*","NotEffect":"Deny")"), syntax},
            {with_condition("[]"), syntax},
            {with_condition(R"({"StringEquals":"x"})"), syntax},
            {with_condition(R"({"StringSounds":{"aws:a":"x"}})"), syntax},
            {with_condition(R"({"StringEquals":{"aws:a":null}})"), syntax},
            {with_condition(R"({"StringEquals":{"aws:a":{"b":"c"}}})"), syntax},
            {with_condition(R"({"StringEquals":{"aws:a":["b",["c"]]}})"), syntax},
            {with_condition(R"({"StringEquals":{"aws:a":"b","aws:a":"c"}})"), syntax},
            {with_condition(R"({"StringEquals":{"aws:a":"b"},"StringEquals":{"aws:c":"d"}})"), syntax},
            {with_condition(R"({"NullIfExists":{"aws:a":"true"}})"), syntax},
            {with_condition(R"({"NumericLessThan":{"aws:a":1e1}})"), syntax},
            {with_condition(R"({"NumericLessThan":{"aws:a":[10,1.5E-3]}})"), syntax},
            {with_condition(
                 R"({"StringEquals":{"aws:a":["b",1,true,1.5]},"ForAllValues:BoolIfExists":{"aws:b":false}})"),
             ""},
            {with_condition("{}"), ""},
            {with_resource("\\u0000"), syntax},
            {with_resource("\xff"), syntax},
            {with_resource(std::string(600'000, 'x')), syntax},
        },
        DocumentKind::identity);
}

TEST(ParseErrors, VersionComesAfterSyntax) {
    constexpr std::string_view message = "Policy document must be version 2012-10-17 or greater.";
    check(
        {
            {R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", message},
            {R"({"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", message},
            {R"({"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", message},
            {R"({"Version":"","Statement":{"Effect":"Allow","Resource":[]}})", message},
            {R"({"Version":"2008-10-17","Statement":{"Effect":"Maybe","Action":"*","Resource":"*"}})", syntax},
        },
        DocumentKind::identity);
}

TEST(ParseErrors, Principals) {
    constexpr std::string_view message = "Policy document should not specify a principal.";
    check({{with(R"("Principal":"*","Action":"*","Resource":"*")"), message},
           {with(R"("NotPrincipal":{"AWS":"*"},"Action":"*","Resource":"*")"), message},
           {with(R"("Principal":"arn:aws:iam::1:root","Action":"*","Resource":"*")"), syntax},
           {with(R"("Principal":{"Robot":"x"},"Action":"*","Resource":"*")"), syntax},
           {with(R"("Principal":{"AWS":7},"Action":"*","Resource":"*")"), syntax},
           {with(R"("Principal":{"AWS":"*"},"NotPrincipal":{"AWS":"*"},"Action":"*","Resource":"*")"), syntax}},
          DocumentKind::identity);
}

TEST(ParseErrors, LegacyParsing) {
    check(
        {
            {with(R"("Action":"*","Resource":[])"), legacy},
            {with(R"("Action":[],"Resource":[])"), legacy},
            {with(R"("NotResource":[])"), legacy},
            {with_resource("arn:aws"), legacy},
            {with_resource("arn:aws:s3"), legacy},
            {with_resource("arn:aws:dynamodb:us-west--2:111111111111:table/t"), legacy},
            {with_resource("arn:aws:dynamodb:${aws:RequestedRegion}:111111111111:table/t"), legacy},
            {with_resource("arn:aws:dynamodb:us-*:1111*:table/t"), ""},
            {with_resource("arn:aws:dynamodb:us-west-2:${aws:PrincipalAccount}:table/t"), legacy},
            {with_resource("arn:aws:sts::ACCOUNT_ID:federated-user/f"), legacy},
            {with_resource("arn:aws:iam::111111111111role/r"), legacy},
            {with_resource("arn:aws:iam::aws:policy/ReadOnlyAccess"), ""},
            {with_resource("arn:aws:iam::cloudfront:user/x"), ""},
            {"\n" + with_action("*"), legacy},
            {" " + with_action("*"), legacy},
            {with_action("*") + "\n", ""},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"DENY","Action":"*","Resource":"*"}})", legacy},
            {R"({"Version":"2008-10-17","Statement":{"Effect":"DENY","Action":"*","Resource":"*"}})",
             "Policy document must be version 2012-10-17 or greater."},
            {with_condition(R"({"DateLessThan":{"aws:CurrentTime":"tomorrow"}})"), legacy},
            {with_condition(R"({"DateLessThan":{"aws:CurrentTime":["2024-05-01",false]}})"), legacy},
            {with_condition(R"({"DateLessThanIfExists":{"aws:CurrentTime":["2024-05-01T00:00:00Z",1714564800]}})"), ""},
        },
        DocumentKind::identity);
}

TEST(ParseErrors, Sids) {
    const auto two = [](std::string_view a, std::string_view b) {
        return R"({"Version":"2012-10-17","Statement":[{"Sid":")" + std::string(a) +
               R"(","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":")" + std::string(b) +
               R"(","Effect":"Allow","Action":"*","Resource":"*"}]})";
    };
    constexpr std::string_view unique = "Statement IDs (SID) in a single policy must be unique.";
    constexpr std::string_view form =
        "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
        "[0-9A-Za-z]*";
    check({{two("a", "a"), unique},
           {two("a", "A"), ""},
           {two("", ""), ""},
           {two("a", "a b"), form},
           {two("é", "x"), form}},
          DocumentKind::identity);
}

TEST(ParseErrors, MissingParts) {
    constexpr std::string_view actions = "Policy statement must contain actions.";
    constexpr std::string_view resources = "Policy statement must contain resources.";
    check(
        {
            {with(R"("Resource":"*")"), actions},
            {with(R"("Action":[],"Resource":"*")"), actions},
            {with(R"("NotAction":[],"Resource":"*")"), actions},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"Allow"}})", actions},
            {with(R"("Action":"*")"), resources},
            {with(R"("Action":"nonsense")"), resources},
        },
        DocumentKind::identity);
}

TEST(ParseErrors, Resources) {
    check(
        {
            {with_resource("*"), ""},
            {with_resource("arn:aws:s3:::b/*"), ""},
            {with_resource("arn:*:s3:::b"), ""},
            {with_resource("arn:aws-us-gov:s3:::b"), ""},
            {with_resource("arn:aws:rds:*"), ""},
            {with_resource("bucket"), "Resource bucket must be in ARN format or \"*\"."},
            {with_resource(""), "Resource  must be in ARN format or \"*\"."},
            {with_resource("arn"), "Resource arn must be in ARN format or \"*\"."},
            {with_resource("s3:::b:c:d"), "Resource s3:::b:c:d must be in ARN format or \"*\"."},
            {with(R"("Action":"s3:*","NotResource":["*","b"])"), "Resource b must be in ARN format or \"*\"."},
            {with_resource("arn:error:s3:::b"), "Partition \"error\" is not valid for resource \"arn:error:s3:::b\"."},
            {with_resource("arn:error:s3::b"), "Partition \"error\" is not valid for resource \"arn:error:s3::b:*\"."},
            {with_resource("arn:aws:s*:::b"), "Resource vendor must be fully qualified and cannot contain regexes."},
            {with_resource("arn:aws::::b"), "Resource vendor must be fully qualified and cannot contain regexes."},
            {with_resource("arn:aws:iam:us-east-1:111111111111:user/a"),
             "IAM resource arn:aws:iam:us-east-1:111111111111:user/a cannot contain region information."},
            {with_resource("arn:aws:s3:us-east-1::b"),
             "Resource arn:aws:s3:us-east-1::b can not contain region information."},
            {with_resource("arn:aws:s3:us-east-1:111111111111:accesspoint/x"), ""},
            {with_resource("arn:aws:iam::111111111111:*"), ""},
            {with_resource("arn:aws:iam::111111111111:user/${aws:username}"), ""},
            {with_resource("arn:aws:iam::111111111111:us*"), path},
            {with_resource("arn:aws:iam::111111111111:root"), path},
        },
        DocumentKind::identity);
}

TEST(ParseErrors, Actions) {
    check(
        {
            {with_action("*"), ""},
            {with_action("*:*"), ""},
            {with_action("s3:*"), ""},
            {with_action("execute-api:Invoke"), ""},
            {with_action("GetObject"), vendor},
            {with_action(""), vendor},
            {with_action("s3:Get:Object"), "Actions/Condition can contain only one colon."},
            {with_action("s 3:GetObject"), "Vendor s 3 is not valid"},
            {with_action("s*:GetObject"), "Vendor s* is not valid"},
            {with_action(":GetObject"), "Vendor  is not valid"},
            {with(R"("NotAction":["s3:Get*","Put"],"Resource":"*")"), vendor},
            {with_condition(R"({"StringEquals":{"username":"a"}})"), vendor},
            {with_condition(R"({"StringEquals":{"aws:ResourceTag/a:b":"a"}})"), ""},
            {with(R"("Action":"Put","Resource":"b")"), "Resource b must be in ARN format or \"*\"."},
        },
        DocumentKind::identity);
}

TEST(ParseErrors, BoundariesSessionsAndScpsAreLikeIdentityPolicies) {
    for (const DocumentKind kind : {DocumentKind::boundary, DocumentKind::session, DocumentKind::scp}) {
        check({{with_action("s3:*"), ""},
               {with_action("GetObject"), vendor},
               {R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
                "Policy document must be version 2012-10-17 or greater."},
               {with(R"("Principal":"*","Action":"*","Resource":"*")"),
                "Policy document should not specify a principal."}},
              kind);
    }
}

TEST(ParseErrors, ResourcePolicies) {
    check(
        {
            {R"({"Id":"x","Statement":{"Sid":"a b","Effect":"Allow","Principal":"*","Action":"*","Resource":"bucket"}})",
             ""},
            {R"({"Version":"2008-10-17","Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"111111111111"},"Action":"x","Resource":"*"}})",
             ""},
            {R"({"Version":"2001-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}})",
             syntax},
            {with(R"("Principal":"bob","Action":"*","Resource":"*")"), syntax},
            {with(R"("Action":"*","Resource":"*")"), "Missing required field Principal"},
            {with(R"("Principal":"*","Action":"*")"), "Policy statement must contain resources."},
            {with(R"("Principal":{"AWS":"arhhhn:aws:iam::111111111111:role/team/dev"},"Action":"*","Resource":"*")"),
             R"(Invalid principal in policy: "AWS":"arhhhn:aws:iam::111111111111:role/team/dev")"},
            {with(R"("Principal":{"AWS":"arn:aws:iam::111111111111:user/*"},"Action":"*","Resource":"*")"),
             R"(Invalid principal in policy: "AWS":"arn:aws:iam::111111111111:user/*")"},
            {with(R"("Principal":{"AWS":"11111111111"},"Action":"*","Resource":"*")"),
             R"(Invalid principal in policy: "AWS":"11111111111")"},
            {with(R"("Principal":{"Service":"lambda"},"Action":"*","Resource":"*")"),
             R"(Invalid principal in policy: "Service":"lambda")"},
            {with(R"("Principal":{"Federated":"nowhere"},"Action":"*","Resource":"*")"),
             R"(Invalid principal in policy: "Federated":"nowhere")"},
            {with(
                 R"("Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E15MNIMTCFKK4C",)"
                 R"("CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"},)"
                 R"("Action":"*","Resource":"*")"),
             ""},
        },
        DocumentKind::resource);
    check({{with(R"("Principal":"*","Action":"*","Resource":"*")"), ""},
           {with(R"("Action":"*","Resource":"*")"), "Missing required field Principal"}},
          DocumentKind::rcp);
}

std::string trust(std::string_view elements) {
    return R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)" + std::string(elements) + "}]}";
}

std::string trusting(std::string_view principal) {
    return trust(R"("Action":"sts:AssumeRole","Principal":)" + std::string(principal));
}

std::string trusting_for(std::string_view action) {
    return trust(R"("Principal":{"AWS":"*"},"Action":)" + std::string(action));
}

TEST(ParseErrors, TrustPolicies) {
    constexpr std::string_view nobody =
        "Invalid principal in policy: com.amazon.balsa.error.InvalidPolicyException: The passed in policy has a "
        "statement with no principals!";
    check(
        {
            {"", "This policy contains invalid Json"},
            {R"({"Version":"2012-10-17","Statement":[],})", "This policy contains invalid Json"},
            {R"({"Statement":1,"Statement":2})", "This policy contains invalid Json"},
            {"[]", "This policy contains invalid Json"},
            {"{}", "Missing required field Statement"},
            {R"({"Version":"2012-10-17","Statement":[]})", "Could not parse the policy: Statement is empty!"},
            {R"({"version":"2012-10-17","statement":[]})", "Unknown field version"},
            {R"({"Statement":7})", syntax},
            {trust(R"("Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Extra":1)"), "Unknown field Extra"},
            {trust(R"("Principal":{"AWS":"*"},"Action":"sts:AssumeRole","NotEffect":1)"), "Unknown field NotEffect"},
            {R"({"Statement":{"Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}})", "Missing required field Effect"},
            {R"({"Statement":{"Effect":"allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}})",
             "Invalid effect: allow"},
            {R"({"Statement":{"Effect":["Allow"],"Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}})", syntax},
            {"\n " + trusting(R"({"AWS":"*"})"), ""},
            {R"({"Version":"2008-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}})",
             ""},
            {R"({"Id":"x","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}})", ""},
            {R"({"Version":"2013-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}})",
             syntax},
            {trust(R"("Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Resource":"*")"),
             "Has prohibited field Resource"},
            {trust(R"("Principal":{"AWS":"*"},"Action":"sts:AssumeRole","NotResource":"*")"),
             "Has prohibited field NotResource"},
            {trust(R"("NotPrincipal":{"AWS":"*"},"Action":"sts:AssumeRole")"),
             "AssumeRole policy must not contain NotPrincipal field."},
            {trust(R"("Action":"sts:AssumeRole")"), "Missing required field Principal"},
            {trusting("{}"), nobody},
            {trusting(R"({"AWS":[]})"), nobody},
            {trusting(R"({"AWS":[],"Service":"ec2.amazonaws.com"})"), ""},
            {trust(R"("Principal":{"AWS":"*"})"), "Missing required field Action"},
            {trusting_for("[]"), "Missing required field Action"},
            {trusting_for(R"("s3:GetObject")"), "AssumeRole policy may only specify STS AssumeRole actions."},
            {trusting_for(R"("*")"), "AssumeRole policy may only specify STS AssumeRole actions."},
            {trusting_for(R"(["sts:AssumeRole","sts:GetFederationToken"])"),
             "Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and "
             "sts:AssumeRoleWithWebIdentity"},
            {trusting_for(R"(["STS:assumerole","sts:TagSession","sts:SetSourceIdentity","sts:AssumeRoleWithSAML",)"
                          R"("sts:AssumeRoleWithWebIdentity","sts:SetContext"])"),
             ""},
            {trusting_for(R"("sts:AssumeRole*")"), ""},
            {R"({"Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"},)"
             R"({"Sid":"a","Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]})",
             "Statement IDs (SID) in a single policy must be unique."},
        },
        DocumentKind::trust);
}

TEST(ParseErrors, TrustedPrincipals) {
    constexpr std::string_view providers = "Federated principals must be valid domain names or SAML metadata ARNs";
    check(
        {
            {trusting(R"("*")"), "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\"."},
            {trusting(R"({"AWS":"*"})"), ""},
            {trusting(R"({"AWS":["111111111111","arn:aws:iam::111111111111:root","AIDAALICEALICEALICE1"]})"), ""},
            {trusting(R"({"AWS":"arn:aws:iam::111111111111:role/a/b"})"), ""},
            {trusting(R"({"AWS":"arn:aws:sts::111111111111:assumed-role/a/b"})"), ""},
            {trusting(R"({"AWS":"arn:aws:iam::111111111111:user/*"})"),
             "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111111111111:user/*\""},
            {trusting(R"({"AWS":["*","bob"]})"), "Invalid principal in policy: \"AWS\":\"bob\""},
            {trusting(R"({"AWS":"arn:aws:iam::111111111111:group/g"})"),
             "Invalid principal in policy: \"AWS\":\"arn:aws:iam::111111111111:group/g\""},
            {trusting(R"({"AWS":"arn:aws:iam::1:root"})"),
             "Invalid principal in policy: \"AWS\":\"arn:aws:iam::1:root\""},
            {trusting(R"({"AWS":"arn:aws:s3:::b"})"), "Invalid principal in policy: \"AWS\":\"arn:aws:s3:::b\""},
            {trusting(R"({"Service":"ec2.amazonaws.com"})"), ""},
            {trusting(R"({"Service":["ec2.amazonaws.com.cn","x.aws.internal"]})"), ""},
            {trusting(R"({"Service":["delivery.logs.amazonaws.com","logs.eu-west-1.amazonaws.com"]})"), ""},
            {trusting(R"({"Service":"x"})"), "Invalid principal in policy: \"SERVICE\":\"x\""},
            {trusting(R"({"Service":"*"})"), "Invalid principal in policy: \"SERVICE\":\"*\""},
            {trusting(R"({"Service":"ec2.amazonaws.co"})"),
             "Invalid principal in policy: \"SERVICE\":\"ec2.amazonaws.co\""},
            {trusting(R"({"Service":".amazonaws."})"), "Invalid principal in policy: \"SERVICE\":\".amazonaws.\""},
            {trusting(R"({"Service":"a.aws.b"})"), "Invalid principal in policy: \"SERVICE\":\"a.aws.b\""},
            {trusting(R"({"Service":"x.aws"})"), "Invalid principal in policy: \"SERVICE\":\"x.aws\""},
            {trusting(R"({"Service":".amazonaws.com"})"),
             "Invalid principal in policy: \"SERVICE\":\".amazonaws.com\""},
            {trusting(R"({"Service":"a..b.amazonaws.com"})"),
             "Invalid principal in policy: \"SERVICE\":\"a..b.amazonaws.com\""},
            {trusting(R"({"Federated":"arn:aws:iam::111111111111:saml-provider/okta"})"), ""},
            {trusting(R"({"Federated":"cognito-identity.amazonaws.com"})"), ""},
            {trusting(R"({"Federated":"okta"})"), providers},
            {trusting(R"({"Federated":""})"), providers},
            {trusting(R"({"Federated":"*"})"), providers},
            {trusting(R"({"Federated":"arn:aws:iam::111111111111:role/okta"})"), providers},
            {trusting(R"({"CanonicalUser":"79a5"})"), "Invalid principal in policy: \"CANONICALUSER\":\"79a5\""},
        },
        DocumentKind::trust);
}

TEST(ParseErrors, SessionPoliciesThatAreNoJson) {
    check({{"", "The policy is not in the valid JSON format."},
           {"{\"Version\"", "The policy is not in the valid JSON format."},
           {"[]", syntax}},
          DocumentKind::session);
}

TEST(ParseErrors, SayWhere) {
    struct Place {
        std::string text;
        DocumentKind kind;
        std::size_t line;
        std::size_t column;
    };
    const std::string head = "{\"Version\": \"2012-10-17\",\n \"Statement\": ";
    const std::vector<Place> places = {
        {head + R"({"Effect": "Maybe"}})", DocumentKind::identity, 2, 26},
        {head + R"({"Effect": "allow", "Action": "*", "Resource": "*"}})", DocumentKind::identity, 2, 26},
        {head + R"({"Action": "*", "Resource": "*"}})", DocumentKind::identity, 2, 15},
        {head + "{\"Effect\": \"Allow\",\n  \"Action\": [\"s3:*\", \"Put\"], \"Resource\": \"*\"}}",
         DocumentKind::identity, 3, 22},
        {head + R"({"Effect": "Allow", "Action": "😀é:x:y", "Resource": ["*", "b"]}})", DocumentKind::identity, 2, 74},
        {head + R"({"Effect": "Allow", "Action": "*", "Resource": "*", "Effect": "Deny"}})", DocumentKind::identity, 2,
         67},
        {head + "{\"Effect\": \"Allow\" \"Action\": \"*\"}}", DocumentKind::identity, 2, 34},
        {"\n{\"Version\": \"2012-10-17\"}", DocumentKind::identity, 2, 1},
        {"\n" + head + R"({"Effect": "Allow", "Action": "*", "Resource": "*"}})", DocumentKind::identity, 1, 1},
        {head + R"({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Null": {"user": "true"}}}})",
         DocumentKind::identity, 2, 98},
        {head + R"({"Effect": "Allow", "Principal": {"AWS": ["*", "bob"]}, "Action": "sts:AssumeRole"}})",
         DocumentKind::trust, 2, 62},
        {head + R"({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Extra": 1}})",
         DocumentKind::trust, 2, 99},
        {head + R"({"Effect": "Allow", "Action": "sts:AssumeRole"}})", DocumentKind::trust, 2, 15},
        {"{\"Statement\":\r\n[]}", DocumentKind::trust, 2, 1},
    };
    for (const Place& place : places) {
        SCOPED_TRACE(place.text);
        const auto result = parse(place.text, place.kind);
        ASSERT_TRUE(std::holds_alternative<ParseError>(result));
        EXPECT_EQ(std::get<ParseError>(result).line, place.line);
        EXPECT_EQ(std::get<ParseError>(result).column, place.column);
    }
}

TEST(ParseErrors, AnEffectInTheWrongCaseIsNotUsable) {
    const auto result = parse(R"({"Version":"2012-10-17","Statement":{"Effect":"deny","Action":"*","Resource":"*"}})",
                              DocumentKind::identity, Strictness::lenient);
    ASSERT_TRUE(std::holds_alternative<ParseError>(result));
    EXPECT_EQ(std::get<ParseError>(result).message, legacy);
}

}  // namespace
}  // namespace iamlocal::policy
