// The public interface: what it hands on to the engine and what comes back.
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "iamlocal/policy.hpp"

namespace iamlocal::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view allow_get =
    R"({"Version":"2012-10-17","Statement":[{"Sid":"Get","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]})";
constexpr std::string_view deny_secret =
    R"({"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Action":"s3:*","Resource":"*"},
{"Sid":"Secret","Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::b/secret",
"Condition":{"StringNotEquals":{"aws:PrincipalTag/Team":"blue"}}}]})";

constexpr std::string_view everyone =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";

Document document(std::string_view text, Type type) {
    auto parsed = Document::parse(text, type);
    if (const auto* wrong = std::get_if<Malformed>(&parsed)) throw std::runtime_error(wrong->message);
    return std::get<Document>(parsed);
}

Request read_object(std::string resource = "arn:aws:s3:::b/x") {
    Request request;
    request.principal = Principal::parse("arn:aws:iam::111122223333:user/team/alice").value();
    request.action = "s3:GetObject";
    request.resource = std::move(resource);
    request.context.set_principal_keys(request.principal);
    return request;
}

TEST(Document, TellsItsStatements) {
    const Document parsed = document(deny_secret, Type::identity);
    EXPECT_EQ(parsed.type(), Type::identity);
    EXPECT_EQ(parsed.text(), deny_secret);
    ASSERT_EQ(parsed.statements().size(), 2U);
    EXPECT_EQ(parsed.statements()[0].effect, Effect::allow);
    EXPECT_EQ(parsed.statements()[1].sid, "Secret");
    EXPECT_EQ(parsed.statements()[1].effect, Effect::deny);
    EXPECT_EQ(parsed.statements()[1].start.line, 2U);
    EXPECT_THAT(parsed.context_keys(), ElementsAre("aws:PrincipalTag/Team"));
}

TEST(Document, SaysWhatIsWrongAndWhere) {
    const auto parsed = Document::parse("{\n\"Version\": \"2012-10-17\",\n\"Statment\": []}", Type::identity);
    const auto* wrong = std::get_if<Malformed>(&parsed);
    ASSERT_TRUE(wrong);
    EXPECT_EQ(wrong->code, "MalformedPolicyDocument");
    EXPECT_EQ(wrong->message, "Syntax errors in policy.");
    EXPECT_EQ(wrong->position.line, 3U);
}

TEST(Document, IsReadByTheRulesThatWereAskedFor) {
    constexpr std::string_view no_vendor =
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"Get","Resource":"*"}]})";
    EXPECT_TRUE(std::holds_alternative<Malformed>(Document::parse(no_vendor, Type::identity)));
    EXPECT_TRUE(std::holds_alternative<Document>(Document::parse(no_vendor, Type::identity, Rules::lenient)));
    // Only managed policies need Version, and a document does not say that it is one.
    constexpr std::string_view no_version = R"({"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
    EXPECT_TRUE(std::holds_alternative<Document>(Document::parse(no_version, Type::identity)));
    EXPECT_TRUE(std::holds_alternative<Malformed>(Document::parse(allow_get, Type::trust)));
}

TEST(Principal, IsReadFromItsName) {
    struct Row {
        std::string text;
        PrincipalKind kind;
        std::string arn;
        std::string account;
        std::string role_arn;
    };
    const Row rows[] = {
        {"*", PrincipalKind::anonymous, "", "", ""},
        {"111122223333", PrincipalKind::root, "arn:aws:iam::111122223333:root", "111122223333", ""},
        {"arn:aws:iam::111122223333:root", PrincipalKind::root, "arn:aws:iam::111122223333:root", "111122223333", ""},
        {"arn:aws:iam::111122223333:user/a/bob", PrincipalKind::user, "arn:aws:iam::111122223333:user/a/bob",
         "111122223333", ""},
        {"arn:aws-cn:sts::111122223333:assumed-role/dev/s", PrincipalKind::role_session,
         "arn:aws-cn:sts::111122223333:assumed-role/dev/s", "111122223333", "arn:aws-cn:iam::111122223333:role/dev"},
        {"arn:aws:iam::111122223333:role/path/dev", PrincipalKind::role_session,
         "arn:aws:sts::111122223333:assumed-role/dev/session", "111122223333",
         "arn:aws:iam::111122223333:role/path/dev"},
        {"arn:aws:sts::111122223333:federated-user/f", PrincipalKind::federated_user,
         "arn:aws:sts::111122223333:federated-user/f", "111122223333", ""},
        {"ec2.amazonaws.com", PrincipalKind::service, "ec2.amazonaws.com", "", ""},
        {"accounts.google.com", PrincipalKind::web_identity, "accounts.google.com", "", ""},
        {"arn:aws:iam::111122223333:saml-provider/okta", PrincipalKind::saml,
         "arn:aws:iam::111122223333:saml-provider/okta", "", ""},
        {"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", PrincipalKind::web_identity,
         "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com", "", ""},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.text);
        const std::optional<Principal> principal = Principal::parse(row.text);
        ASSERT_TRUE(principal);
        EXPECT_EQ(principal->kind, row.kind);
        EXPECT_EQ(principal->arn, row.arn);
        EXPECT_EQ(principal->account, row.account);
        EXPECT_EQ(principal->role_arn, row.role_arn);
        const bool federated = row.kind == PrincipalKind::web_identity || row.kind == PrincipalKind::saml;
        EXPECT_EQ(principal->provider, federated ? row.text : "");
    }
}

TEST(Principal, IsNoOtherText) {
    for (const char* text :
         {"", "alice", "arn:aws:iam::111122223333:group/g", "arn:aws:iam::111122223333:user/",
          "arn:aws:iam::111122223333:role/", "arn:aws:iam::1111:user/a", "arn:aws:iam::aws:policy/p",
          "arn:aws:sts::111122223333:assumed-role/dev", "arn:aws:sts::111122223333:assumed-role/dev/",
          "arn:aws:sts::111122223333:assumed-role//s", "arn:aws:sts::111122223333:assumed-role/dev/a/b",
          "arn:aws:sts:us-east-1:111122223333:assumed-role/dev/s", "arn:aws:s3:::b", "EC2.amazonaws.com",
          "evil/.amazonaws.com", ".amazonaws.com"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(Principal::parse(text));
    }
}

TEST(RequestContext, FollowsFromThePrincipal) {
    struct Row {
        const char* principal;
        std::vector<std::string> keys;
    };
    const Row rows[] = {
        {"arn:aws:iam::111122223333:user/a/bob",
         {"aws:PrincipalArn=arn:aws:iam::111122223333:user/a/bob", "aws:PrincipalAccount=111122223333",
          "aws:PrincipalType=User", "aws:PrincipalIsAWSService=false", "aws:username=bob"}},
        {"arn:aws:iam::111122223333:role/p/dev",
         {"aws:PrincipalArn=arn:aws:iam::111122223333:role/p/dev", "aws:PrincipalAccount=111122223333",
          "aws:PrincipalType=AssumedRole", "aws:PrincipalIsAWSService=false"}},
        {"111122223333",
         {"aws:PrincipalArn=arn:aws:iam::111122223333:root", "aws:PrincipalAccount=111122223333",
          "aws:PrincipalType=Account", "aws:PrincipalIsAWSService=false", "aws:userid=111122223333"}},
        {"ec2.amazonaws.com", {"aws:PrincipalIsAWSService=true", "aws:PrincipalServiceName=ec2.amazonaws.com"}},
        {"*", {"aws:PrincipalAccount=anonymous", "aws:PrincipalType=Anonymous"}},
    };
    for (const Row& row : rows) {
        SCOPED_TRACE(row.principal);
        RequestContext context;
        context.set_principal_keys(Principal::parse(row.principal).value());
        std::vector<std::string> found;
        for (const RequestContext::Key& key : context.keys()) found.push_back(key.name + "=" + key.values.at(0));
        EXPECT_EQ(found, row.keys);
    }
}

TEST(RequestContext, KeepsTheLastValueOfAKey) {
    RequestContext context;
    context.set("aws:SourceIp", "10.0.0.1");
    context.set("aws:TagKeys", {"a", "b"});
    context.set("AWS:sourceip", "10.0.0.2");
    ASSERT_EQ(context.keys().size(), 2U);
    EXPECT_THAT(context.keys()[0].values, ElementsAre("10.0.0.2"));
    EXPECT_TRUE(context.keys()[1].multivalued);
    EXPECT_THAT(context.keys()[1].values, ElementsAre("a", "b"));
    context.set("aws:TagKeys", {"c"});
    EXPECT_TRUE(context.keys()[1].multivalued);
    context.set("aws:TagKeys", {});
    EXPECT_THAT(context.keys()[1].values, IsEmpty());
}

TEST(Decide, NamesWhatDecided) {
    PolicySet policies;
    policies.add(document(allow_get, Type::identity), {.name = "first"});
    policies.add(document(deny_secret, Type::identity), {.name = "second"});
    const Decision allowed = decide(policies, read_object());
    EXPECT_TRUE(allowed.allowed());
    EXPECT_EQ(allowed.decided_by, Type::identity);
    EXPECT_EQ(allowed.deciding, (StatementOf{0, 0}));
    EXPECT_THAT(allowed.applied, ElementsAre(StatementOf{0, 0}, StatementOf{1, 0}));
    EXPECT_EQ(allowed.reason, "");

    const Decision denied = decide(policies, read_object("arn:aws:s3:::b/secret"));
    EXPECT_EQ(denied.outcome, Outcome::explicit_deny);
    EXPECT_EQ(denied.deciding, (StatementOf{1, 1}));
    EXPECT_EQ(denied.reason, "with an explicit deny in an identity-based policy");

    Request blue = read_object("arn:aws:s3:::b/secret");
    blue.context.set("aws:PrincipalTag/team", "blue");
    EXPECT_TRUE(decide(policies, blue).allowed());
}

TEST(Decide, EveryTypeHasItsSay) {
    for (const Type type : {Type::boundary, Type::session, Type::scp, Type::rcp, Type::trust}) {
        SCOPED_TRACE(std::string(name_of(type)));
        PolicySet policies;
        policies.add(document(allow_get, Type::identity), {.name = "own"});
        EXPECT_TRUE(decide(policies, read_object()).allowed());
        policies.apply(type);
        const Decision refused = decide(policies, read_object());
        EXPECT_EQ(refused.outcome, Outcome::implicit_deny);
        EXPECT_EQ(refused.decided_by, type);
        EXPECT_FALSE(refused.deciding);
    }
    PolicySet open;
    open.add(document(everyone, Type::resource), {.name = "open"});
    const Decision granted = decide(open, read_object());
    EXPECT_TRUE(granted.allowed());
    EXPECT_EQ(granted.decided_by, Type::resource);
}

TEST(Decide, EveryLevelOfAnOrganizationHasToAllow) {
    PolicySet policies;
    policies.add(document(allow_get, Type::identity), {.name = "own"});
    policies.add(document(allow_get, Type::scp), {.name = "root"});
    EXPECT_TRUE(decide(policies, read_object()).allowed());
    policies.add(document(allow_get, Type::scp), {.name = "account", .level = 2});
    const Decision refused = decide(policies, read_object());  // level 1 has none
    EXPECT_FALSE(refused.allowed());
    EXPECT_EQ(refused.decided_by, Type::scp);
    policies.add(document(allow_get, Type::scp), {.name = "unit", .level = 1});
    EXPECT_TRUE(decide(policies, read_object()).allowed());
}

TEST(Decide, AnEmptyLevelRefuses) {
    for (const Type type : {Type::scp, Type::rcp}) {
        SCOPED_TRACE(std::string(name_of(type)));
        PolicySet policies;
        policies.add(document(allow_get, Type::identity), {.name = "own"});
        policies.add(document(type == Type::scp ? allow_get : everyone, type), {.name = "root"});
        policies.apply(type, 0);
        EXPECT_TRUE(decide(policies, read_object()).allowed());
        policies.apply(type, 1);
        const Decision refused = decide(policies, read_object());
        EXPECT_EQ(refused.outcome, Outcome::implicit_deny);
        EXPECT_EQ(refused.decided_by, type);
    }
}

TEST(Decide, ALevelThatNoOrganizationHasRefuses) {
    for (const std::size_t level : {std::size_t{64}, std::size_t{65}, std::numeric_limits<std::size_t>::max()}) {
        SCOPED_TRACE(level);
        PolicySet policies;
        policies.add(document(allow_get, Type::identity), {.name = "own"});
        for (std::size_t below = 0; below < 64; ++below)
            policies.add(document(allow_get, Type::scp), {.name = "scp", .level = below});
        EXPECT_TRUE(decide(policies, read_object()).allowed());
        policies.add(document(allow_get, Type::scp), {.name = "far", .level = level});
        const Decision refused = decide(policies, read_object());
        EXPECT_EQ(refused.outcome, Outcome::implicit_deny);
        EXPECT_EQ(refused.decided_by, Type::scp);
        EXPECT_EQ(explain(policies, read_object()).outcome(), Outcome::implicit_deny);
    }
}

TEST(Decide, TypesWithoutLevelsIgnoreThem) {
    for (const Type type : {Type::identity, Type::boundary, Type::session, Type::resource, Type::trust}) {
        for (const std::size_t level : {std::size_t{1}, std::numeric_limits<std::size_t>::max()}) {
            SCOPED_TRACE(std::string(name_of(type)));
            PolicySet policies;
            policies.add_unreadable(type, {.name = "broken", .level = level});
            const Decision denied = decide(policies, read_object());
            EXPECT_EQ(denied.outcome, Outcome::explicit_deny);
            EXPECT_EQ(denied.decided_by, type);
        }
    }
    PolicySet policies;
    policies.add(document(allow_get, Type::identity), {.name = "own", .level = 1});
    policies.add(document(deny_secret, Type::identity), {.name = "second", .level = 2});
    EXPECT_TRUE(decide(policies, read_object()).allowed());
    EXPECT_EQ(decide(policies, read_object("arn:aws:s3:::b/secret")).outcome, Outcome::explicit_deny);
}

TEST(Decide, WhetherAResourcesPolicyMustGrantIsSaid) {
    PolicySet policies;
    policies.add(document(allow_get, Type::identity), {.name = "own"});
    policies.apply(Type::resource);
    EXPECT_TRUE(decide(policies, read_object()).allowed());
    policies.set_resource_part(ResourcePart::must_grant);
    const Decision refused = decide(policies, read_object());
    EXPECT_FALSE(refused.allowed());
    EXPECT_EQ(refused.decided_by, Type::resource);
    EXPECT_EQ(explain(policies, read_object()).outcome(), Outcome::implicit_deny);
}

TEST(Decide, TheArnTellsAKeyUnlessThePartIsSaid) {
    constexpr const char* everything =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
    PolicySet policies;
    policies.add(document(everything, Type::identity), {.name = "own"});
    policies.apply(Type::resource);
    const Request request = read_object("arn:aws:kms:us-east-1:111122223333:key/k");
    EXPECT_FALSE(decide(policies, request).allowed());
    policies.set_resource_part(ResourcePart::grants);
    EXPECT_TRUE(decide(policies, request).allowed());
}

TEST(Decide, WhatCannotBeReadDenies) {
    PolicySet policies;
    policies.add(document(allow_get, Type::identity), {.name = "own"});
    policies.add_unreadable(Type::identity, {.name = "broken"});
    const Decision denied = decide(policies, read_object());
    EXPECT_EQ(denied.outcome, Outcome::explicit_deny);
    EXPECT_FALSE(denied.deciding);
}

TEST(Decide, OtherAccountsNeedBothSides) {
    PolicySet policies;
    policies.add(document(allow_get, Type::identity), {.name = "own"});
    Request request = read_object();
    request.resource_account = "444455556666";
    const Decision refused = decide(policies, request);
    EXPECT_TRUE(refused.cross_account);
    EXPECT_EQ(refused.decided_by, Type::resource);
    EXPECT_FALSE(refused.allowed());
}

TEST(Decide, TheResourceBelongsToTheAccountInItsArn) {
    constexpr const char* everything =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
    PolicySet policies;
    policies.add(document(everything, Type::identity), {.name = "own"});
    Request request = read_object("arn:aws:sqs:us-east-1:444455556666:queue");
    EXPECT_TRUE(decide(policies, request).cross_account);
    EXPECT_FALSE(decide(policies, request).allowed());
    request.resource = "arn:aws:s3:::bucket";
    EXPECT_TRUE(decide(policies, request).allowed());
}

TEST(Evaluate, SaysWhatKeptEachStatementFromApplying) {
    const std::vector<Match> matches = evaluate(document(deny_secret, Type::identity), read_object());
    ASSERT_EQ(matches.size(), 2U);
    EXPECT_TRUE(matches[0].applies());
    EXPECT_EQ(matches[1].failed, Element::resource);
}

TEST(Explain, TellsTheSameInTextAndJson) {
    PolicySet policies;
    policies.add(document(deny_secret, Type::identity), {.name = "second"});
    Explanation explanation = explain(policies, read_object("arn:aws:s3:::b/secret"));
    EXPECT_EQ(explanation.outcome(), Outcome::explicit_deny);
    EXPECT_THAT(explanation.to_text(), HasSubstr("Secret"));
    EXPECT_THAT(explanation.to_json(), HasSubstr("\"second\""));
    const Explanation moved = std::move(explanation);
    EXPECT_THAT(moved.to_text(), HasSubstr("arn:aws:iam::111122223333:user/team/alice"));
}

}  // namespace
}  // namespace iamlocal::engine
