#include "unit/lint/support.hpp"

namespace iamlocal::lint {
namespace {

TEST(Operators, Exist) {
    check("INVALID_CONDITION_OPERATOR", Severity::error,
          {{with_condition(R"({"StringSounds":{"aws:userid":"a"}})"), true},
           {with_condition(R"({"NullIfExists":{"aws:userid":"true"}})"), false},
           {with_condition(R"({"ForAnyValue:StringLikeIfExists":{"aws:TagKeys":"a"}})"), false}});
    check("NULL_WITH_IF_EXISTS", Severity::error,
          {{with_condition(R"({"NullIfExists":{"aws:userid":"true"}})"), true},
           {with_condition(R"({"Null":{"aws:userid":"true"}})"), false}});
    check("NULL_WITH_QUALIFIER", Severity::suggestion,
          {{with_condition(R"({"ForAllValues:Null":{"aws:TagKeys":"true"}})"), true},
           {with_condition(R"({"Null":{"aws:TagKeys":"true"}})"), false}});
}

TEST(Operators, Values) {
    check("EMPTY_ARRAY_CONDITION", Severity::suggestion,
          {{with_condition(R"({"StringEquals":{"aws:userid":[]}})"), true},
           {with_condition(R"({"StringEqualsIfExists":{"aws:userid":[]}})"), false}});
    check("EMPTY_ARRAY_CONDITION_FORALLVALUES", Severity::suggestion,
          {{with_condition(R"({"ForAllValues:StringEquals":{"aws:TagKeys":[]}})"), true},
           {with_condition(R"({"ForAllValues:StringEquals":{"aws:TagKeys":["a"]}})"), false}});
    check("EMPTY_ARRAY_CONDITION_FORANYVALUE", Severity::suggestion,
          {{with_condition(R"({"ForAnyValue:StringEquals":{"aws:TagKeys":[]}})"), true},
           {with_condition(R"({"ForAllValues:StringEquals":{"aws:TagKeys":[]}})"), false}});
    check("EMPTY_ARRAY_CONDITION_IFEXISTS", Severity::suggestion,
          {{with_condition(R"({"StringEqualsIfExists":{"aws:userid":[]}})"), true},
           {with_condition(R"({"StringEquals":{"aws:userid":[]}})"), false}});
    check("DUPLICATE_KEYS_WITH_DIFFERENT_CASE", Severity::error,
          {{with_condition(R"({"StringEquals":{"aws:userid":"a","aws:UserId":"b"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:userid":"a"},"StringLike":{"aws:UserId":"b"}})"), false}});
    check("INVALID_CONDITION_DATA_TYPE", Severity::error,
          {{with_condition(R"({"NumericEquals":{"s3:max-keys":[1,"2"]}})"), true},
           {with_condition(R"({"NumericEquals":{"s3:max-keys":[1,2]}})"), false}});
    check("INVALID_CONDITION_MULTIPLE_BOOLEAN", Severity::error,
          {{with_condition(R"({"Bool":{"aws:SecureTransport":["true","false"]}})"), true},
           {with_condition(R"({"Bool":{"aws:SecureTransport":["true"]}})"), false}});
    check("WILDCARD_WITHOUT_LIKE_OPERATOR", Severity::warning,
          {{with_condition(R"({"StringEquals":{"s3:prefix":"home/*"}})"), true},
           {with_condition(R"({"StringLike":{"s3:prefix":"home/*"}})"), false},
           {with_condition(R"({"StringEquals":{"s3:prefix":"home/${*}"}})"), false},
           {with_condition(R"({"ArnEquals":{"aws:SourceArn":"arn:aws:s3:::b*"}})"), false}});
    check("REDUNDANT_CONDITION_VALUE_NUM", Severity::suggestion,
          {{with_condition(R"({"NumericLessThan":{"aws:MultiFactorAuthAge":["2700","3600"]}})"), true},
           {with_condition(R"({"NumericEquals":{"aws:MultiFactorAuthAge":["2700","3600"]}})"), false},
           {with_condition(R"({"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}})"), false}});
}

TEST(Operators, ForAllValues) {
    const std::string open = R"({"ForAllValues:StringLike":{"dynamodb:Attributes":"a"}})";
    const std::string closed =
        R"({"ForAllValues:StringLike":{"dynamodb:Attributes":"a"},"Null":{"dynamodb:Attributes":"false"}})";
    check("FORALLVALUES_WITHOUT_NULL_CHECK", Severity::suggestion,
          {{with_condition(open), true},
           {with_condition(closed), false},
           {with_condition(R"({"ForAllValues:StringEquals":{"aws:TagKeys":"a"}})"), false},
           {denying(R"("Action":"s3:*","Resource":"*","Condition":)" + open), false}});
    check("FORALLVALUES_WITH_SINGLE_VALUED_KEY", Severity::security_warning,
          {{with_condition(R"({"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-1"}})"), true},
           {with_condition(R"({"ForAllValues:StringEquals":{"aws:TagKeys":"a"}})"), false}});
    check("MISSING_QUALIFIER", Severity::error,
          {{with_condition(R"({"StringEquals":{"aws:TagKeys":"a"}})"), true},
           {with_condition(R"({"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}})"), false},
           {with_condition(R"({"Null":{"aws:TagKeys":"true"}})"), false},
           {with_condition(R"({"StringEquals":{"aws:PrincipalOrgID":"o-1"}})"), false}});
}

TEST(Keys, Exist) {
    check("INVALID_CONDITION_KEY_FORMAT", Severity::error,
          {{with_condition(R"({"StringEquals":{"username":"a"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:username":"a"}})"), false}});
    check("INVALID_GLOBAL_CONDITION_KEY", Severity::error,
          {{with_condition(R"({"StringEquals":{"aws:PrincipalOrgId2":"a"}})"), true},
           {with_condition(R"({"StringEquals":{"AWS:principalorgid":"a"}})"), false},
           {with_condition(R"({"StringEquals":{"aws:PrincipalTag/team":"a"}})"), false}});
    check("UNSUPPORTED_GLOBAL_CONDITION_KEY", Severity::error,
          {{with_condition(R"({"ArnEquals":{"aws:ARN":"arn:aws:iam::111111111111:user/u"}})"), true},
           {with_condition(R"({"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:user/u"}})"), false}});
    check("INVALID_SERVICE_CONDITION_KEY", Severity::error,
          {{with_condition(R"({"StringEquals":{"s3:prefx":"a"}})"), true},
           {with_condition(R"({"StringEquals":{"s3:prefix":"a"}})"), false},
           {with_condition(R"({"StringEquals":{"s3:RequestObjectTag/team":"a"}})"), false}});
    check("MISSING_TAG_KEY_IN_CONDITION", Severity::error,
          {{with_condition(R"({"StringEquals":{"aws:ResourceTag":"a"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:PrincipalTag/":"a"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:ResourceTag/team":"a"}})"), false}});
    check("MISSING_PAIRED_CONDITION_KEYS", Severity::security_warning,
          {{with_condition(R"({"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}})"), true},
           {with_condition(
                R"({"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"},"StringEquals":{"aws:SourceVpc":"vpc-12345678"}})"),
            false}});
}

TEST(Keys, AndActions) {
    const auto listing = [](std::string_view actions) {
        return with(R"("Resource":"*","Condition":{"StringEquals":{"s3:prefix":"a"}},"Action":)" +
                    std::string(actions));
    };
    check("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", Severity::error,
          {{listing(R"(["s3:ListBucket","s3:GetBucketLocation"])"), true},
           {listing(R"("s3:ListBucket")"), false},
           {listing(R"("s3:Put*")"), true},
           {listing(R"("ec2:RunInstances")"), true},
           {listing(R"(["ec2:*","s3:ListBucket"])"), true},
           {listing(R"("*")"), false},
           {listing(R"("s3:*")"), false},
           // Keys of which the reference does not say which actions carry them.
           {with(R"("Action":"aws-marketplace:Subscribe","Resource":"*","Condition":)"
                 R"({"ForAnyValue:StringEquals":{"aws-marketplace:ProductId":"x"}})"),
            false},
           {with(R"("Action":"states:InvokeHTTPEndpoint","Resource":"*","Condition":)"
                 R"({"StringLike":{"states:HTTPEndpoint":"https://a/*"}})"),
            false}});
    // A key of another service, and one of an identity provider.
    check(
        "UNSUPPORTED_ACTION_FOR_CONDITION_KEY", Severity::error,
        {{with(R"("Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"ec2:InstanceType":"t3.nano"}})"),
          true},
         {with(R"("Action":"s3:GetObject","Resource":"*","Condition":{"ArnLike":{"ec2:SourceInstanceARN":"*"}})"),
          false}});
    const auto trusted = [](std::string_view actions) {
        return trusting(R"("Principal":{"Federated":"cognito-identity.amazonaws.com"},"Condition":{"StringEquals":)"
                        R"({"cognito-identity.amazonaws.com:aud":"x"}},"Action":)" +
                        std::string(actions));
    };
    check("UNSUPPORTED_ACTION_FOR_CONDITION_KEY", Severity::error,
          {{trusted(R"(["sts:AssumeRoleWithWebIdentity","sts:TagSession"])"), true},
           {trusted(R"("sts:AssumeRoleWithWebIdentity")"), false}},
          DocumentKind::trust);
    const auto tagged = [](std::string_view effect, std::string_view elements) {
        return R"({"Version":"2012-10-17","Statement":{"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/a":"b"}},"Effect":")" +
               std::string(effect) + "\"," + std::string(elements) + "}}";
    };
    check("ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Severity::suggestion,
          {{tagged("Allow", R"("Action":["ec2:StartInstances","polly:SynthesizeSpeech"])"), true},
           {tagged("Allow", R"("Action":"ec2:StartInstances")"), false}});
    check("DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Severity::security_warning,
          {{tagged("Deny", R"("Action":"polly:SynthesizeSpeech")"), true},
           {tagged("Deny", R"("Action":"ec2:StartInstances")"), false}});
    check("ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Severity::suggestion,
          {{tagged("Allow", R"("NotAction":"iam:*")"), true}, {tagged("Allow", R"("Action":"ec2:*")"), false}});
    check("DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE", Severity::security_warning,
          {{tagged("Deny", R"("NotAction":"iam:*")"), true}, {tagged("Deny", R"("Action":"ec2:*")"), false}});
}

TEST(Keys, Types) {
    check("TYPE_MISMATCH", Severity::warning,
          {{with_condition(R"({"NumericEquals":{"aws:username":"7"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:SecureTransport":"true"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:CurrentTime":"2024-05-01"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:SourceIp":"1.2.3.4"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:SourceArn":"arn:aws:s3:::b"}})"), false},
           {with_condition(R"({"Bool":{"aws:SecureTransport":"true"}})"), false},
           {with_condition(R"({"NumericLessThan":{"glacier:ArchiveAgeInDays":"365"}})"), false},
           {with_condition(R"({"NumericLessThan":{"glacier:ArchiveAgeInDays":["365","old"]}})"), true},
           {with_condition(R"({"Bool":{"ssm:Recursive":"true"}})"), false},
           {with_condition(R"({"Bool":{"ssm:Recursive":"1"}})"), true},
           {with_condition(R"({"Null":{"aws:SecureTransport":"true"}})"), false}});
    check("STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS", Severity::security_warning,
          {{with_condition(R"({"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}})"), true},
           {with_condition(R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/x"}})"), false},
           {with_condition(R"({"StringLike":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/x"}})"), false}});
}

TEST(Values, OfTheirType) {
    check("TYPE_MISMATCH_BOOLEAN", Severity::warning,
          {{with_condition(R"({"Bool":{"aws:SecureTransport":"yes"}})"), true},
           {with_condition(R"({"Null":{"aws:userid":"0"}})"), true},
           {with_condition(R"({"Bool":{"aws:SecureTransport":true}})"), false}});
    check("TYPE_MISMATCH_NUMBER", Severity::warning,
          {{with_condition(R"({"NumericEquals":{"s3:max-keys":"ten"}})"), true},
           {with_condition(R"({"NumericEquals":{"s3:max-keys":10}})"), false}});
    check("TYPE_MISMATCH_DATE", Severity::warning,
          {{with_condition(R"({"DateLessThan":{"aws:CurrentTime":"tomorrow"}})"), true},
           {with_condition(R"({"DateLessThan":{"aws:CurrentTime":"2024-05-01T10:00:00Z"}})"), false}});
    check("INVALID_DATE_VALUE", Severity::warning,
          {{with_condition(R"({"DateLessThan":{"aws:CurrentTime":"1714564800"}})"), true},
           {with_condition(R"({"DateLessThan":{"aws:CurrentTime":"2024-05-01"}})"), false}});
    check("TYPE_MISMATCH_IP_RANGE", Severity::warning,
          {{with_condition(R"({"IpAddress":{"aws:SourceIp":"203.0.113.0/33"}})"), true},
           {with_condition(R"({"IpAddress":{"aws:SourceIp":"203.0.113"}})"), true},
           {with_condition(R"({"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}})"), false}});
    check("TYPE_MISMATCH_STRING", Severity::warning,
          {{with_condition(R"({"BinaryEquals":{"kms:x":"!"}})"), true},
           {with_condition(R"({"BinaryEquals":{"kms:x":"QQ=="}})"), false}});
    check("TYPE_MISMATCH_ARN", Severity::warning,
          {{with_condition(R"({"ArnLike":{"aws:SourceArn":"bucket"}})"), true},
           {with_condition(R"({"ArnLike":{"aws:SourceArn":"arn:aws:s3::b"}})"), true},
           {with_condition(R"({"ArnLike":{"aws:SourceArn":"arn:aws:s3:::b"}})"), false},
           {with_condition(R"({"ArnLike":{"aws:SourceArn":"*"}})"), false}});
    check("INVALID_ACCOUNT_VALUE", Severity::warning,
          {{with_condition(R"({"StringEquals":{"aws:PrincipalAccount":"12345"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:PrincipalAccount":"111111111111"}})"), false},
           {with_condition(R"({"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}})"), false}});
}

TEST(Values, Addresses) {
    check("PRIVATE_IP_ADDRESS", Severity::error,
          {{with_condition(R"({"IpAddress":{"aws:SourceIp":["10.1.2.0/24","192.168.1.1"]}})"), true},
           {with_condition(R"({"IpAddress":{"aws:SourceIp":["10.1.2.0/24","203.0.113.0/24"]}})"), false},
           {with_condition(R"({"IpAddress":{"aws:VpcSourceIp":"10.1.2.0/24"}})"), false}});
    check("PRIVATE_NOT_IP_ADDRESS", Severity::error,
          {{with_condition(R"({"NotIpAddress":{"aws:SourceIp":"172.16.0.0/12"}})"), true},
           {with_condition(R"({"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}})"), false}});
    check("PRIVATE_IP_ADDRESS_SUBSET", Severity::suggestion,
          {{with_condition(R"({"IpAddress":{"aws:SourceIp":["10.1.2.0/24","203.0.113.0/24"]}})"), true},
           {with_condition(R"({"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}})"), false}});
    check("PRIVATE_NOT_IP_ADDRESS_SUBSET", Severity::suggestion,
          {{with_condition(R"({"NotIpAddress":{"aws:SourceIp":["fd00::/8","203.0.113.0/24"]}})"), true},
           {with_condition(R"({"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}})"), false}});
    check("IMPROVE_IP_RANGE", Severity::suggestion,
          {{with_condition(R"({"IpAddress":{"aws:SourceIp":"203.0.113.7/24"}})"), true},
           {with_condition(R"({"IpAddress":{"aws:SourceIp":["203.0.113.0/24","203.0.113.7","2001:db8::1/64"]}})"),
            false}});
    check("EMPTY_IP_RANGE", Severity::warning,
          {{with_condition(R"({"IpAddress":{"aws:SourceIp":"2001:db8::1/64"}})"), true},
           {with_condition(R"({"NotIpAddress":{"aws:SourceIp":["203.0.113.7/24","2001:db8::/64","2001:db8::4/127"]}})"),
            false}});
}

TEST(Values, Identifiers) {
    check("INVALID_REGION", Severity::error,
          {{with_condition(R"({"StringEquals":{"aws:RequestedRegion":"us-east"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:RequestedRegion":["us-east-1","us-gov-west-1"]}})"), false},
           {with_condition(R"({"StringLike":{"aws:RequestedRegion":"us-*"}})"), false}});
    check("INVALID_VPC_FORMAT", Severity::error,
          {{with_condition(R"({"StringEquals":{"aws:SourceVpc":"vpc-xyz"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:SourceVpc":"vpc-0123456789abcdef0"}})"), false}});
    check("INVALID_VPCE_FORMAT", Severity::error,
          {{with_condition(R"({"StringEquals":{"aws:SourceVpce":"vpc-12345678"}})"), true},
           {with_condition(R"({"StringEquals":{"aws:SourceVpce":"vpce-12345678"}})"), false}});
    check("INVALID_SERVICE_PRINCIPAL_FORMAT", Severity::error,
          {{with_condition(R"({"StringEquals":{"iam:PassedToService":"lambda"}})"), true},
           {with_condition(R"({"StringEquals":{"iam:PassedToService":"x.awsome"}})"), true},
           {with_condition(R"({"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com.example"}})"), true},
           {with_condition(R"({"StringEquals":{"kms:ViaService":"s3.amazonaws.com"}})"), true},
           {with_condition(R"({"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}})"), false},
           {with_condition(R"({"StringEquals":{"kms:ViaService":"s3.cn-north-1.amazonaws.com.cn"}})"), false},
           {with_condition(R"({"StringEquals":{"iam:PassedToService":["lambda.amazonaws.com","ec2.amazonaws.eu",)"
                           R"("ec2.amazonaws.com.cn","codepipeline.amazon.com","a.aws.internal"]}})"),
            false}});
}

TEST(Variables, Written) {
    const auto resource = [](std::string_view text) {
        return with(R"("Action":"s3:*","Resource":"arn:aws:s3:::b/)" + std::string(text) + "\"");
    };
    check("MISSING_BRACE_IN_VARIABLE", Severity::error,
          {{resource("${aws:username"), true}, {resource("${aws:username}"), false}});
    check("EMPTY_VARIABLE", Severity::error, {{resource("${}"), true}, {resource("${*}"), false}});
    check("UNSUPPORTED_SPACE_IN_VARIABLE", Severity::error,
          {{resource("${aws: username}"), true},
           {resource("${aws:PrincipalTag/my tag}"), false},
           {resource("${aws:username, 'a b'}"), false}});
    check("MISSING_QUOTE_IN_VARIABLE", Severity::error,
          {{resource("${aws:username, nobody}"), true}, {resource("${aws:username, 'nobody'}"), false}});
    check("UNSUPPORTED_SYMBOL_IN_VARIABLE", Severity::error,
          {{resource("${aws:user*}"), true}, {resource("${aws:username}*"), false}, {resource("${?}"), false}});
    check("UNKNOWN_VARIABLE", Severity::warning,
          {{resource("${aws:usrname}"), true},
           {resource("${s3:nothing}"), true},
           {resource("${aws:UserName}"), false},
           {resource("${aws:PrincipalTag/my tag, 'none'}"), false},
           {resource("${cognito-identity.amazonaws.com:sub}"), false},
           {resource("${*}"), false}});
    check("VARIABLE_UNSUPPORTED_IN_ELEMENT", Severity::error,
          {{with_actions(R"("s3:${aws:username}")"), true}, {resource("${aws:username}"), false}});
    check(
        "VARIABLE_UNSUPPORTED_IN_VERSION", Severity::error,
        {{R"({"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username}"}})",
          true},
         {R"({"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${x}"}})", false},
         {resource("${aws:username}"), false}});
    check("INVALID_VARIABLE_FOR_OPERATOR", Severity::error,
          {{with_condition(R"({"NumericEquals":{"s3:max-keys":"${aws:username}"}})"), true},
           {with_condition(R"({"StringEquals":{"s3:prefix":"${aws:username}"}})"), false}});
}

TEST(ChecksCondition, KeysThatAreNeverThere) {
    const auto tagged = [](std::string_view action, std::string_view op = "StringEquals") {
        return with(R"("Resource":"*","Action":")" + std::string(action) + R"(","Condition":{")" + std::string(op) +
                    R"(":{"aws:ResourceTag/team":"red"}})");
    };
    check("CONDITION_KEY_NEVER_PRESENT", Severity::warning,
          {{tagged("ec2:DescribeInstances"), true},
           {tagged("s3:ListAllMyBuckets"), true},
           {tagged("ec2:StartInstances"), false},
           {tagged("mgn:ListTagsForResource"), false},
           {tagged("ec2:Describe*"), false},
           {tagged("ec2:DescribeInstances", "StringEqualsIfExists"), false},
           {tagged("ec2:DescribeInstances", "StringNotEquals"), false}});
    const auto trusting = [](std::string_view principal, std::string_view action, std::string_view condition) {
        return with(R"("Principal":)" + std::string(principal) + R"(,"Action":)" + std::string(action) +
                    R"(,"Condition":)" + std::string(condition));
    };
    constexpr std::string_view provider = R"({"Federated":"arn:aws:iam::111122223333:oidc-provider/id.example.com"})";
    constexpr std::string_view mfa = R"({"Bool":{"aws:MultiFactorAuthPresent":"true"}})";
    check("CONDITION_KEY_NEVER_PRESENT", Severity::warning,
          {{trusting(provider, R"("sts:AssumeRoleWithWebIdentity")", mfa), true},
           {trusting(provider, R"(["sts:AssumeRoleWithWebIdentity","sts:TagSession"])",
                     R"({"ArnLike":{"aws:PrincipalArn":"*"}})"),
            true},
           {trusting(R"({"Service":"ec2.amazonaws.com"})", R"("sts:AssumeRole")", mfa), true},
           {trusting(R"({"Service":"cognito-idp.amazonaws.com"})", R"("sts:AssumeRole")",
                     R"({"StringEquals":{"sts:ExternalId":"x"}})"),
            false},
           {trusting(R"({"AWS":"111122223333"})", R"("sts:AssumeRole")", mfa), false},
           {trusting(provider, R"("sts:AssumeRoleWithWebIdentity")", R"({"StringEquals":{"id.example.com:sub":"x"}})"),
            false}},
          DocumentKind::trust);
}

}  // namespace
}  // namespace iamlocal::lint
