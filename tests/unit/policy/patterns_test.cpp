#include "policy/patterns.hpp"

#include <string>

#include <gtest/gtest.h>

#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

TEST(ActionPattern, ComparesServiceAndName) {
    struct Row {
        std::string_view pattern, action;
        bool matches;
    };
    constexpr Row rows[]{{"*", "iam:getuser", true},
                         {"*:*", "iam:getuser", true},
                         {"iam:GetUser", "iam:getuser", true},
                         {"IAM:GET*", "iam:getuser", true},
                         {"iam:*", "iam:getuser", true},
                         {"iam:*", "sts:getuser", false},
                         {"iam:*", "iam", false},
                         {"iam:*", "xiam:getuser", false},
                         {"i*:GetUser", "iam:getuser", false},
                         {"i*:GetUser", "i*:getuser", true},
                         {"*:GetUser", "iam:getuser", false},
                         {"iam:", "iam:getuser", false},
                         {"iam:", "iam:", false},
                         {"iam", "iam:getuser", false},
                         {"", "iam:getuser", false},
                         {"**", "iam:getuser", false},
                         {"iam:Get User", "iam:get user", false},
                         {"iam:GetUser\t", "iam:getuser", false},
                         {"iam:a:b", "iam:a", false},
                         {"iam:*b", "iam:a:b", true}};
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.pattern) + " ~ " + std::string(row.action));
        EXPECT_EQ(ActionPattern::parse(row.pattern).matches(ActionName::of(row.action)), row.matches);
    }
}

TEST(ArnPattern, ComparesPartByPart) {
    struct Row {
        std::string_view pattern, resource;
        bool matches;
    };
    constexpr Row rows[]{
        {"*", "*", true},
        {"*", "arn:aws:s3:::b", true},
        {"**", "*", false},
        {"arn:aws:s3:::*", "arn:aws:s3:::b", true},
        {"arn:aws:s3:::*", "arn:aws:s3:us-east-1::b", false},
        {"arn:aws:s3:*:*:b", "arn:aws:s3:::b", true},
        {"arn:aws:s3:::b", "arn:aws:s3:::b:c", false},
        {"arn:aws:*:b", "arn:aws:s3:::b", false},
        {"arn:aws:s3:::b", "b", false},
        {"arn:?ws:s3:::b", "arn:aws:s3:::b", true},
        {"arn:aws:s3:::b/${u}", "arn:aws:s3:::b/alice", true},
        {"arn:aws:s3:::b/${v}", "arn:aws:s3:::b/alice", false},
        {"arn:aws:s3:*::b/${u}", "arn:aws:s3:eu::b/alice", true},
        {"arn:aws:${u}:::b", "arn:aws:alice:::b", true},
        {"arn:aws:s3:${u}:${n}:b", "arn:aws:s3:alice:1:b", true},
        {"arn:aws:s3:${u}:${n}:b", "arn:aws:s3:alice:2:b", false},
        {"arn:aws:s3::${v}:b", "arn:aws:s3:::b", false},
        {"${a}", "arn:aws:s3:::b", true},
        {"${a}", "arn:aws:s3:::c", false},
        {"${a}/*", "arn:aws:s3:::b/c:d", true},
        {"*:*:*:${e}:*:b", "arn:aws:s3:::b", true},
        {"*:*:${u}:*:*:*", "arn:aws:x:alice:1:y", false},
        {"arn:aws:${u}", "arn:aws:alice:::b", false},
        {"${u}", "arn:aws:s3:::b", false},
        {"arn:aws:*:us-*:1:*", "arn:aws:s3:us-east-1:1:x:y", true},
        {"arn:aws:*:us-*:1:*", "arn:aws:s3:eu:us-east-1:1:x", false},
        {"arn:aws:s3:${u:::b", "arn:aws:s3:${u:::b", true},
    };
    const MapContext context = context_of({{"u", "alice"}, {"n", "1"}, {"a", "arn:aws:s3:::b"}, {"e", ""}});
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.pattern) + " ~ " + std::string(row.resource));
        const ArnPattern pattern = ArnPattern::resource(row.pattern, true, ArnPattern::Short::any);
        EXPECT_EQ(pattern.matches(ResourceName::of(row.resource), context), row.matches);
    }
}

TEST(ArnPattern, FillsShortValues) {
    const MapContext context;
    const ResourceName queue = ResourceName::of("arn:aws:sqs:us-east-1:111111111111:q");
    struct Row {
        std::string_view pattern;
        bool any, any_if_wildcard;
    };
    constexpr Row rows[]{{"arn:aws:sqs", true, false},
                         {"arn:aws:sq*", true, true},
                         {"arn:aws:sqs:us-east-1:111111111111", true, false},
                         {"arn:aws:sqs:us-east-2", false, false},
                         {"arn:aws:sqs:us-east-2:*", false, false},
                         {"a*", true, true},
                         {"", false, false}};
    for (const Row& row : rows) {
        SCOPED_TRACE(row.pattern);
        const auto matches = [&](ArnPattern::Short missing) {
            return ArnPattern::resource(row.pattern, true, missing).matches(queue, context);
        };
        EXPECT_EQ(matches(ArnPattern::Short::any), row.any);
        EXPECT_EQ(matches(ArnPattern::Short::any_if_wildcard), row.any_if_wildcard);
        EXPECT_FALSE(matches(ArnPattern::Short::never));
    }
}

TEST(PrincipalPattern, KnowsHowCloselyItNames) {
    using Type = PrincipalPattern::Type;
    Principal session = dev_session();
    Principal user = alice();
    Principal federated = alice();
    federated.kind = PrincipalKind::federated_user;
    federated.arn = "arn:aws:sts::111111111111:federated-user/fred";
    federated.user_arn = user.arn;
    Principal root = alice();
    root.kind = PrincipalKind::root;
    root.arn = "arn:aws:iam::111111111111:root";
    root.unique_id.clear();
    Principal service;
    service.kind = PrincipalKind::service;
    service.arn = "ec2.amazonaws.com";
    const Principal anonymous;

    struct Row {
        Type type;
        std::string_view text;
        const Principal& principal;
        PrincipalSpecificity specificity;
    };
    const Row rows[]{
        {Type::aws, "*", anonymous, PrincipalSpecificity::direct},
        {Type::aws, "111111111111", user, PrincipalSpecificity::account},
        {Type::aws, "111111111111", session, PrincipalSpecificity::account},
        {Type::aws, "111111111111", federated, PrincipalSpecificity::account},
        {Type::aws, "111111111111", root, PrincipalSpecificity::direct},
        {Type::aws, "arn:aws:iam::111111111111:root", root, PrincipalSpecificity::direct},
        {Type::aws, "arn:aws:iam::111111111111:root", user, PrincipalSpecificity::account},
        {Type::aws, "arn:aws-cn:iam::111111111111:root", user, PrincipalSpecificity::none},
        {Type::aws, "222222222222", user, PrincipalSpecificity::none},
        {Type::aws, "111111111111", anonymous, PrincipalSpecificity::none},
        {Type::aws, "arn:aws:iam::111111111111:user/alice", user, PrincipalSpecificity::direct},
        {Type::aws, "arn:aws:iam::111111111111:user/alice", federated, PrincipalSpecificity::via_user},
        {Type::aws, "arn:aws:iam::111111111111:user/alice", session, PrincipalSpecificity::none},
        {Type::aws, "AIDAALICEALICEALICE1", user, PrincipalSpecificity::direct},
        {Type::aws, "AIDAALICEALICEALICE1", federated, PrincipalSpecificity::via_user},
        {Type::aws, "AIDAALICEALICEALICE2", user, PrincipalSpecificity::none},
        {Type::aws, "AROADEVDEVDEVDEVDEV1", session, PrincipalSpecificity::via_role},
        {Type::aws, "arn:aws:iam::111111111111:role/dev", session, PrincipalSpecificity::via_role},
        {Type::aws, "arn:aws:iam::111111111111:role/team/dev", session, PrincipalSpecificity::via_role},
        {Type::aws, "arn:aws:iam::111111111111:role/de", session, PrincipalSpecificity::none},
        {Type::aws, "arn:aws-cn:iam::111111111111:role/dev", session, PrincipalSpecificity::none},
        {Type::aws, "arn:aws:iam::111111111111:role/*", session, PrincipalSpecificity::none},
        {Type::aws, "arn:aws:sts::111111111111:assumed-role/dev/s1", session, PrincipalSpecificity::direct},
        {Type::aws, "arn:aws:sts::111111111111:assumed-role/dev/*", session, PrincipalSpecificity::none},
        {Type::aws, "arn:aws:sts::111111111111:federated-user/fred", federated, PrincipalSpecificity::direct},
        {Type::aws, "", anonymous, PrincipalSpecificity::none},
        {Type::aws, "", root, PrincipalSpecificity::none},
        {Type::service, "ec2.amazonaws.com", service, PrincipalSpecificity::direct},
        {Type::service, "EC2.amazonaws.com", service, PrincipalSpecificity::none},
        {Type::service, "*", service, PrincipalSpecificity::none},
        {Type::aws, "ec2.amazonaws.com", service, PrincipalSpecificity::none},
        {Type::federated, "", anonymous, PrincipalSpecificity::none},
        {Type::canonical_user, "*", user, PrincipalSpecificity::none},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(std::string(row.text) + " ~ " + row.principal.arn);
        EXPECT_EQ(PrincipalPattern::parse(row.type, row.text).match(row.principal), row.specificity);
    }
}

}  // namespace
}  // namespace iamlocal::policy
