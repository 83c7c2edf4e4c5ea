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
    "IAM resource path must either be \"*\", root, or start with user/, federated-user/, role/, group/, "
    "instance-profile/, mfa/, "
    "server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.";

struct ErrorRow {
    std::string text;
    std::string_view message;  ///< empty: accepted
};

void check(const std::vector<ErrorRow>& rows, DocumentKind kind, Strictness strictness = Strictness::strict) {
    for (const ErrorRow& row : rows) {
        SCOPED_TRACE(row.text);
        const auto result = parse(row.text, kind, strictness);
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
            {R"({"Version":"2012-10-17","Id":"any text","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
             ""},
            {R"({"Version":"2012-10-17","Id":7,"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2013-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", syntax},
            {R"({"version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"allow","Action":"*","Resource":"*"}})", legacy},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"Permit","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"","Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Effect":["Allow"],"Action":"*","Resource":"*"}})", syntax},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Effect":"Deny","Action":"*","Resource":"*"}})",
             syntax},
            {with(R"("Action":"*","NotAction":"*","Resource":"*")"), syntax},
            {with(R"("Action":"*","NotAction":[],"Resource":"*")"), syntax},
            {with(R"("Action":"*","Resource":"*","NotResource":"*")"), syntax},
            {with(R"("Action":"*","Resource":"*","NotResource":[])"), syntax},
            {with(R"("Action":["adfdf",{}],"Resource":"*")"), syntax},
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
            {with_condition(R"({"ForAnyValue::StringEqualsIfExists":{"aws:a":"x"}})"), syntax},
            {with_condition(R"({"a":"x"})"), syntax},
            {with_condition(R"({"a":{"b":"c"}})"), syntax},
            {with_condition(R"({"a":{}})"), ""},
            {with_condition(R"([{"StringEquals":{"aws:a":"b"}}])"), syntax},
            {with_condition(R"({"StringEquals":{"aws:a":[]}})"), ""},
            {with_condition(R"({"StringEquals":{"a":"b"}})"), ""},
            {with_condition(R"({"NumericLessThan":{"aws:a":1e1}})"), ""},
            {with_condition(R"({"NumericLessThan":{"aws:a":[10,1.5E-3]}})"), ""},
            {with_condition(R"({"StringEquals":{"aws:a":1e1}})"), syntax},
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

TEST(ParseErrors, OnlyManagedPoliciesMustBeOf2012) {
    constexpr std::string_view message = "Policy document must be version 2012-10-17 or greater.";
    const std::string none =
        R"({"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}})";
    const std::string old = R"({"Version":"2008-10-17",)" + none.substr(1);
    check({{none, message},
           {old, message},
           {R"({"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})", syntax},
           {R"({"Version":"2008-10-17","Statement":{"Effect":"Allow","Resource":[]}})", message},
           {R"({"Version":"2008-10-17","Statement":{"Effect":"Maybe","Action":"*","Resource":"*"}})", syntax},
           {R"({"Version":"2008-10-17","Statement":{"Effect":"DENY","Action":"*","Resource":"*"}})", message},
           {with_action("s3:*"), ""},
           {with_action("s3"), vendor}},
          DocumentKind::identity, Strictness::managed);
    for (const DocumentKind kind : {DocumentKind::identity, DocumentKind::boundary, DocumentKind::session})
        check({{none, ""}, {old, ""}}, kind);
    check({{none, message}, {old, message}}, DocumentKind::scp);
    const auto read = parse(old, DocumentKind::identity);
    ASSERT_TRUE(std::holds_alternative<Policy>(read));
    EXPECT_FALSE(std::get<Policy>(read).variables_enabled);
    EXPECT_FALSE(std::get<Policy>(parse(none, DocumentKind::identity)).variables_enabled);
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
            {with_resource("arn:aws:s3::example_bucket"), legacy},
            {with(R"("Action":"*","NotResource":"arn:aws:s3::example_bucket")"), legacy},
            {with_resource("arn:aws:s3:"), legacy},
            {with_resource("arn:aws::fdsasf"), legacy},
            {with_resource("arn:aws::::example_bucket"), legacy},
            {with_resource("arn:aws:fdsasf"), ""},
            {with_resource("arn:aws:s3"), ""},
            {with_resource("arn:aws:dynamodb:us-west--2:111111111111:table/t"), legacy},
            {with_resource("arn:aws:dynamodb:us-*:1111*:table/t"), ""},
            {with_resource("arn:aws:sts::ACCOUNT_ID:federated-user/f"), legacy},
            {with_resource("arn:aws:iam::111111111111role/r"), legacy},
            {with_resource("arn:aws:iam::aws:policy/ReadOnlyAccess"), ""},
            {with_resource("arn:aws:iam::cloudfront:user/x"), ""},
            {"\n" + with_action("*"), legacy},
            {" " + with_action("*"), legacy},
            {with_action("*") + "\n", ""},
            {R"({"Version":"2012-10-17","Statement":{"Effect":"DENY","Action":"*","Resource":"*"}})", legacy},
            {with_condition(R"({"DateLessThan":{"aws:CurrentTime":"tomorrow"}})"), legacy},
            {with_condition(R"({"DateLessThan":{"aws:CurrentTime":["2024-05-01",false]}})"), legacy},
            {with_condition(R"({"DateLessThanIfExists":{"aws:CurrentTime":["2024-05-01T00:00:00Z",1714564800]}})"), ""},
        },
        DocumentKind::identity);
}

TEST(ParseErrors, ValuesThatOperatorsCannotRead) {
    struct Value {
        std::string_view op;
        std::string_view value;
        bool readable;
    };
    constexpr Value values[]{{"NumericEquals", "01", true},
                             {"NumericEquals", "1e0", true},
                             {"NumericEquals", "NaN", false},
                             {"NumericNotEqualsIfExists", "no-number", false},
                             {"NumericEquals", "", false},
                             {"Bool", "TRUE", true},
                             {"Bool", "yes", true},
                             {"Null", "yes", true},
                             {"DateEquals", "not-a-date", false},
                             {"DateEquals", "01T", true},
                             {"DateEquals", "2016-12-13T21:20:37.593194+00:00", true},
                             {"DateEquals", "2016-12-13t2:00:00.593194+23", true},
                             {"DateEquals", "2016-12-13t2:00:00.593194+1", false},
                             {"DateEquals", "-292275054", true},
                             {"DateEquals", "9223372036854775808", false},
                             {"DateEquals", "234-13", false},
                             {"ArnLike", "not-an-arn", false},
                             {"ForAnyValue:ArnNotEquals", "arn:aws:iam", false},
                             {"ArnLike", "${aws:PrincipalTag/arn}", true},
                             {"ArnLike", "*", true},
                             {"ArnLike", "arn:aws:iam::*:user/*", true},
                             {"IpAddress", "not-an-ip", false},
                             {"NotIpAddress", "10.0.0.0/33", false},
                             {"IpAddress", "2001:db8::5/64", true},
                             {"BinaryEquals", "no-binary", false},
                             {"BinaryEquals", "QQ==", true},
                             {"StringEquals", "", true}};
    const std::string element = R"("Principal":{"AWS":"*"},"Action":"sts:AssumeRole")";
    for (const Value& value : values) {
        const std::string condition =
            "{\"" + std::string(value.op) + R"(":{"aws:k":")" + std::string(value.value) + "\"}}";
        const std::string_view stored = value.readable ? "" : legacy;
        check({{with_condition(condition), stored}}, DocumentKind::identity);
        check({{with_condition(condition), stored}}, DocumentKind::boundary);
        check({{with_condition(condition), value.op == "BinaryEquals" ? stored : ""}}, DocumentKind::session);
        check({{with(element + ",\"Condition\":" + condition), stored}}, DocumentKind::trust);
        check({{with(element + ",\"Resource\":\"*\",\"Condition\":" + condition), stored}}, DocumentKind::resource);
    }
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
            {with(R"("Action":[],"Resource":[])"), actions},
            {with(R"("NotResource":[])"), actions},
            {with(R"("Action":"*","Resource":[])"), resources},
            {with(R"("Action":"nonsense","NotResource":[])"), resources},
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
            {with_resource("s3:::b:c:d"), "Partition \"\" is not valid for resource \"arn:::b:c:d\"."},
            {with(R"("Action":"s3:*","NotResource":["*","b"])"), "Resource b must be in ARN format or \"*\"."},
            {with_resource("aws:s3:::example_bucket"),
             "Partition \"s3\" is not valid for resource \"arn:s3:::example_bucket:*\"."},
            {with_resource("a:bsdfdsafsad"),
             "Partition \"bsdfdsafsad\" is not valid for resource \"arn:bsdfdsafsad:*:*:*:*\"."},
            {with(R"("Action":"s3:*","Resource":["arn:error:s3:::example_bucket","arn:error:s3::example_bucket"])"),
             "Partition \"error\" is not valid for resource \"arn:error:s3:::example_bucket\"."},
            {with_resource("arn:error:s3::b"), "Partition \"error\" is not valid for resource \"arn:error:s3::b:*\"."},
            {with_resource("arn:aws"), "Resource vendor must be fully qualified and cannot contain regexes."},
            {with_resource("arn:aws:s*:::b"), "Resource vendor must be fully qualified and cannot contain regexes."},
            {with_resource("arn:aws:nosuchservice:::b"), ""},
            {with_resource("arn:aws:iam:::user/x"), ""},
            {with_resource("arn:aws:sqs:${aws:RequestedRegion}:${aws:PrincipalAccount}:q"), ""},
            {with_resource("arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}"), ""},
            {with_resource("arn:aws:iam::${aws:PrincipalAccount}:${aws:PrincipalTag/kind}/x"), ""},
            {with_resource("arn:${aws:PrincipalTag/p}:${aws:PrincipalTag/s}:::b"), ""},
            {with_resource("arn:aws:${aws:PrincipalTag/s}"), ""},
            {with_resource("${aws:PrincipalTag/arn}"), ""},
            {with_resource("arn:*:kms:*:${aws:PrincipalAccount, '1:2'}:key/*"), ""},
            {with_resource("arn:aws:iam::${aws:PrincipalAccount}:box/x"), path},
            {with_resource("arn:aws:iam:us-east-1:111111111111:user/a"),
             "IAM resource arn:aws:iam:us-east-1:111111111111:user/a cannot contain region information."},
            {with_resource("arn:aws:s3:us-east-1::b"),
             "Resource arn:aws:s3:us-east-1::b can not contain region information."},
            {with_resource("arn:aws:s3:us-east-1:111111111111:accesspoint/x"), ""},
            {with_resource("arn:aws:iam::111111111111:*"), ""},
            {with_resource("arn:aws:iam::111111111111:user/${aws:username}"), ""},
            {with_resource("arn:aws:iam::111111111111:us*"), path},
            {with_resource("arn:aws:iam::111111111111:root"), ""},
            {with(R"("Action":"sts:AssumeRoot","Resource":"arn:aws:iam::123456789012:root")"), ""},
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
            {with_action("a a:GetObject"), "Vendor a a is not valid"},
            {with_action("s*:Get*"), "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards."},
            {with_action("?3:GetObject"), "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards."},
            {with_action("s3.s:ListBucket"), ""},
            {with_action("iam: asdf safdsf af "), ""},
            {with_action(std::string(200, 'v') + ":x"), ""},
            {with(R"("Action":"s:3:ListBucket","Resource":"sdfsadf")"),
             "Resource sdfsadf must be in ARN format or \"*\"."},
            {with_action(":GetObject"), "Vendor  is not valid"},
            {with(R"("NotAction":["s3:Get*","Put"],"Resource":"*")"), vendor},
            {with_condition(R"({"StringEquals":{"aws:ResourceTag/a:b":"a"}})"), ""},
            {with(R"("Action":"Put","Resource":"b")"), "Resource b must be in ARN format or \"*\"."},
        },
        DocumentKind::identity);
}

TEST(ParseErrors, BoundariesSessionsAndScpsAreLikeIdentityPolicies) {
    for (const DocumentKind kind : {DocumentKind::boundary, DocumentKind::session, DocumentKind::scp}) {
        check({{with_action("s3:*"), ""},
               {with_action("GetObject"), vendor},
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
    constexpr std::string_view only_assume_role = "AssumeRole policy may only specify STS AssumeRole actions.";
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
            {trusting_for(R"(["sts:AssumeRole","sts:GetFederationToken"])"), only_assume_role},
            {trusting_for(R"("sts:InvalidAction")"), only_assume_role},
            {trusting_for(R"(["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity","sts:AssumeRoleWithSAML",)"
                          R"("sts:AssumeRoleWithWebIdentity","sts:SetContext"])"),
             ""},
            {trusting_for(R"("STS:AssumeRole")"), only_assume_role},
            {trusting_for(R"("sts:assumerole")"), only_assume_role},
            {trusting_for(R"("sts:AssumeRole*")"), only_assume_role},
            {trusting_for(R"("sts:*")"), only_assume_role},
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

/// A statement that trusts a provider of web identities.
std::string trusting_provider(std::string_view provider, std::string_view condition,
                              std::string_view action = "sts:AssumeRoleWithWebIdentity") {
    return R"({"Effect":"Allow","Principal":{"Federated":")" + std::string(provider) + R"("},"Action":")" +
           std::string(action) + "\"" + (condition.empty() ? "" : ",\"Condition\":" + std::string(condition)) + "}";
}

struct ProviderRow {
    std::string_view provider;
    std::string_view condition;  ///< empty: none
    std::string message;
};

void check_providers(const std::vector<ProviderRow>& rows) {
    std::vector<ErrorRow> documents;
    for (const ProviderRow& row : rows)
        documents.push_back({"{\"Statement\":" + trusting_provider(row.provider, row.condition) + "}", row.message});
    check(documents, DocumentKind::trust);
}

std::string must_evaluate(std::string_view principal, std::string_view key) {
    return "Trust policy with trusted principal " + std::string(principal) +
           " must evaluate, using StringEquals, StringLike or StringEqualsIgnoreCase, " + std::string(key) +
           " which is not scoped to all.";
}

TEST(ParseErrors, TrustedSharedProviders) {
    constexpr std::string_view gitlab = "arn:aws:iam::111111111111:oidc-provider/gitlab.com";
    constexpr std::string_view cognito = "cognito-identity.amazonaws.com";
    const std::string of_gitlab = must_evaluate("gitlab.com", "gitlab.com:sub");
    const std::string of_cognito = must_evaluate(cognito, "cognito-identity.amazonaws.com:aud");
    check_providers({
        {gitlab, "", of_gitlab},
        {gitlab, "{}", of_gitlab},
        {gitlab, R"({"StringEquals":{"gitlab.com:sub":"project_path:a/b"}})", ""},
        {gitlab, R"({"StringLike":{"gitlab.com:sub":"project_path:a/*"}})", ""},
        {gitlab, R"({"StringEqualsIgnoreCase":{"GITLAB.com:SUB":"x"}})", ""},
        {gitlab, R"({"ForAnyValue:StringEquals":{"gitlab.com:sub":"x"}})", ""},
        {gitlab, R"({"ForAllValues:StringLike":{"gitlab.com:sub":"x"}})", ""},
        {gitlab, R"({"StringEquals":{"gitlab.com:sub":"*"}})", of_gitlab},
        {gitlab, R"({"StringLike":{"gitlab.com:sub":["x","*"]}})", of_gitlab},
        {gitlab, R"({"StringLike":{"gitlab.com:sub":"**"}})", ""},
        {gitlab, R"({"StringEquals":{"gitlab.com:sub":""}})", ""},
        {gitlab, R"({"StringEquals":{"gitlab.com:sub":[]}})", ""},
        {gitlab, R"({"StringEquals":{"gitlab.com:aud":"x"}})", of_gitlab},
        {gitlab, R"({"StringNotEquals":{"gitlab.com:sub":"x"}})", of_gitlab},
        {gitlab, R"({"StringEqualsIfExists":{"gitlab.com:sub":"x"}})", of_gitlab},
        {gitlab, R"({"Null":{"gitlab.com:sub":"false"}})", of_gitlab},
        {gitlab, R"({"Bool":{"gitlab.com:sub":"true"}})", of_gitlab},
        {gitlab, R"({"StringEquals":{"gitlab.com:sub":"x"},"StringLike":{"gitlab.com:sub":"*"}})", ""},
        {"arn:aws:iam::111111111111:oidc-provider/gitlab.com/private", "", ""},
        {"arn:aws:iam::111111111111:oidc-provider/gitlab.example.com", "", ""},
        {"arn:aws:iam::111111111111:saml-provider/gitlab.com", "", ""},
        {"arn:aws:iam::111111111111:oidc-provider/studio.datachain.ai/api", "",
         must_evaluate("studio.datachain.ai/api", "studio.datachain.ai/api:sub")},
        {"arn:aws:iam::111111111111:oidc-provider/oidc.vercel.com", "",
         must_evaluate("oidc.vercel.com", "oidc.vercel.com:aud")},
        {"arn:aws:iam::111111111111:oidc-provider/sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", "",
         must_evaluate("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d", "sts:RoleSessionName")},
        {"arn:aws:iam::111111111111:oidc-provider/sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
         R"({"StringEquals":{"sts:RoleSessionName":"x"}})", ""},
        {cognito, "", "A condition block must be present for the Cognito provider"},
        {cognito, "{}", of_cognito},
        {cognito, R"({"StringLike":{"cognito-identity.amazonaws.com:aud":"*"}})", of_cognito},
        {cognito, R"({"StringEquals":{"COGNITO-IDENTITY.AMAZONAWS.COM:AUD":"pool"}})", ""},
    });
    const std::string bare = trusting_provider(cognito, "");
    const std::string good =
        trusting_provider(cognito, R"({"StringEquals":{"cognito-identity.amazonaws.com:aud":"p"}})");
    check(
        {{"{\"Statement\":[" + good + "," + bare + "]}", "A condition block must be present for the Cognito provider"},
         {"{\"Statement\":[" + good + "," + trusting_provider(cognito, "", "sts:TagSession") + "]}", ""},
         {"{\"Statement\":{\"Effect\":\"Deny\"" + bare.substr(bare.find(",\"Principal")) + "}", ""}},
        DocumentKind::trust);
}

TEST(ParseErrors, TrustedGitHubActions) {
    constexpr std::string_view github = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    const std::string own = std::string(github) + "/private";
    const std::string wanted = must_evaluate(github,
                                             "token.actions.githubusercontent.com:sub or "
                                             "token.actions.githubusercontent.com:job_workflow_ref");
    check_providers({
        {github, "", wanted},
        {github, R"({"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"}})", ""},
        {github, R"({"StringEquals":{"token.actions.githubusercontent.com:job_workflow_ref":"a/b/c.yml@main"}})", ""},
        {github, R"({"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}})", wanted},
        {github, R"({"StringLike":{"token.actions.githubusercontent.com:sub":"*owned"}})", wanted},
        {github, R"({"StringLike":{"token.actions.githubusercontent.com:sub":["repo:a/b:*","*"]}})", wanted},
        {github, R"({"StringLike":{"token.actions.githubusercontent.com:sub":" "}})", wanted},
        {github, R"({"StringLike":{"token.actions.githubusercontent.com:sub":""}})", wanted},
        {github, R"({"StringEquals":{"token.actions.githubusercontent.com:sub":[]}})", ""},
        {github,
         R"({"StringEquals":{"token.actions.githubusercontent.com:sub":"x",)"
         R"("token.actions.githubusercontent.com:job_workflow_ref":"*"}})",
         wanted},
        {github,
         R"({"StringEquals":{"token.actions.githubusercontent.com:sub":"x"},)"
         R"("StringLike":{"token.actions.githubusercontent.com:job_workflow_ref":"*"}})",
         ""},
        {own, R"({"StringEquals":{"token.actions.githubusercontent.com:sub":"x"}})",
         must_evaluate(own,
                       "token.actions.githubusercontent.com/private:sub or "
                       "token.actions.githubusercontent.com/private:job_workflow_ref")},
        {own, R"({"StringEquals":{"token.actions.githubusercontent.com/private:sub":"x"}})", ""},
    });
}

TEST(ParseErrors, TrustedOldProviders) {
    const auto wanted = [](std::string_view who) {
        return "Policy trusting " + std::string(who) + " requires a StringEquals condition on an application id";
    };
    constexpr std::string_view google = "accounts.google.com";
    check_providers({
        {google, "", wanted(google)},
        {"www.amazon.com", "", wanted("www.amazon.com")},
        {"graph.facebook.com", "", wanted("graph.facebook.com")},
        {google, R"({"StringEquals":{"accounts.google.com:aud":"x"}})", ""},
        {google, R"({"StringEquals":{"accounts.google.com:oaud":"x"}})", ""},
        {google, R"({"StringEquals":{"accounts.google.com:sub":"x"}})", ""},
        {google, R"({"StringEquals":{"accounts.google.com:email":"x"}})", wanted(google)},
        {google, R"({"StringEquals":{"ACCOUNTS.GOOGLE.COM:AUD":"x"}})", wanted(google)},
        {google, R"({"StringLike":{"accounts.google.com:aud":"x"}})", wanted(google)},
        {google, R"({"StringEqualsIgnoreCase":{"accounts.google.com:aud":"x"}})", ""},
        {google, R"({"StringEquals":{"accounts.google.com:aud":"*"}})", ""},
        {"www.amazon.com", R"({"StringEquals":{"www.amazon.com:app_id":"x"}})", ""},
        {"www.amazon.com", R"({"StringEquals":{"www.amazon.com:aud":"x"}})", wanted("www.amazon.com")},
        {"graph.facebook.com", R"({"StringEquals":{"graph.facebook.com:app_id":[]}})", ""},
    });
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
        {head + R"({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"user": null}}}})",
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
