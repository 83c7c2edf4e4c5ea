#include "analysis/diff.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/analysis/support.hpp"

namespace iamlocal::analysis {
namespace {

using policy::DocumentKind;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct ExcessCase {
    const char* what;
    std::string wide;
    std::string narrow;
    std::vector<std::string> actions;  ///< of the differences: `Statement[0] s3:*`
};

constexpr const char* get = R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})";

TEST(FindExcess, of_identity_policies) {
    const ExcessCase cases[] = {
        {"same", get, get, {}},
        {"wildcard for the same",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})",
         R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::*"})",
         {}},
        {"one action more",
         R"({"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::b/*"})",
         get,
         {"Statement[0] s3:PutObject"}},
        {"other case", R"({"Effect":"Allow","Action":"S3:getobject","Resource":"arn:aws:s3:::b/*"})", get, {}},
        {"wider resource",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::*"})",
         get,
         {"Statement[0] s3:GetObject"}},
        {"split in two",
         get,
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::b/a*","arn:aws:s3:::b/"]},
            {"Effect":"Allow","NotAction":"s3:PutObject","NotResource":"arn:aws:s3:::b/a*"})",
         {}},
        {"a denial less",
         get,
         std::string(get) + R"(,{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b/x"})",
         {"Statement[0] s3:GetObject"}},
        {"the same denial",
         std::string(get) + R"(,{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b/x"})",
         std::string(get) + R"(,{"Effect":"Deny","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/x"})",
         {}},
        {"a condition less",
         get,
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}})",
         {"Statement[0] s3:GetObject"}},
        {"the same condition",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"ForAnyValue:StringLike":{"aws:TagKeys":["a","b*"]}}})",
         R"({"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"foranyvalue:stringlike":{"aws:tagkeys":["b*","a"]}}})",
         {}},
        {"a narrower condition",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}}})",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}})",
         {}},
        {"a wider condition",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}})",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.1.0.0/16"}}})",
         {"Statement[0] s3:GetObject"}},
        {"dates",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}})",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}})",
         {}},
        {"numbers",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"NumericLessThan":{"s3:max-keys":"10"}}})",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"NumericLessThanEquals":{"s3:max-keys":"9"}}})",
         {"Statement[0] s3:GetObject"}},
        {"variables",
         R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::h/${aws:username}/*"})",
         R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::h/*"})",
         {}},
        {"less variable",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::h/*"})",
         R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::h/${aws:username}/*"})",
         {"Statement[0] s3:GetObject"}},
    };
    for (const ExcessCase& one : cases) {
        SCOPED_TRACE(one.what);
        Documents documents;
        const Model wide = documents.read(document(one.wide));
        const Model narrow = documents.read(document(one.narrow));
        const Excess excess = find_excess(wide, narrow);
        EXPECT_THAT(excess.doubts, IsEmpty()) << (excess.doubts.empty() ? "" : excess.doubts.front().because);
        std::vector<std::string> found;
        for (const Difference& difference : excess.found) {
            found.push_back(difference.statement + " " + difference.action);
            EXPECT_EQ(difference.witness.ask(wide), policy::TypeVerdict::allow);
            EXPECT_NE(difference.witness.ask(narrow), policy::TypeVerdict::allow);
        }
        EXPECT_EQ(found, one.actions);
    }
}

TEST(FindExcess, of_trust_policies) {
    Documents documents;
    const auto trust = [&](const char* principal, const char* more = "") {
        return documents.read(document(std::string(R"({"Effect":"Allow","Principal":)") + principal +
                                       R"(,"Action":"sts:AssumeRole")" + more + "}"),
                              DocumentKind::trust);
    };
    const Model account = trust(R"({"AWS":"111122223333"})");
    const Model user = trust(R"({"AWS":"arn:aws:iam::111122223333:user/a"})");
    EXPECT_TRUE(find_excess(user, account).is_none());
    const Excess excess = find_excess(account, user);
    ASSERT_THAT(excess.found, SizeIs(1));
    EXPECT_EQ(excess.found.front().witness.principal.account, "111122223333");
    EXPECT_TRUE(
        find_excess(trust(R"({"AWS":"111122223333"})", R"(,"Condition":{"StringEquals":{"sts:ExternalId":"x"}})"),
                    account)
            .is_none());
    EXPECT_FALSE(find_excess(trust(R"({"Service":"ec2.amazonaws.com"})"), account).found.empty());
}

TEST(FindExcess, names_whom_a_condition_means) {
    Documents documents;
    const Model wide = documents.read(
        document(R"({"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*",
                     "Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/admin"}}})"),
        DocumentKind::resource);
    const Model narrow = documents.read(
        document(
            R"({"Effect":"Allow","Principal":{"AWS":"123412341234"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"})"),
        DocumentKind::resource);
    const Excess excess = find_excess(wide, narrow);
    ASSERT_THAT(excess.found, SizeIs(1));
    EXPECT_EQ(excess.found.front().witness.principal.role_arn, "arn:aws:iam::111122223333:role/admin");
}

}  // namespace
}  // namespace iamlocal::analysis
