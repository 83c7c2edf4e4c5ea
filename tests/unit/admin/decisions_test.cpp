// The decision log as people ask for it, through the whole pipeline.
#include "admin/decisions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "admin/decision_query.hpp"
#include "unit/app/client.hpp"

namespace iamlocal::admin {
namespace {

using namespace std::chrono_literals;
using app::Bed;
using app::element;
using app::Keys;
using app::outcome;
using Json = nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::string document(const std::string& statements) {
    return R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
}

class DecisionRoutesTest : public testing::Test {
  protected:
    explicit DecisionRoutesTest(app::AppOptions options = {}) : bed_(std::move(options)) {}

    http::Response ask(std::string_view target, std::vector<http::Header> headers = {}) {
        http::Request request;
        request.method = "GET";
        request.target = target;
        request.headers = headers;
        return bed_.deliver(request);
    }
    Json get(const std::string& target, int status = 200) {
        const http::Response response = ask(target);
        EXPECT_EQ(response.status, status) << response.body;
        return Json::parse(response.body, nullptr, false);
    }
    Json decision(const http::Response& response) { return get("/_iamlocal/decisions/" + response.request_id); }
    /// The actions of a page, newest first.
    std::vector<std::string> actions(const std::string& query) {
        std::vector<std::string> names;
        const Json page = get("/_iamlocal/decisions?" + query);
        for (const Json& entry : page["decisions"]) names.push_back(entry["action"]);
        return names;
    }
    http::Response get_user(const Keys& keys, const std::string& name = "bob") {
        return bed_.iam(keys, "GetUser", {{"UserName", name}});
    }

    Bed bed_;
};

TEST_F(DecisionRoutesTest, ExplainsADenial) {
    const Keys alice = bed_.make_user("alice", document(R"({"Effect":"Allow","Action":"iam:List*","Resource":"*"},
 {"Sid":"Peers","Effect":"Allow","Action":"iam:GetUser","Resource":"*",
  "Condition":{"StringEquals":{"aws:username":"carol"}}})"));
    const http::Response denied = get_user(alice);
    EXPECT_EQ(outcome(denied), "403 AccessDenied");
    const Json json = decision(denied);
    EXPECT_EQ(json["id"], denied.request_id);
    EXPECT_EQ(json["time"], "2027-01-15T08:00:00Z");
    EXPECT_EQ(json["principal"], "arn:aws:iam::000000000000:user/alice");
    EXPECT_EQ(json["peer"], "127.0.0.1");
    EXPECT_EQ(json["enforcement"], "enforce");
    EXPECT_EQ(json["operation"], "iam:GetUser");
    EXPECT_EQ(json["decision"], "implicitDeny");
    EXPECT_EQ(json["decided_by"], "identity");
    ASSERT_EQ(json["checks"].size(), 1u);
    const Json& statements = json["checks"][0]["policies"][0]["statements"];
    EXPECT_EQ(statements[0]["text"], R"(Action "iam:List*" does not match iam:GetUser)");
    EXPECT_EQ(statements[1]["text"], R"(Condition StringEquals aws:username "carol": the request has "alice")");
    EXPECT_EQ(statements[1]["element"], Json({{"line", 3}, {"column", 32}}));
    EXPECT_EQ(json["checks"][0]["context"][0]["values"], Json({"alice"}));
    EXPECT_EQ(statements[1]["path"], "Statement[1].Condition.StringEquals");
    EXPECT_EQ(json["checks"][0]["lacks"][0]["conditions"][0]["text"], R"(aws:username is "alice" and must be "carol")");
    EXPECT_EQ(json["checks"][0]["lacks"][0]["instead"]["Condition"],
              Json::parse(R"({"StringEquals":{"aws:username":"alice"}})"));
}

TEST_F(DecisionRoutesTest, ExplainsByWhatWasThen) {
    const Keys alice = bed_.make_user("alice");
    const http::Response denied = get_user(alice);
    bed_.iam({}, "PutUserPolicy",
             {{"UserName", "alice"},
              {"PolicyName", "own"},
              {"PolicyDocument", document(R"({"Effect":"Allow","Action":"*","Resource":"*"})")}});
    EXPECT_EQ(outcome(get_user(alice)), "404 NoSuchEntity");
    EXPECT_EQ(decision(denied)["decision"], "implicitDeny");
    EXPECT_THAT(decision(denied)["checks"][0]["policies"], IsEmpty());
    bed_.iam({}, "DeleteUserPolicy", {{"UserName", "alice"}, {"PolicyName", "own"}});
    EXPECT_EQ(decision(denied)["decision"], "implicitDeny");
}

TEST_F(DecisionRoutesTest, SpeaksTextToThoseWhoAskForIt) {
    const Keys alice = bed_.make_user("alice");
    const http::Response denied = get_user(alice);
    const std::string path = "/_iamlocal/decisions/" + denied.request_id;
    const http::Response by_header = ask(path, {{"Accept", "text/plain"}});
    EXPECT_EQ(by_header.content_type, "text/plain; charset=utf-8");
    EXPECT_THAT(by_header.body, StartsWith("Decision " + denied.request_id + " of 2027-01-15T08:00:00Z"));
    EXPECT_THAT(by_header.body, HasSubstr("\nDENIED (implicit deny): iam:GetUser on arn:aws:iam::000000000000:user/bob "
                                          "by\n  arn:aws:iam::000000000000:user/alice\n"));
    EXPECT_EQ(ask(path + "?format=text").body, by_header.body);
    EXPECT_EQ(ask(path, {{"Accept", "TEXT/Plain; charset=utf-8"}}).body, by_header.body);
    EXPECT_EQ(ask(path + "?format=json").content_type, "application/json");
    EXPECT_EQ(ask(path + "?format=json", {{"Accept", "text/plain"}}).content_type, "application/json");
}

TEST_F(DecisionRoutesTest, KnowsTheOtherPermissionsOfAnOperation) {
    const Keys alice =
        bed_.make_user("alice", document(R"({"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"})"));
    const Json json = decision(
        bed_.iam(alice, "CreateUser", {{"UserName", "bob"}, {"Tags.member.1.Key", "k"}, {"Tags.member.1.Value", "v"}}));
    EXPECT_EQ(json["operation"], "iam:CreateUser");
    EXPECT_EQ(json["action"], "iam:TagUser");
    EXPECT_EQ(json["decision"], "implicitDeny");
    EXPECT_EQ(json["checks"][0]["decision"], "allowed");
    EXPECT_EQ(json["checks"][1]["decision"], "implicitDeny");
}

TEST_F(DecisionRoutesTest, ShowsTrustPoliciesWithArns) {
    bed_.iam({}, "CreateUser", {{"UserName", "bob"}});
    bed_.iam({}, "CreateRole",
             {{"RoleName", "job"},
              {"AssumeRolePolicyDocument",
               document(R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/bob"},)"
                        R"("Action":"sts:AssumeRole"})")}});
    const Keys alice = bed_.make_user("alice");
    const Json json = decision(
        bed_.sts(alice, "AssumeRole", {{"RoleArn", "arn:aws:iam::000000000000:role/job"}, {"RoleSessionName", "s1"}}));
    const Json& trust = json["checks"][0]["policies"][0];
    EXPECT_EQ(trust["type"], "trust");
    EXPECT_EQ(trust["name"], "arn:aws:iam::000000000000:role/job");
    EXPECT_EQ(
        trust["statements"][0]["text"],
        R"(Principal {"AWS": "arn:aws:iam::000000000000:user/bob"} does not name arn:aws:iam::000000000000:user/alice)");
    EXPECT_EQ(json["checks"][0]["additions"][0]["type"], "trust");
}

TEST_F(DecisionRoutesTest, ARoleThatDoesNotExistCannotBeAddedTo) {
    const Keys alice =
        bed_.make_user("alice", document(R"({"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"})"));
    const http::Response denied = bed_.sts(
        alice, "AssumeRole",
        {{"RoleArn", "arn:aws:iam::000000000000:role/none"}, {"RoleSessionName", "s1"}, {"SourceIdentity", "alice"}});
    const Json json = decision(denied);
    EXPECT_EQ(json["step"], "There is no role arn:aws:iam::000000000000:role/none.");
    ASSERT_EQ(json["checks"].size(), 2u);
    for (const Json& check : json["checks"]) {
        EXPECT_FALSE(check.contains("additions"));
        EXPECT_EQ(check["obstacle"], "the role does not exist; no addition helps");
    }
    const std::string text = ask("/_iamlocal/decisions/" + denied.request_id + "?format=text").body;
    EXPECT_THAT(text, HasSubstr("\nThere is no role arn:aws:iam::000000000000:role/none.\n"));
    EXPECT_THAT(text, Not(HasSubstr("What would allow it")));
}

TEST_F(DecisionRoutesTest, RecordsExemptOperations) {
    const Keys alice = bed_.make_user("alice");
    const Json json = decision(bed_.sts(alice, "GetCallerIdentity"));
    EXPECT_EQ(json["decision"], "exempt");
    EXPECT_EQ(json["action"], "sts:GetCallerIdentity");
    EXPECT_THAT(json["step"].get<std::string>(), HasSubstr("needs no permission"));
    EXPECT_FALSE(json.contains("resource"));
    EXPECT_FALSE(json.contains("encoded_message"));
}

TEST_F(DecisionRoutesTest, RequestsThatNameNobodyLeaveNoDecision) {
    const http::Response refused = bed_.iam({"AKIAIOSFODNN7EXAMPLE", "secret", {}}, "GetUser");
    EXPECT_EQ(refused.status, 403);
    const Json error = get("/_iamlocal/decisions/" + refused.request_id, 404);
    EXPECT_EQ(error["error"], "there is no decision of this id among the last 1000");
}

TEST_F(DecisionRoutesTest, PagesNewestFirst) {
    const Keys alice = bed_.make_user("alice");
    for (int i = 0; i < 5; ++i) get_user(alice, fmt::format("u{}", i));
    const Json first = get("/_iamlocal/decisions?principal=alice&limit=2");
    ASSERT_EQ(first["decisions"].size(), 2u);
    EXPECT_EQ(first["decisions"][0]["resource"], "arn:aws:iam::000000000000:user/u4");
    EXPECT_EQ(first["decisions"][0]["link"], "/_iamlocal/decisions/" + first["decisions"][0]["id"].get<std::string>());
    const Json second = get("/_iamlocal/decisions?principal=alice&limit=2&cursor=" + first["next"].get<std::string>());
    EXPECT_EQ(second["decisions"][0]["resource"], "arn:aws:iam::000000000000:user/u2");
    const Json third = get("/_iamlocal/decisions?principal=alice&limit=2&cursor=" + second["next"].get<std::string>());
    EXPECT_EQ(third["decisions"].size(), 1u);
    EXPECT_FALSE(third.contains("next"));
}

TEST_F(DecisionRoutesTest, Filters) {
    const Keys alice = bed_.make_user("alice", document(R"({"Effect":"Deny","Action":"iam:GetRole","Resource":"*"},
        {"Effect":"Allow","Action":"iam:ListUsers","Resource":"*"})"));
    bed_.clock().freeze(bed_.clock().now());
    get_user(alice);
    bed_.clock().advance(1h);
    bed_.iam(alice, "GetRole", {{"RoleName", "r"}});
    bed_.iam(alice, "ListUsers");
    bed_.sts(alice, "GetCallerIdentity");
    EXPECT_THAT(actions("principal=alice&decision=denied"), ElementsAre("iam:GetRole", "iam:GetUser"));
    EXPECT_THAT(actions("principal=alice&decision=explicitDeny"), ElementsAre("iam:GetRole"));
    EXPECT_THAT(actions("principal=alice&decision=implicitDeny"), ElementsAre("iam:GetUser"));
    EXPECT_THAT(actions("principal=alice&decision=allowed"), ElementsAre("iam:ListUsers"));
    EXPECT_THAT(actions("principal=alice&decision=exempt"), ElementsAre("sts:GetCallerIdentity"));
    EXPECT_THAT(actions("principal=alice&decision=off"), IsEmpty());
    EXPECT_THAT(actions("principal=arn:aws:iam::000000000000:user/al*&action=IAM:get*"),
                ElementsAre("iam:GetRole", "iam:GetUser"));
    EXPECT_THAT(actions("principal=alice&since=30m"),
                ElementsAre("sts:GetCallerIdentity", "iam:ListUsers", "iam:GetRole"));
    EXPECT_THAT(actions("principal=alice&since=2027-01-15T08%3A30%3A00Z"), testing::SizeIs(3));
    EXPECT_THAT(actions("principal=alice&since=1799999999"), testing::SizeIs(4));
    EXPECT_THAT(actions("principal=lice"), IsEmpty());
    EXPECT_THAT(actions("principal=nobody"), IsEmpty());
}

TEST_F(DecisionRoutesTest, FindsSessionsByTheirRole) {
    bed_.iam({}, "CreateRole",
             {{"RoleName", "job"},
              {"Path", "/x/"},
              {"AssumeRolePolicyDocument",
               document(R"({"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"})")}});
    const Keys alice = bed_.make_user("alice", document(R"({"Effect":"Allow","Action":"sts:*","Resource":"*"})"));
    const http::Response assumed =
        bed_.sts(alice, "AssumeRole", {{"RoleArn", "arn:aws:iam::000000000000:role/x/job"}, {"RoleSessionName", "s1"}});
    get_user({element(assumed.body, "AccessKeyId"), element(assumed.body, "SecretAccessKey"),
              element(assumed.body, "SessionToken")});
    for (const char* name : {"arn:aws:iam::000000000000:role/x/job", "job", "s1", "job/s1",
                             "arn:aws:sts::000000000000:assumed-role/job/s1"}) {
        SCOPED_TRACE(name);
        EXPECT_THAT(actions(fmt::format("principal={}", name)), ElementsAre("iam:GetUser"));
    }
}

TEST_F(DecisionRoutesTest, RefusesWhatItDoesNotUnderstand) {
    for (const char* query :
         {"decision=maybe", "limit=0", "limit=1001", "limit=x", "limit=", "since=soon", "cursor=-1", "colour=red",
          "principal=%zz", "format=xml", "decision=denied&decision=allowed", "action=a&action=a"}) {
        SCOPED_TRACE(query);
        EXPECT_TRUE(get(fmt::format("/_iamlocal/decisions?{}", query), 400).contains("error"));
        EXPECT_EQ(ask(fmt::format("/_iamlocal/decisions/stream?{}", query)).status, 400);
    }
    const std::string one = "/_iamlocal/decisions/" + get_user(bed_.make_user("alice")).request_id;
    for (const char* query : {"limit=5", "cursor=5", "decision=denied", "principal=alice", "action=a", "since=1h"})
        EXPECT_EQ(ask(fmt::format("{}?{}", one, query)).status, 400) << query;
    EXPECT_EQ(ask(one + "?format=text").status, 200);
    for (const char* query : {"limit=5", "cursor=5"}) {
        SCOPED_TRACE(query);
        EXPECT_NE(ask(fmt::format("/_iamlocal/decisions?{}", query)).status, 400);
        EXPECT_EQ(ask(fmt::format("/_iamlocal/decisions/latest?{}", query)).status, 400);
        EXPECT_EQ(ask(fmt::format("/_iamlocal/decisions/stream?{}", query)).status, 400);
    }
    EXPECT_EQ(ask("/_iamlocal/decisions/none").status, 404);
    EXPECT_EQ(ask("/_iamlocal/decisionsx").status, 404);
    http::Request request;
    request.method = "DELETE";
    request.target = "/_iamlocal/decisions";
    EXPECT_EQ(bed_.deliver(request).status, 405);
    EXPECT_EQ(ask("/_iamlocal/decisions", {{"Origin", "http://evil.example"}}).status, 403);
}

TEST_F(DecisionRoutesTest, TheLatestOfAKindIsExplained) {
    EXPECT_EQ(ask("/_iamlocal/decisions/latest").status, 404);
    const Keys alice = bed_.make_user("alice");
    const Keys carol = bed_.make_user("carol");
    const http::Response first = get_user(alice);
    const http::Response second = get_user(carol);
    bed_.sts(alice, "GetCallerIdentity");
    EXPECT_EQ(get("/_iamlocal/decisions/latest")["decision"], "exempt");
    EXPECT_EQ(get("/_iamlocal/decisions/latest?decision=denied")["id"], second.request_id);
    EXPECT_EQ(get("/_iamlocal/decisions/latest?decision=denied&principal=alice")["id"], first.request_id);
    EXPECT_THAT(ask("/_iamlocal/decisions/latest?decision=denied&format=text").body,
                StartsWith("Decision " + second.request_id));
    EXPECT_EQ(ask("/_iamlocal/decisions/latest?principal=nobody").status, 404);
}

TEST_F(DecisionRoutesTest, ListsAreTextForThoseWhoAskForIt) {
    EXPECT_EQ(ask("/_iamlocal/decisions?format=text&action=none").body, "no decisions\n");
    const Keys alice = bed_.make_user("alice");
    get_user(alice);
    get_user(alice, "carol");
    const http::Response list = ask("/_iamlocal/decisions?format=text&decision=denied&limit=1");
    EXPECT_EQ(list.content_type, "text/plain; charset=utf-8");
    const std::string more = list.body.substr(list.body.find('\n') + 1);
    EXPECT_THAT(list.body, HasSubstr(" 2027-01-15T08:00:00Z implicitDeny iam:GetUser on "));
    EXPECT_THAT(list.body, HasSubstr(" by arn:aws:iam::000000000000:user/alice\n"));
    EXPECT_THAT(more, StartsWith("more with cursor="));
    EXPECT_THAT(more, HasSubstr(": iamlocal decisions --cursor "));
}

TEST_F(DecisionRoutesTest, ResetForgetsThem) {
    const Keys alice = bed_.make_user("alice");
    const http::Response denied = get_user(alice);
    http::Request request;
    request.method = "POST";
    request.target = "/_iamlocal/reset";
    EXPECT_EQ(bed_.deliver(request).status, 200);
    EXPECT_THAT(actions(""), IsEmpty());
    EXPECT_EQ(ask("/_iamlocal/decisions/" + denied.request_id).status, 404);
}

struct WithoutTestbench : DecisionRoutesTest {
    WithoutTestbench()
        : DecisionRoutesTest([] {
              app::AppOptions options;
              options.testbench = false;
              return options;
          }()) {}
};
TEST_F(WithoutTestbench, NobodyIsAnswered) {
    EXPECT_EQ(ask("/_iamlocal/decisions").status, 403);
    EXPECT_EQ(ask("/_iamlocal/decisions/stream").status, 403);
}

struct WithoutLog : DecisionRoutesTest {
    WithoutLog()
        : DecisionRoutesTest([] {
              app::AppOptions options;
              options.decisions = 0;
              return options;
          }()) {}
};
TEST_F(WithoutLog, SaysHowToHaveOne) {
    get_user(bed_.make_user("alice"));
    EXPECT_THAT(get("/_iamlocal/decisions", 404)["error"].get<std::string>(), HasSubstr("--decisions"));
}

struct UnderAudit : DecisionRoutesTest {
    UnderAudit()
        : DecisionRoutesTest([] {
              app::AppOptions options;
              options.enforcement = access::Enforcement::audit;
              return options;
          }()) {}
};
TEST_F(UnderAudit, ShowsWhatWouldHaveBeen) {
    const http::Response response = get_user(bed_.make_user("alice"));
    EXPECT_EQ(outcome(response), "404 NoSuchEntity");
    EXPECT_EQ(decision(response)["decision"], "implicitDeny");
    EXPECT_EQ(decision(response)["enforcement"], "audit");
}

struct WithoutEnforcement : DecisionRoutesTest {
    WithoutEnforcement()
        : DecisionRoutesTest([] {
              app::AppOptions options;
              options.enforcement = access::Enforcement::off;
              return options;
          }()) {}
};
TEST_F(WithoutEnforcement, SaysSo) { EXPECT_EQ(decision(get_user(bed_.make_user("alice")))["decision"], "off"); }

// --- the stream --------------------------------------------------------------------------------------------------

TEST_F(DecisionRoutesTest, StreamsWhatHappensFromNowOn) {
    const Keys alice = bed_.make_user("alice");
    get_user(alice, "before");
    http::Response response = ask("/_iamlocal/decisions/stream?principal=alice&decision=denied");
    EXPECT_EQ(response.content_type, "text/event-stream");
    ASSERT_NE(response.stream, nullptr);
    std::string out;
    EXPECT_TRUE(response.stream->next(out));
    EXPECT_EQ(out, "");
    const http::Response denied = get_user(alice, "after");
    get_user({}, "root is no denied alice");
    EXPECT_TRUE(response.stream->next(out));
    ASSERT_THAT(out, StartsWith("event: decision\ndata: {"));
    const Json event = Json::parse(out.substr(std::string("event: decision\ndata: ").size()));
    EXPECT_EQ(event["id"], denied.request_id);
    EXPECT_EQ(event["decision"], "implicitDeny");
    out.clear();
    EXPECT_TRUE(response.stream->next(out));
    EXPECT_EQ(out, "");
}

TEST_F(DecisionRoutesTest, AStreamShowsThatItLives) {
    http::Response response = ask("/_iamlocal/decisions/stream");
    std::string out;
    for (int i = 0; i < 250; ++i) response.stream->next(out);
    EXPECT_EQ(out, ": still here\n\n: still here\n\n");
}

TEST_F(DecisionRoutesTest, AStreamGivesAFewEventsAtOnce) {
    const Keys alice = bed_.make_user("alice");
    http::Response response = ask("/_iamlocal/decisions/stream");
    for (int i = 0; i < 150; ++i) get_user(alice);
    const auto events = [&] {
        std::string out;
        response.stream->next(out);
        int count = 0;
        for (std::size_t at = 0; (at = out.find("event: decision\n", at)) != std::string::npos; ++at) ++count;
        return count;
    };
    EXPECT_EQ(events(), 100);
    EXPECT_EQ(events(), 50);
}

TEST_F(DecisionRoutesTest, ThereAreOnlySoManyStreams) {
    std::vector<http::Response> streams;
    for (int i = 0; i < 64; ++i) {
        streams.push_back(ask("/_iamlocal/decisions/stream"));
        ASSERT_EQ(streams.back().status, 200);
    }
    for (int i = 0; i < 3; ++i) EXPECT_EQ(ask("/_iamlocal/decisions/stream").status, 503);
    streams.pop_back();
    EXPECT_EQ(ask("/_iamlocal/decisions/stream").status, 200);
}

struct SmallLog : DecisionRoutesTest {
    SmallLog()
        : DecisionRoutesTest([] {
              app::AppOptions options;
              options.decisions = 3;
              return options;
          }()) {}
};
TEST_F(SmallLog, ASlowReaderIsToldWhatItMissed) {
    const Keys alice = bed_.make_user("alice");
    http::Response response = ask("/_iamlocal/decisions/stream");
    for (int i = 0; i < 10; ++i) get_user(alice);
    std::string out;
    response.stream->next(out);
    EXPECT_THAT(out, StartsWith("event: lost\ndata: {\"count\":7}\n\nevent: decision\n"));
}

// --- messages for DecodeAuthorizationMessage ---------------------------------------------------------------------

class EncodedMessages : public DecisionRoutesTest {
  protected:
    Json decoded(const http::Response& denied) {
        const Json json = decision(denied);
        EXPECT_TRUE(json.contains("encoded_message"));
        const std::string encoded = json["encoded_message"];
        EXPECT_LE(encoded.size(), 10240u);
        const http::Response answer = bed_.sts({}, "DecodeAuthorizationMessage", {{"EncodedMessage", encoded}});
        EXPECT_EQ(answer.status, 200);
        std::string text = element(answer.body, "DecodedMessage");
        for (std::size_t at; (at = text.find("&quot;")) != std::string::npos;) text.replace(at, 6, "\"");
        return Json::parse(text, nullptr, false);
    }
};

TEST_F(EncodedMessages, OfImplicitDenials) {
    const Json json = decoded(get_user(bed_.make_user("alice")));
    EXPECT_EQ(json["allowed"], false);
    EXPECT_EQ(json["explicitDeny"], false);
    EXPECT_EQ(json["matchedStatements"], Json({{"items", Json::array()}}));
    EXPECT_EQ(json["failures"], Json({{"items", Json::array()}}));
    EXPECT_EQ(json["context"]["principal"]["name"], "alice");
    EXPECT_EQ(json["context"]["principal"]["arn"], "arn:aws:iam::000000000000:user/alice");
    EXPECT_THAT(json["context"]["principal"]["id"].get<std::string>(), StartsWith("AIDA"));
    EXPECT_EQ(json["context"]["action"], "iam:GetUser");
    EXPECT_EQ(json["context"]["resource"], "arn:aws:iam::000000000000:user/bob");
}

TEST_F(EncodedMessages, SessionsOfRolesHaveNoName) {
    bed_.iam({}, "CreateRole",
             {{"RoleName", "job"},
              {"AssumeRolePolicyDocument",
               document(R"({"Effect":"Allow","Principal":{"AWS":"000000000000"},"Action":"sts:AssumeRole"})")}});
    const Keys alice = bed_.make_user("alice", document(R"({"Effect":"Allow","Action":"sts:*","Resource":"*"})"));
    const std::string session =
        bed_.sts(alice, "AssumeRole", {{"RoleArn", "arn:aws:iam::000000000000:role/job"}, {"RoleSessionName", "s1"}})
            .body;
    const Json principal = decoded(get_user({element(session, "AccessKeyId"), element(session, "SecretAccessKey"),
                                             element(session, "SessionToken")}))["context"]["principal"];
    EXPECT_EQ(principal["arn"], "arn:aws:sts::000000000000:assumed-role/job/s1");
    EXPECT_THAT(principal["id"].get<std::string>(), testing::EndsWith(":s1"));
    EXPECT_FALSE(principal.contains("name"));
}

TEST_F(EncodedMessages, OfExplicitDenialsShowTheStatement) {
    const Keys alice = bed_.make_user("alice", document(R"({"Effect":"Allow","Action":"*","Resource":"*"},
        {"Sid":"NoPeeking","Effect":"Deny","Action":["iam:Get*","iam:List*"],"Resource":"*",
         "Condition":{"StringEquals":{"aws:username":["alice","bob"]}}})"));
    const Json json = decoded(get_user(alice));
    EXPECT_EQ(json["explicitDeny"], true);
    ASSERT_EQ(json["matchedStatements"]["items"].size(), 1u);
    const Json& statement = json["matchedStatements"]["items"][0];
    EXPECT_EQ(statement["statementId"], "NoPeeking");
    EXPECT_EQ(statement["effect"], "DENY");
    EXPECT_EQ(statement["actions"], Json::parse(R"({"items":[{"value":"iam:Get*"},{"value":"iam:List*"}]})"));
    EXPECT_EQ(statement["resources"], Json::parse(R"({"items":[{"value":"*"}]})"));
    EXPECT_EQ(
        statement["conditions"],
        Json::parse(R"({"items":[{"key":"aws:username","values":{"items":[{"value":"alice"},{"value":"bob"}]}}]})"));
    EXPECT_EQ(json["context"]["conditions"],
              Json::parse(R"({"items":[{"key":"aws:username","values":{"items":[{"value":"alice"}]}}]})"));
}

TEST_F(EncodedMessages, StayShortEnoughToBeDecoded) {
    std::string actions = R"("iam:GetUser")";
    for (int i = 0; i < 60; ++i) actions.append(fmt::format(R"(,"s3:{:x>80}")", i));
    const Keys alice = bed_.make_user("alice");
    for (int i = 0; i < 4; ++i) {
        const std::string name = fmt::format("big{}", i);
        bed_.iam({}, "CreatePolicy",
                 {{"PolicyName", name},
                  {"PolicyDocument", document(R"({"Effect":"Deny","Action":[)" + actions + R"(],"Resource":"*"})")}});
        bed_.iam({}, "AttachUserPolicy",
                 {{"UserName", "alice"}, {"PolicyArn", "arn:aws:iam::000000000000:policy/" + name}});
    }
    const Json json = decoded(get_user(alice));
    ASSERT_EQ(json["matchedStatements"]["items"].size(), 4u);
    EXPECT_EQ(json["matchedStatements"]["items"][0]["effect"], "DENY");
    EXPECT_FALSE(json["matchedStatements"]["items"][0].contains("actions"));
}

}  // namespace
}  // namespace iamlocal::admin
