// Explanations: what each statement says, where it says it, which step decided, and what would help.
#include "policy/explanation.hpp"

#include <memory>
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policy/shown_values.hpp"
#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view vault = "arn:aws:s3:::vault/key";

/// Policies with their texts; the views of its lists stay valid as long as it lives.
class Shelf {
  public:
    Policies list(std::initializer_list<std::string_view> texts, DocumentKind kind = DocumentKind::identity) {
        auto& sources = *lists_.emplace_back(std::make_unique<std::vector<SourcedPolicy>>());
        for (const std::string_view text : texts) {
            const auto& policy =
                *policies_.emplace_back(std::make_unique<Policy>(parsed(text, kind, Strictness::lenient)));
            sources.push_back(
                {&policy, names_[sources.size()], {}, *texts_.emplace_back(std::make_unique<std::string>(text))});
        }
        return sources;
    }

  private:
    static constexpr std::string_view names_[] = {"first", "second", "third"};
    std::vector<std::unique_ptr<const std::string>> texts_;
    std::vector<std::unique_ptr<Policy>> policies_;
    std::vector<std::unique_ptr<std::vector<SourcedPolicy>>> lists_;
};

std::string allow(std::string_view action, std::string_view resource = "*") {
    return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":")" + std::string(action) +
           R"(","Resource":")" + std::string(resource) + R"("}})";
}

struct StatementCase {
    std::string_view name;
    std::string_view document;
    DocumentKind kind;
    Element failed;
    Position element;
    std::string_view text;
};

class StatementTexts : public testing::TestWithParam<StatementCase> {};

TEST_P(StatementTexts, NameTheElementAndItsPlace) {
    const StatementCase& param = GetParam();
    SCOPED_TRACE(param.document);
    Shelf shelf;
    const Principal caller = alice();
    MapContext context = context_of({{"aws:username", "alice"}});
    context.set("aws:TagKeys", Values::list({"team", "cost"}));
    const Request request{&caller, "s3:GetObject", vault, {}, &context};
    PolicySet set;
    const Policies policies = shelf.list({param.document}, param.kind);
    if (param.kind == DocumentKind::resource)
        set.resource = policies;
    else
        set.identity = policies;
    const Explanation explanation = explain(set, request);
    ASSERT_EQ(explanation.policies.size(), 1u);
    ASSERT_EQ(explanation.policies[0].statements.size(), 1u);
    const StatementReport& line = explanation.policies[0].statements[0];
    EXPECT_EQ(line.match.failed, param.failed);
    EXPECT_EQ(line.text, param.text);
    EXPECT_EQ(line.element.line, param.element.line);
    EXPECT_EQ(line.element.column, param.element.column);
}

constexpr StatementCase statement_cases[] = {
    {"action",
     R"({"Statement": [{"Effect":"Allow", "Action":["s3:Put*","iam:*"], "Resource":"*"}]})",
     DocumentKind::identity,
     Element::action,
     {1, 35},
     R"(Action ["s3:Put*", "iam:*"] does not match s3:GetObject)"},
    {"not action",
     R"({"Statement":{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}})",
     DocumentKind::identity,
     Element::action,
     {1, 31},
     R"(NotAction "s3:*" matches s3:GetObject)"},
    {"many actions",
     R"({"Statement":{"Effect":"Allow","Action":["a:A","b:B","c:C","d:D","e:E","f:F","g:G","h:H","i:I","j:J"],)"
     R"("Resource":"*"}})",
     DocumentKind::identity,
     Element::action,
     {1, 32},
     R"(Action ["a:A", "b:B", "c:C", "d:D", "e:E", "f:F", "g:G", "h:H", … 10 in all] does not match s3:GetObject)"},
    {"resource on a later line",
     "{\"Statement\": [\n  {\"Effect\":\"Allow\",\n   \"Action\":\"*\",\n    \"Resource\":\"arn:aws:s3:::other/*\"}]}",
     DocumentKind::identity,
     Element::resource,
     {4, 5},
     R"(Resource "arn:aws:s3:::other/*" does not match arn:aws:s3:::vault/key)"},
    {"resource with a variable",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::vault/${aws:username}/*"}})",
     DocumentKind::identity,
     Element::resource,
     {1, 68},
     R"(Resource "arn:aws:s3:::vault/${aws:username}/*" does not match arn:aws:s3:::vault/key; ${aws:username} is "alice")"},
    {"column counts utf-16 units",
     R"({"Id":"ü😀","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*"}})",
     DocumentKind::identity,
     Element::action,
     {1, 43},
     R"(Action "iam:*" does not match s3:GetObject)"},
    {"condition with another value",
     R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":["bob","carol"]}}}})",
     DocumentKind::identity,
     Element::condition,
     {1, 89},
     R"(Condition StringEquals aws:username ["bob", "carol"]: the request has "alice")"},
    {"second condition",
     R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"alice"},"Bool":{"aws:MultiFactorAuthPresent":true}}}})",
     DocumentKind::identity,
     Element::condition,
     {1, 121},
     R"(Condition Bool aws:MultiFactorAuthPresent true: the request does not have the key)"},
    {"condition with a variable",
     R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:username":"x-${aws:username}"}}}})",
     DocumentKind::identity,
     Element::condition,
     {1, 112},
     R"(Condition StringEquals aws:username "x-${aws:username}": the request has "alice"; ${aws:username} is "alice")"},
    {"list without quantifier",
     R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:TagKeys":"team"}}}})",
     DocumentKind::identity,
     Element::condition,
     {1, 89},
     R"(Condition StringEquals aws:TagKeys "team": the key has several values, ["team","cost"], and needs ForAllValues or ForAnyValue)"},
    {"quantified list",
     R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAllValues:StringLike":{"aws:TagKeys":"te*"}}}})",
     DocumentKind::identity,
     Element::condition,
     {1, 100},
     R"(Condition ForAllValues:StringLike aws:TagKeys "te*": the request has ["team","cost"])"},
    {"null",
     R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:TagKeys":"true"}}}})",
     DocumentKind::identity,
     Element::condition,
     {1, 81},
     R"(Condition Null aws:TagKeys "true": the request has ["team","cost"])"},
    {"principal",
     R"({"Statement":{"Effect":"Allow","Principal":{"AWS":["111111111112"]},"Action":"*","Resource":"*"}})",
     DocumentKind::resource,
     Element::principal,
     {1, 32},
     R"(Principal {"AWS": ["111111111112"]} does not name arn:aws:iam::111111111111:user/alice)"},
    {"not principal",
     R"({"Statement":{"Effect":"Deny","NotPrincipal":"*","Action":"*","Resource":"*"}})",
     DocumentKind::resource,
     Element::principal,
     {1, 31},
     R"(NotPrincipal "*" names arn:aws:iam::111111111111:user/alice)"},
    {"no principal",
     R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
     DocumentKind::resource,
     Element::principal,
     {1, 14},
     "has no Principal, so it names nobody"},
    {"applies",
     R"({"Statement":[ {"Effect":"Allow","Action":"*","Resource":"*"}]})",
     DocumentKind::identity,
     Element::none,
     {1, 16},
     "applies"},
};

INSTANTIATE_TEST_SUITE_P(All, StatementTexts, testing::ValuesIn(statement_cases), [](const auto& test) {
    std::string name(test.param.name);
    for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
    return name;
});

TEST(Explain, WithoutTextGivesTheStatementsPlaceAndQuotesNothing) {
    const Policy policy = parsed(
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringLikeIfExists":{"aws:username":"bob"}}}})");
    const SourcedPolicy source{&policy, "p", {}};
    const Principal caller = alice();
    const MapContext context = context_of({{"aws:username", "alice"}});
    PolicySet set;
    set.identity = {&source, 1};
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, &context});
    const StatementReport& line = explanation.policies.at(0).statements.at(0);
    EXPECT_EQ(line.text, R"(Condition ForAnyValue:StringLikeIfExists aws:username: the request has "alice")");
    EXPECT_EQ(line.element, policy.statements[0].start);
}

TEST(Explain, NamesTheDecidingStatement) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    set.identity = shelf.list(
        {allow("iam:*"), R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},
 {"Sid":"Read","Effect":"Allow","Action":"s3:Get*","Resource":"*"}]})"});
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, nullptr});
    EXPECT_EQ(explanation.outcome, Outcome::allowed);
    EXPECT_EQ(explanation.deciding_policy, 1u);
    EXPECT_EQ(explanation.deciding_statement, 1u);
    EXPECT_EQ(explanation.step, "Allowed by statement 2 (Read) of the identity-based policy second, at 2:2.");
    EXPECT_THAT(explanation.additions, IsEmpty());
    EXPECT_EQ(explanation.obstacle, "");
}

TEST(Explain, AnExplicitDenyIsTheObstacle) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    set.identity = shelf.list({allow("s3:*")});
    set.boundary = shelf.list({R"({"Statement":[{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}]})"},
                              DocumentKind::boundary);
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, nullptr});
    EXPECT_EQ(explanation.outcome, Outcome::explicit_deny);
    EXPECT_EQ(explanation.decided_by, PolicyType::boundary);
    EXPECT_EQ(explanation.step, "Denied explicitly by statement 1 of the permissions boundary first, at 1:15.");
    EXPECT_EQ(explanation.obstacle, "statement 1 of the permissions boundary first, at 1:15 denies; no addition helps");
    EXPECT_THAT(explanation.additions, IsEmpty());
}

TEST(Explain, AnUnreadablePolicyIsTheObstacle) {
    const SourcedPolicy broken{nullptr, "torn", {}, "{"};
    const Principal caller = alice();
    PolicySet set;
    set.identity = {&broken, 1};
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, nullptr});
    EXPECT_EQ(explanation.outcome, Outcome::explicit_deny);
    EXPECT_TRUE(explanation.policies.at(0).unreadable);
    EXPECT_EQ(explanation.deciding_policy, 0u);
    EXPECT_EQ(explanation.deciding_statement, std::nullopt);
    EXPECT_EQ(explanation.step, "The identity-based policy torn cannot be read as a policy, so it denies everything.");
    EXPECT_THAT(explanation.obstacle, HasSubstr("cannot be read"));
}

TEST(Explain, ListsTheKeysOfStatementsWhoseActionsFit) {
    Shelf shelf;
    const Principal caller = alice();
    const MapContext context = context_of({{"aws:username", "alice"}, {"aws:SourceIp", "10.0.0.1"}});
    PolicySet set;
    set.identity = shelf.list(
        {R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::vault/${aws:username}"}})",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"StringEquals":{"AWS:UserName":"x"}}}})",
         R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ec2:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}})"});
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, &context});
    // Of the third policy nobody asks anything: its action is another.
    ASSERT_EQ(explanation.context.size(), 2u);
    EXPECT_EQ(explanation.context[0].key, "aws:username");
    EXPECT_THAT(explanation.context[0].values->items, ElementsAre("alice"));
    EXPECT_EQ(explanation.context[1].key, "aws:MultiFactorAuthPresent");
    EXPECT_FALSE(explanation.context[1].values.has_value());
}

// --- additions ---------------------------------------------------------------------------------------------------

struct WantedLine {
    PolicyType type;
    std::size_t level;
    std::string statement;
};

void expect_additions(const Explanation& explanation, const std::vector<WantedLine>& wanted) {
    ASSERT_EQ(explanation.additions.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        SCOPED_TRACE(i);
        EXPECT_EQ(explanation.additions[i].type, wanted[i].type);
        EXPECT_EQ(explanation.additions[i].level, wanted[i].level);
        EXPECT_EQ(explanation.additions[i].statement, wanted[i].statement);
    }
}

const std::string allow_vault = R"({"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::vault/key"})";

TEST(Additions, AnIdentityPolicyWhereNothingAllows) {
    const Principal caller = alice();
    const Explanation explanation = explain(PolicySet{}, {&caller, "s3:GetObject", vault, {}, nullptr});
    EXPECT_EQ(explanation.step,
              "No identity-based policy allows s3:GetObject on arn:aws:s3:::vault/key. alice has no policies.");
    expect_additions(explanation, {{PolicyType::identity, 0, allow_vault}});
}

TEST(Additions, OneForEachTypeThatRefuses) {
    Shelf shelf;
    const Principal caller = dev_session();
    PolicySet set;
    set.boundary = shelf.list({allow("ec2:*")}, DocumentKind::boundary);
    set.session = shelf.list({allow("ec2:*")}, DocumentKind::session);
    const Policies levels[] = {shelf.list({allow("*")}, DocumentKind::scp),
                               shelf.list({allow("ec2:*")}, DocumentKind::scp), shelf.list({}, DocumentKind::scp)};
    set.scp = levels;
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, nullptr});
    EXPECT_EQ(explanation.decided_by, PolicyType::scp);
    EXPECT_EQ(explanation.step,
              "No service control policy at level 1 of the organization allows s3:GetObject on "
              "arn:aws:s3:::vault/key.");
    expect_additions(explanation, {{PolicyType::scp, 1, allow_vault},
                                   {PolicyType::scp, 2, allow_vault},
                                   {PolicyType::identity, 0, allow_vault},
                                   {PolicyType::boundary, 0, allow_vault},
                                   {PolicyType::session, 0, allow_vault}});
}

TEST(Additions, ATrustPolicyNamesTheRoleOfASession) {
    const Principal caller = dev_session();
    PolicySet set;
    set.resource = Policies();
    set.resource_part = ResourcePolicyPart::trust;
    const Explanation explanation =
        explain(set, {&caller, "sts:AssumeRole", "arn:aws:iam::111111111111:role/ops", "111111111111", nullptr});
    EXPECT_EQ(explanation.decided_by, PolicyType::trust);
    expect_additions(explanation,
                     {{PolicyType::trust, 0,
                       R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/team/dev"},)"
                       R"("Action":"sts:AssumeRole"})"}});
}

TEST(Additions, AKeyPolicyHasToNameTheCaller) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    set.identity = shelf.list({allow("*")});
    set.resource = Policies();
    set.resource_part = ResourcePolicyPart::must_grant;
    const Explanation explanation =
        explain(set, {&caller, "kms:Decrypt", "arn:aws:kms:us-east-1:111111111111:key/abc", {}, nullptr});
    EXPECT_EQ(explanation.step,
              "No resource-based policy allows kms:Decrypt on arn:aws:kms:us-east-1:111111111111:key/abc.");
    expect_additions(explanation,
                     {{PolicyType::resource, 0,
                       R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/alice"},)"
                       R"("Action":"kms:Decrypt","Resource":"arn:aws:kms:us-east-1:111111111111:key/abc"})"}});
}

TEST(Additions, BothSidesAcrossAccounts) {
    const Principal caller = alice();
    PolicySet set;
    set.resource = Policies();
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, "222222222222", nullptr});
    EXPECT_TRUE(explanation.cross_account);
    expect_additions(
        explanation,
        {{PolicyType::identity, 0, allow_vault},
         {PolicyType::resource, 0,
          R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/alice"},"Action":"s3:GetObject",)"
          R"("Resource":"arn:aws:s3:::vault/key"})"}});
}

TEST(Additions, AFederatedUserNeedsASessionPolicy) {
    Shelf shelf;
    Principal caller = alice();
    caller.kind = PrincipalKind::federated_user;
    PolicySet set;
    set.identity = shelf.list({allow("*")});
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, nullptr});
    EXPECT_EQ(explanation.step, "A federated user without a session policy may do nothing.");
    expect_additions(explanation, {{PolicyType::session, 0, allow_vault}});
}

TEST(Additions, KeepTheResourceLiteral) {
    const Principal caller = alice();
    const struct {
        std::string_view resource;
        std::string_view written;
    } cases[] = {
        {"*", "*"},
        {"bucket", "*"},
        {"arn:aws:s3", "*"},
        {"arn:aws:s3:::b/a*b?c", "arn:aws:s3:::b/a${*}b${?}c"},
        {"arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${$}{aws:username}"},
        {"arn:aws:s3:::b/cash$", "arn:aws:s3:::b/cash$"},
        {"arn:aws:s3:::b/quote\"d", "arn:aws:s3:::b/quote\\\"d"},
    };
    for (const auto& [resource, written] : cases) {
        SCOPED_TRACE(resource);
        const Explanation explanation = explain(PolicySet{}, {&caller, "s3:GetObject", resource, {}, nullptr});
        expect_additions(explanation, {{PolicyType::identity, 0,
                                        R"({"Effect":"Allow","Action":"s3:GetObject","Resource":")" +
                                            std::string(written) + "\"}"}});
    }
}

// --- what the request lacks --------------------------------------------------------------------------------------

/// A trust policy of one Allow with this Condition, and what is said of a request with this context.
Explanation ask_trust(const Principal& caller, std::string_view action, std::string_view principal,
                      std::string_view condition, const MapContext& context) {
    Shelf shelf;
    PolicySet set;
    const std::string document = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":)" +
                                 std::string(principal) + R"(,"Action":")" + std::string(action) + R"(","Condition":)" +
                                 std::string(condition) + "}]}";
    set.resource = shelf.list({document}, DocumentKind::trust);
    set.resource_part = ResourcePolicyPart::trust;
    const Policies allowed = shelf.list({allow("sts:*")});
    set.identity = allowed;
    return explain(set, {&caller, action, "arn:aws:iam::111111111111:role/ops", "111111111111", &context});
}

Principal github() {
    Principal caller;
    caller.kind = PrincipalKind::web_identity;
    caller.provider = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    return caller;
}

constexpr std::string_view github_principal =
    R"({"Federated":"arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"})";

TEST(Lacks, AnExternalIdIsToBeSentAndNothingIsGranted) {
    const Explanation explanation = ask_trust(alice(), "sts:AssumeRole", R"({"AWS":"111111111111"})",
                                              R"({"StringEquals":{"sts:ExternalId":"x-42"}})", MapContext());
    ASSERT_EQ(explanation.lacks.size(), 1u);
    ASSERT_EQ(explanation.lacks[0].conditions.size(), 1u);
    EXPECT_EQ(explanation.lacks[0].type, PolicyType::trust);
    EXPECT_EQ(explanation.lacks[0].conditions[0].text, R"(sts:ExternalId is absent and must be "x-42")");
    EXPECT_EQ(explanation.lacks[0].conditions[0].advice, "send --external-id x-42");
    EXPECT_EQ(explanation.lacks[0].instead, "");
    EXPECT_THAT(explanation.additions, IsEmpty());
}

TEST(Lacks, ATokenOfAnotherRepositoryIsToldItsSubject) {
    const MapContext context =
        context_of({{"token.actions.githubusercontent.com:sub", "repo:evil/app:ref:refs/heads/main"},
                    {"token.actions.githubusercontent.com:aud", "sts.amazonaws.com"}});
    const Explanation explanation =
        ask_trust(github(), "sts:AssumeRoleWithWebIdentity", github_principal,
                  R"({"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},)"
                  R"("StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/app:*"}})",
                  context);
    ASSERT_EQ(explanation.lacks.size(), 1u);
    ASSERT_EQ(explanation.lacks[0].conditions.size(), 1u);
    EXPECT_EQ(explanation.lacks[0].conditions[0].text,
              R"(token.actions.githubusercontent.com:sub is "repo:evil/app:ref:refs/heads/main" and must match )"
              R"("repo:acme/app:*")");
    EXPECT_EQ(explanation.lacks[0].instead, "") << "whom the provider vouches for is what the condition is about";
    EXPECT_THAT(explanation.additions, IsEmpty());
    EXPECT_FALSE(explanation.cross_account) << "a caller without an account has none that could be another";
}

TEST(Lacks, WhatTheCallerChoosesIsNotGrantedInstead) {
    struct Row {
        const char* key;
        const char* wanted;
        const char* sent;
        bool granted;
    };
    const Row rows[] = {
        {"iam:PermissionsBoundary", "arn:aws:iam::111111111111:policy/b", "arn:aws:iam::aws:policy/AdministratorAccess",
         false},
        {"iam:PolicyARN", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/AdministratorAccess",
         false},
        {"iam:PassedToService", "ec2.amazonaws.com", "lambda.amazonaws.com", false},
        {"sts:ExternalId", "x-42", "x-43", false},
        {"sts:RoleSessionName", "alice", "bob", false},
        {"aws:RequestTag/team", "blue", "red", false},
        {"aws:RequestedRegion", "eu-west-1", "us-east-1", false},
        {"aws:UserAgent", "good", "bad", false},
        {"aws:username", "bob", "alice", true},
        {"aws:PrincipalTag/team", "blue", "red", true},
        {"aws:ResourceTag/team", "blue", "red", true},
        {"aws:SourceVpc", "vpc-1", "vpc-2", true},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.key);
        Shelf shelf;
        const Principal caller = alice();
        PolicySet set;
        set.identity = shelf.list(
            {fmt::format(R"({{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"iam:*","Resource":"*",)"
                         R"("Condition":{{"StringEquals":{{"{}":"{}"}}}}}}]}})",
                         row.key, row.wanted)});
        const MapContext context = context_of({{row.key, row.sent}});
        const Explanation explanation =
            explain(set, {&caller, "iam:GetUser", "arn:aws:iam::111111111111:user/u", {}, &context});
        ASSERT_EQ(explanation.lacks.size(), 1u);
        EXPECT_EQ(explanation.lacks[0].conditions.size(), 1u);
        EXPECT_EQ(!explanation.lacks[0].instead.empty(), row.granted) << explanation.lacks[0].instead;
        EXPECT_EQ(explanation.lacks[0].instead.find(row.sent) != std::string::npos, row.granted);
        EXPECT_THAT(explanation.additions, IsEmpty());
    }
}

TEST(Lacks, ATagIsToBeSent) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    set.identity = shelf.list(
        {R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*",)"
         R"("Condition":{"StringEquals":{"aws:RequestTag/team":"blue"},"Null":{"aws:RequestTag/cost":"false"}}}]})"});
    const Explanation explanation =
        explain(set, {&caller, "iam:CreateRole", "arn:aws:iam::111111111111:role/r", {}, nullptr});
    ASSERT_EQ(explanation.lacks.size(), 1u);
    ASSERT_EQ(explanation.lacks[0].conditions.size(), 2u);
    EXPECT_EQ(explanation.lacks[0].conditions[0].advice,
              "send --tags Key=team,Value=blue, which needs iam:TagRole as well");
    EXPECT_EQ(explanation.lacks[0].conditions[1].text, "aws:RequestTag/cost is absent and must be there");
    EXPECT_EQ(explanation.lacks[0].conditions[1].advice,
              "send --tags Key=cost,Value=…, which needs iam:TagRole as well");
    EXPECT_EQ(explanation.lacks[0].instead, "");
    EXPECT_THAT(explanation.additions, IsEmpty());
}

TEST(Lacks, ASessionTellsWhatSendingNeeds) {
    const auto advice = [](std::string_view condition) {
        return ask_trust(alice(), "sts:AssumeRole", R"({"AWS":"111111111111"})", condition, MapContext())
            .lacks.at(0)
            .conditions.at(0)
            .advice;
    };
    EXPECT_EQ(advice(R"({"StringEquals":{"aws:RequestTag/team":"blue"}})"),
              "send --tags Key=team,Value=blue, which needs sts:TagSession as well");
    EXPECT_EQ(advice(R"({"StringEquals":{"sts:SourceIdentity":"alice"}})"),
              "send --source-identity alice, which needs sts:SetSourceIdentity as well");
    EXPECT_EQ(advice(R"({"StringEquals":{"sts:RoleSessionName":"alice"}})"), "send --role-session-name alice");
}

TEST(Lacks, WhatOtherTypesNeedIsAddedBesides) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    set.identity = shelf.list({allow("s3:Put*"),
                               R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject",)"
                               R"("Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]})"});
    set.boundary = shelf.list({allow("ec2:*")}, DocumentKind::boundary);
    const MapContext context = context_of({{"aws:MultiFactorAuthPresent", "false"}});
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, &context});
    ASSERT_EQ(explanation.lacks.size(), 1u);
    EXPECT_EQ(explanation.lacks[0].policy, 1u);
    EXPECT_EQ(explanation.lacks[0].conditions[0].advice, "sign in with --serial-number and --token-code");
    EXPECT_EQ(explanation.lacks[0].instead, "") << "a grant to those without MFA is none that keeps the condition";
    expect_additions(explanation, {{PolicyType::boundary, 0, allow_vault}});
}

TEST(Lacks, NobodyIsProposedToEverybody) {
    const Principal anonymous;
    PolicySet set;
    set.resource = Policies();
    const Explanation bucket = explain(set, {&anonymous, "s3:GetObject", vault, {}, nullptr});
    EXPECT_THAT(bucket.additions, IsEmpty());
    EXPECT_THAT(bucket.obstacle, HasSubstr("sign the request"));

    set.resource_part = ResourcePolicyPart::trust;
    const Principal caller = github();
    const Request request{&caller, "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111111111111:role/ops",
                          "111111111111", nullptr};
    const Explanation unknown = explain(set, request);
    EXPECT_THAT(unknown.additions, IsEmpty());
    EXPECT_THAT(unknown.obstacle, HasSubstr("(sub)"));

    const MapContext context =
        context_of({{"token.actions.githubusercontent.com:sub", "repo:acme/app:ref:refs/heads/main"}});
    Request known = request;
    known.context = &context;
    const Explanation limited = explain(set, known);
    ASSERT_EQ(limited.additions.size(), 1u);
    EXPECT_EQ(
        nlohmann::json::parse(limited.additions[0].statement)["Condition"],
        nlohmann::json::parse(
            R"({"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:acme/app:ref:refs/heads/main"}})"));
}

TEST(Lacks, ThoseThatFitBestComeFirst) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    set.identity = shelf.list({R"({"Version":"2012-10-17","Statement":[
 {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:a":"1","aws:b":"2"}}},
 {"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:a":"1"}}}]})"});
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, nullptr});
    ASSERT_EQ(explanation.lacks.size(), 2u);
    EXPECT_EQ(explanation.lacks[0].statement, 1u);
    EXPECT_EQ(explanation.lacks[1].conditions.size(), 2u);
}

// --- forms -------------------------------------------------------------------------------------------------------

TEST(ExplanationText, ReadsFromTheVerdictDownToWhatHelps) {
    Shelf shelf;
    const Principal caller = alice();
    const MapContext context = context_of({{"aws:username", "alice"}});
    PolicySet set;
    set.identity = shelf.list({R"({"Version":"2012-10-17","Statement":[
  {"Sid":"Mine","Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"bob"}}}]})"});
    const Request request{&caller, "s3:GetObject", vault, {}, &context};
    EXPECT_EQ(to_text(explain(set, request), request),
              "DENIED (implicit deny): s3:GetObject on arn:aws:s3:::vault/key by\n"
              "  arn:aws:iam::111111111111:user/alice\n"
              "No identity-based policy allows s3:GetObject on arn:aws:s3:::vault/key.\n"
              "\n"
              "Policies:\n"
              "identity-based policy first\n"
              "     2:94 Statement[0].Condition.StringEquals Allow 1 (Mine): Condition StringEquals aws:username\n"
              "       \"bob\": the request has \"alice\"\n"
              "\n"
              "Condition keys that they ask for:\n"
              "  aws:username = \"alice\"\n"
              "\n"
              "What the request lacks:\n"
              "  for statement 1 of the identity-based policy first:\n"
              "    aws:username is \"alice\" and must be \"bob\"\n"
              "    or a statement with its conditions, in an identity-based policy:\n"
              "      {\"Effect\":\"Allow\",\n"
              "       \"Action\":\"s3:GetObject\",\n"
              "       \"Resource\":\"arn:aws:s3:::vault/key\",\n"
              "       \"Condition\":{\"StringEquals\":{\"aws:username\":\"alice\"}}}\n");
}

TEST(ExplanationText, SaysWhatIsInTheWay) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    set.identity = shelf.list({R"({"Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]})"});
    const Request request{&caller, "s3:GetObject", vault, {}, nullptr};
    const std::string text = to_text(explain(set, request), request);
    EXPECT_THAT(text, HasSubstr("  => 1:15 Statement[0] Deny 1: applies\n"));
    EXPECT_THAT(text, HasSubstr("\nIn the way: statement 1 of the identity-based policy first, at 1:15 denies; no "
                                "addition helps.\n"));
}

TEST(ExplanationText, ShowsWhatFitsBestFirstAndCountsTheRest) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    std::string document = R"({"Version":"2012-10-17","Statement":[)";
    for (int i = 0; i < 14; ++i) document += R"({"Effect":"Allow","Action":"ec2:*","Resource":"*"},)";
    document +=
        R"({"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::other/*"},)"
        R"({"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]})";
    set.identity = shelf.list({allow("ec2:*"), document});
    const Request request{&caller, "s3:GetObject", vault, {}, nullptr};
    const std::string text = to_text(explain(set, request), request);
    const std::size_t condition = text.find("Statement[15].Condition.Bool Allow 16");
    const std::size_t resource = text.find("Statement[14].Resource Allow 15");
    const std::size_t others = text.find("     14 statements are about other actions\n");
    const std::size_t last = text.find("identity-based policy first\n     1 statement is about other actions\n");
    ASSERT_NE(last, std::string::npos) << text;
    EXPECT_LT(condition, resource);
    EXPECT_LT(resource, others);
    EXPECT_LT(others, last);
}

TEST(ExplanationText, KeepsWithinAHundredColumns) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    set.identity = shelf.list(
        {R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetBucketLocation","s3:ListAllMyBuckets","s3:GetBucketVersioning"],"Resource":"*"},)"
         R"({"Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::vault/key/1","arn:aws:s3:::vault/key/2","arn:aws:s3:::vault/key/3","arn:aws:s3:::vault/key/4"]}]})"});
    const Request request{&caller, "s3:GetObject", vault, {}, nullptr};
    std::istringstream lines(to_text(explain(set, request), request));
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

/// A statement to copy is broken between its members, and is the same JSON.
TEST(ExplanationText, BreaksStatementsToCopyAndLists) {
    Shelf shelf;
    const Principal caller = alice();
    MapContext context = context_of({{"aws:username", "alice"}, {"aws:SourceArn", "arn:aws:sns:us-east-1:1:topic"}});
    std::vector<std::string> keys;
    for (int i = 0; i < 10; ++i) keys.push_back("a-rather-long-key-" + std::to_string(i));
    context.set("aws:TagKeys", Values::list(keys));
    PolicySet set;
    set.identity = shelf.list(
        {R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{)"
         R"("StringEquals":{"aws:username":["bob","carol"],"aws:SourceArn":"arn:aws:sns:us-east-1:1:topic"},)"
         R"("ForAllValues:StringLike":{"aws:TagKeys":["a-rather-long-key-*","another-rather-long-key-*"]}}}]})"});
    const Request request{&caller, "s3:GetObject", vault, {}, &context};
    const Explanation explanation = explain(set, request);
    ASSERT_EQ(explanation.lacks.size(), 1u);
    for (const std::size_t width : {96u, 72u}) {
        const std::string text = to_text(explanation, request, width);
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), width) << line;
        const std::string_view mark = "in an identity-based policy:\n";
        const std::size_t at = text.find(mark);
        ASSERT_NE(at, std::string::npos) << text;
        EXPECT_EQ(nlohmann::json::parse(text.substr(at + mark.size()), nullptr, false),
                  nlohmann::json::parse(explanation.lacks[0].instead));
    }
}

TEST(ExplanationText, ADenyTellsItsValues) {
    Shelf shelf;
    const Principal caller = alice();
    const MapContext context = context_of({{"aws:RequestedRegion", "eu-west-1"}});
    PolicySet set;
    set.identity = shelf.list(
        {R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:RequestedRegion":"us-east-1"}}}})"});
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, {}, &context});
    EXPECT_EQ(explanation.policies[0].statements[0].text,
              R"(applies: Condition StringNotEquals aws:RequestedRegion "us-east-1": the request has "eu-west-1")");
}

TEST(ExplanationText, NamesAPolicyOnceAndItsLevelsInOneLine) {
    Shelf shelf;
    const Principal caller = alice();
    PolicySet set;
    const Policy full = parsed(allow("*"), DocumentKind::scp);
    const std::string text = allow("*");
    const SourcedPolicy full_access[] = {
        {&full, "FullAWSAccess", "arn:aws:organizations::aws:policy/p-FullAWSAccess", text}};
    const Policies levels[] = {full_access, full_access, full_access};
    set.scp = levels;
    const Policy session = parsed(allow("ec2:*"), DocumentKind::session);
    const SourcedPolicy of_session[] = {{&session, "session policy", {}, text}};
    set.session = of_session;
    set.identity = shelf.list({allow("*")});
    const Request request{&caller, "s3:GetObject", vault, {}, nullptr};
    const std::string out = to_text(explain(set, request), request);
    EXPECT_THAT(out, HasSubstr("\nservice control policy FullAWSAccess at levels 0, 1, 2"));
    EXPECT_THAT(out, HasSubstr("\nsession policy\n"));
    EXPECT_THAT(out, testing::Not(HasSubstr("session policy session policy")));
}

TEST(ExplanationJson, HasEverything) {
    Shelf shelf;
    const Principal caller = alice();
    const MapContext context = context_of({{"aws:username", "al\xff"}});
    PolicySet set;
    set.identity = shelf.list(
        {R"({"Statement":{"Sid":"Mine","Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:username":"bob"}}}})"});
    const Policies levels[] = {shelf.list({allow("*")}, DocumentKind::scp)};
    set.scp = levels;
    const Request request{&caller, "s3:GetObject", vault, {}, &context};
    const auto json = nlohmann::json::parse(to_json(explain(set, request), request));
    EXPECT_EQ(json["decision"], "implicitDeny");
    EXPECT_EQ(json["decided_by"], "identity");
    EXPECT_EQ(json["principal"]["arn"], caller.arn);
    EXPECT_EQ(json["principal"]["kind"], "user");
    EXPECT_EQ(json["action"], "s3:GetObject");
    EXPECT_EQ(json["resource"], vault);
    EXPECT_EQ(json["said"], nlohmann::json({{"identity", "nothing"}, {"scp", "allow"}}));
    EXPECT_EQ(json["context"][0]["key"], "aws:username");
    EXPECT_EQ(json["context"][0]["values"][0], "al\xef\xbf\xbd") << "bytes that are no UTF-8 must not break the answer";
    const auto& statement = json["policies"][0]["statements"][0];
    EXPECT_EQ(statement["sid"], "Mine");
    EXPECT_EQ(statement["failed"], "condition");
    EXPECT_EQ(statement["applies"], false);
    EXPECT_EQ(statement["element"], nlohmann::json({{"line", 1}, {"column", 105}}));
    EXPECT_EQ(json["policies"][1]["level"], 0);
    EXPECT_EQ(statement["path"], "Statement.Condition.StringEquals");
    EXPECT_FALSE(json.contains("additions"));
    const auto& lack = json["lacks"][0];
    EXPECT_EQ(lack["type"], "identity");
    EXPECT_EQ(lack["policy"], 0);
    EXPECT_EQ(lack["statement"], 0);
    EXPECT_EQ(lack["conditions"][0]["key"], "aws:username");
    EXPECT_EQ(lack["conditions"][0]["text"], "aws:username is \"al\xef\xbf\xbd\" and must be \"bob\"");
    EXPECT_FALSE(json.contains("obstacle"));
    EXPECT_FALSE(json.contains("deciding"));
}

TEST(Explanation, AnExhaustedDecisionSaysSo) {
    Shelf shelf;
    PolicySet set;
    set.identity =
        shelf.list({R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":
             {"StringLike":{"aws:UserAgent":")" +
                        hostile_pattern() + R"("}}}})",
                    allow("*")});
    const Principal caller = alice();
    const MapContext context = context_of({{"aws:UserAgent", std::string(60'000, 'a')}});
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, "", &context});
    EXPECT_TRUE(explanation.exhausted);
    EXPECT_THAT(explanation.step, testing::StartsWith("The decision took more steps than one may. They ended at "
                                                      "statement 1 of the identity-based policy first"));
    EXPECT_THAT(explanation.obstacle, HasSubstr("too long to decide with"));
    for (const PolicyReport& report : explanation.policies)
        EXPECT_EQ(report.statements[0].text, "is not looked at: it would take more steps than a decision may");
}

/// Three hundred statements, each with many variables that stand for the same long text.
TEST(Explanation, ShowsOfLongAndRepeatedValuesTheBeginning) {
    std::string resource = "arn:aws:s3:::";
    for (int i = 0; i < 100; ++i) resource += "${aws:UserAgent}${aws:PrincipalTag/t" + std::to_string(i) + "}";
    Shelf shelf;
    PolicySet set;
    set.identity = shelf.list({allow("s3:GetObject", resource)});
    const Principal caller = alice();
    const MapContext context = context_of({{"aws:UserAgent", std::string(8'000, 'x')}});
    const Explanation explanation = explain(set, {&caller, "s3:GetObject", vault, "", &context});
    const std::string& text = explanation.policies.at(0).statements.at(0).text;
    EXPECT_THAT(text, HasSubstr("; ${aws:UserAgent} is \"" + std::string(200, 'x') + "\" and 7800 more bytes"));
    EXPECT_THAT(text, testing::EndsWith("; ${aws:PrincipalTag/t8} is absent; and 91 more"));
}

TEST(ShownValues, AreCutBetweenCharactersAndValues) {
    EXPECT_EQ(shown("a\"b"), R"("a\"b")");
    const std::string umlauts = [] {
        std::string text = "a";
        for (int i = 0; i < 100; ++i) text += "ä";
        return text;
    }();
    EXPECT_EQ(shown(umlauts), "\"" + umlauts.substr(0, 199) + "\" and 2 more bytes");
    Values values;
    values.multivalued = true;
    EXPECT_EQ(shown(values), "[]");
    values.items.assign(12, "v");
    EXPECT_EQ(shown(values), R"(["v","v","v","v","v","v","v","v","v","v"] and 2 more)");
}

}  // namespace
}  // namespace iamlocal::policy
