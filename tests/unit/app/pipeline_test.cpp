#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "app/access_log.hpp"
#include "app/operations.hpp"
#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

TEST(Pipeline, AnswersGetCallerIdentityToTheByte) {
    Bed bed;
    const http::Response response = bed.sts({}, "GetCallerIdentity");
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "text/xml");
    EXPECT_EQ(response.body, R"(<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>arn:aws:iam::000000000000:root</Arn>
    <UserId>000000000000</UserId>
    <Account>000000000000</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>)" + response.request_id +
                                 R"(</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>
)");
}

TEST(Pipeline, AnswersInJsonToThoseWhoAcceptNothingElse) {
    Bed bed;
    const http::Response response =
        bed.send({}, "sts", "Action=GetCallerIdentity&Version=2011-06-15", {{"Accept", "application/json"}});
    EXPECT_EQ(response.content_type, "application/json");
    EXPECT_EQ(response.body,
              R"({"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Arn":"arn:aws:iam::000000000000:root",)"
              R"("UserId":"000000000000","Account":"000000000000"},"ResponseMetadata":{"RequestId":")" +
                  response.request_id + R"("}}})");
}

TEST(Pipeline, ALostRaceIsAwssError) {
    // Triggers stand for those who were faster than the handler's own look.
    const struct {
        db::Sql trigger;
        const char* outcome;
    } cases[] = {
        {"CREATE TRIGGER race BEFORE INSERT ON entities BEGIN INSERT INTO accounts (account, created) "
         "VALUES ('race', 0), ('race', 0); END",
         "409 EntityAlreadyExists"},
        {"CREATE TRIGGER race BEFORE INSERT ON entities BEGIN INSERT INTO memberships (account, group_id, user_id) "
         "VALUES ('race', 'none', 'none'); END",
         "409 ConcurrentModification"},
        {"CREATE TRIGGER race BEFORE INSERT ON entities BEGIN SELECT RAISE(ABORT, 'no'); END",
         "409 ConcurrentModification"},
    };
    for (const auto& [trigger, outcome] : cases) {
        SCOPED_TRACE(trigger.text());
        auto database = db::Database::in_memory();
        database->migrate(store::schema());
        {
            const auto connection = database->connect();
            db::Transaction tx(*connection, db::Access::write);
            tx.execute_without_revision(trigger);
            tx.commit();
        }
        Bed bed({}, std::move(database));
        const http::Response response = bed.iam({}, "CreateUser", {{"UserName", "alice"}});
        EXPECT_EQ(std::to_string(response.status) + " " + element(response.body, "Code"), outcome);
        EXPECT_EQ(bed.iam({}, "GetUser", {{"UserName", "alice"}}).status, 404);
    }
}

TEST(Pipeline, RoutesByActionAndVersion) {
    Bed bed;
    const struct {
        const char* service;
        const char* body;
        const char* outcome;
        const char* message;
    } cases[] = {
        {"iam", "Action=Nonsense&Version=2010-05-08", "400 InvalidAction",
         "Could not find operation Nonsense for version 2010-05-08"},
        {"iam", "Action=ListUsers", "400 InvalidAction",
         "Could not find operation ListUsers for version NO_VERSION_SPECIFIED"},
        {"iam", "Action=ListUsers&Version=2011-06-15", "400 InvalidAction",
         "Could not find operation ListUsers for version 2011-06-15"},
        {"iam", "Action=ListUsers&Version=1999-01-01", "400 InvalidAction",
         "Could not find operation ListUsers for version 1999-01-01"},
        {"sts", "Action=ListUsers&Version=2010-05-08", "403 SignatureDoesNotMatch", nullptr},
        {"iam", "Version=2010-05-08", "400 MissingAction", nullptr},
        {"iam", "Action=&Version=2010-05-08", "400 MissingAction", nullptr},
        {"iam", "Action=%zz&Version=2010-05-08", "400 MalformedQueryString", nullptr},
        {"iam", "Action=a%00b&Version=2010-05-08", "400 MalformedQueryString", nullptr},
        {"iam", "Action=%ff&Version=2010-05-08", "400 MalformedQueryString", nullptr},
    };
    for (const auto& [service, body, expected, text] : cases) {
        SCOPED_TRACE(body);
        const http::Response response = bed.send({}, service, body);
        EXPECT_EQ(outcome(response), expected);
        if (text != nullptr) {
            EXPECT_EQ(message(response), text);
        }
    }
}

TEST(Pipeline, TakesParametersInAnyOrderAndTheFirstOfRepeatedOnes) {
    Bed bed;
    EXPECT_EQ(outcome(bed.send({}, "iam", "UserName=a+b&Version=2010-05-08&Action=CreateUser")), "400 ValidationError");
    const http::Response made =
        bed.send({}, "iam", "UserName=alice&Version=2010-05-08&UserName=bob&Action=CreateUser&Action=DeleteUser&Tags=");
    EXPECT_EQ(outcome(made), "200");
    EXPECT_EQ(element(made.body, "UserName"), "alice");
}

TEST(Pipeline, RollsBackWhatAFailedRequestBegan) {
    Bed bed;
    EXPECT_EQ(
        outcome(bed.iam({}, "CreateUser",
                        {{"UserName", "alice"}, {"PermissionsBoundary", "arn:aws:iam::000000000000:policy/none"}})),
        "404 NoSuchEntity");
    EXPECT_EQ(outcome(bed.iam({}, "GetUser", {{"UserName", "alice"}})), "404 NoSuchEntity");
}

TEST(Pipeline, KeepsAccountsApart) {
    Bed bed;
    const Keys other{"111122223333", "test", {}};
    EXPECT_EQ(outcome(bed.iam(other, "CreateUser", {{"UserName", "alice"}})), "200");
    EXPECT_EQ(outcome(bed.iam({}, "GetUser", {{"UserName", "alice"}})), "404 NoSuchEntity");
    EXPECT_EQ(element(bed.iam(other, "GetUser", {{"UserName", "alice"}}).body, "Arn"),
              "arn:aws:iam::111122223333:user/alice");
}

TEST(Pipeline, LogsOneLinePerRequestAndNoSecrets) {
    Bed bed;
    const Keys alice = bed.make_user("alice");
    const std::size_t before = bed.logged().size();
    const std::string id = bed.iam(alice, "ListUsers").request_id;
    const std::string lines = bed.logged().substr(before);
    EXPECT_NE(lines.find(" info deny iam:ListUsers 000000000000:user/alice " + id + "\n"), std::string::npos) << lines;
    EXPECT_NE(lines.find(" info denied no identity-based policy allows the iam:ListUsers action\n"), std::string::npos);
    EXPECT_NE(lines.find(" info denied iamlocal why " + id + "\n"), std::string::npos);
    std::istringstream each(bed.logged());
    for (std::string line; std::getline(each, line);) EXPECT_LE(line.size(), 122u) << line;
    for (const std::string& secret : {alice.secret, std::string("Signature="), std::string("Credential=")})
        EXPECT_EQ(bed.logged().find(secret), std::string::npos);
}

/// What commands are named in the log works as it stands, wherever the server listens.
TEST(Pipeline, LogsWhereToAsk) {
    Bed bed;
    const Keys alice = bed.make_user("alice");
    bed.app().set_endpoint("http://127.0.0.1:45678");
    const std::string id = bed.iam(alice, "ListUsers").request_id;
    EXPECT_NE(bed.logged().find(" info denied iamlocal why " + id + " --endpoint http://127.0.0.1:45678\n"),
              std::string::npos)
        << bed.logged();
}

TEST(Pipeline, LogsOfAWrongSignatureHowToSeeIt) {
    Bed bed;
    bed.app().set_endpoint("http://127.0.0.1:45678");
    const std::size_t before = bed.logged().size();
    const std::string id = bed.iam({"test", "wrong", {}}, "ListUsers").request_id;
    const std::string lines = bed.logged().substr(before);
    EXPECT_NE(lines.find(" info signature does not match: access key test\n"), std::string::npos) << lines;
    EXPECT_NE(lines.find(" info hint iamlocal why " + id + " --endpoint http://127.0.0.1:45678\n"), std::string::npos)
        << lines;
    std::istringstream each(lines);
    for (std::string line; std::getline(each, line);) EXPECT_LE(line.size(), 120u) << line;

    AppOptions options;
    options.decisions = 0;
    Bed forgetful(std::move(options));
    forgetful.iam({"test", "wrong", {}}, "ListUsers");
    EXPECT_NE(forgetful.logged().find(" info hint with --log-format json "), std::string::npos) << forgetful.logged();
}

TEST(Pipeline, LogsHintsInShortLines) {
    Bed bed;
    const std::string key = "AKIA-of-nobody-" + std::string(49, 'x');
    EXPECT_EQ(outcome(bed.iam({"nobody", "x", {}}, "ListUsers")), "403 InvalidClientTokenId");
    EXPECT_NE(bed.logged().find(" info hint there is no access key nobody; other emulators take any, here root's is "),
              std::string::npos)
        << bed.logged();
    EXPECT_EQ(bed.logged().find("what="), std::string::npos);
    std::istringstream each(bed.logged());
    for (std::string line; std::getline(each, line);) EXPECT_LE(line.size(), 120u) << line;
    std::string joined;
    for (const std::string& piece : wrapped_hint("there is no access key " + key + "; and twelve digits are a root")) {
        EXPECT_LE(piece.size(), 85u);
        joined.append(joined.empty() ? "" : " ").append(piece);
    }
    EXPECT_EQ(joined, "there is no access key " + key + "; and twelve digits are a root");
}

TEST(Pipeline, LogsTheOperationThatIsNotThere) {
    const struct {
        std::string body;
        std::string logged;
    } rows[] = {
        {"Action=NoSuchThing&Version=2010-05-08", "400 InvalidAction iam:NoSuchThing "},
        {"Action=ListBuckets&Version=2006-03-01", "400 InvalidAction ListBuckets "},
        {"Action=" + std::string(64, 'x') + "&Version=2010-05-08", "400 InvalidAction iam:xxx"},
        {"Action=" + std::string(65, 'x') + "&Version=2010-05-08", "400 InvalidAction - "},
        {"Action=a%0Ab&Version=2010-05-08", "400 InvalidAction - "},
    };
    for (const auto& row : rows) {
        SCOPED_TRACE(row.body);
        Bed bed;
        EXPECT_EQ(outcome(bed.send({}, "iam", row.body)), "400 InvalidAction");
        EXPECT_NE(bed.logged().find(" info " + row.logged), std::string::npos) << bed.logged();
        std::istringstream each(bed.logged());
        for (std::string line; std::getline(each, line);) EXPECT_LE(line.size(), 120u + 2) << line;
    }
}

TEST(Headline, LeadsWithTheOutcomeAndStaysShort) {
    const std::string user = "arn:aws:iam::000000000000:user/";
    EXPECT_EQ(headline({"allow", "iam:GetUser", user + "alice", 404, "NoSuchEntity"}),
              "allow iam:GetUser user/alice 404 NoSuchEntity");
    EXPECT_EQ(headline({"allow", "iam:GetUser", user + "alice", 200, ""}), "allow iam:GetUser 000000000000:user/alice");
    EXPECT_EQ(headline({"-", "", "", 403, "InvalidClientTokenId"}), "403 InvalidClientTokenId -");
    EXPECT_EQ(headline({"-", "admin", "", 200, ""}), "ok admin");
    const std::string cut =
        headline({"deny", "sts:AssumeRoleWithWebIdentity", user + std::string(64, 'x') + "end", 403, "AccessDenied"});
    EXPECT_LE(cut.size(), 53u + 2) << "the ellipsis is one column of three bytes";
    EXPECT_TRUE(cut.starts_with("deny sts:AssumeRoleWithWebIdentity …xxx")) << cut;
    EXPECT_TRUE(cut.ends_with("xxend")) << cut;
}

TEST(Hints, TellWhomSomebodyMeant) {
    const auto hint = [](std::string_view error, std::string_view authorization, std::string_view target = "/") {
        const http::Header headers[] = {{"Authorization", authorization}};
        http::Request request;
        request.target = target;
        request.headers = headers;
        return find_hint(error, request, served_services());
    };
    EXPECT_EQ(
        hint("MissingAction", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=h"),
        "the request is for the service s3; iamlocal serves IAM and STS");
    EXPECT_EQ(
        hint("MissingAction", "", "/?X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=x"),
        "the request is for the service s3; iamlocal serves IAM and STS");
    const auto key = [&](const std::string& id) {
        return hint("InvalidClientTokenId",
                    "AWS4-HMAC-SHA256 Credential=" + id + "/20260101/us-east-1/iam/aws4_request, SignedHeaders=h");
    };
    EXPECT_NE(key("mock").find("there is no access key mock"), std::string::npos);
    EXPECT_NE(key("LKIAQAAAAAAAHFR7ORTA").find("LocalStack"), std::string::npos);
    EXPECT_NE(key("AKIAIOSFODNN7EXAMPLE").find("documentation"), std::string::npos);
    EXPECT_EQ(key("AKIAQAAAAAAAHFR7ORTA"), "") << "a key that was deleted, or of a real account";
    EXPECT_EQ(key("m%0Aock"), "");
    EXPECT_EQ(hint("ValidationError", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, x"), "");
    EXPECT_EQ(hint("MissingAuthenticationToken", ""), "");
}

/// A database that has gone.
class GoneDatabase final : public db::Database {
  public:
    void migrate(const db::Schema&) override {}
    void reset() override { fail(); }
    db::Snapshots& snapshots() override { fail(); }
    std::string_view storage() const override { return "gone"; }
    std::string location() const override { return "gone"; }
    bool is_available() const noexcept override { return false; }

  private:
    class Backend final : public db::Backend {
        void begin(db::Access) override { fail(); }
        void commit(const db::Stripes&) override { fail(); }
        void rollback() noexcept override {}
        db::Cursor& open(db::Sql, std::span<const db::Value>) override { fail(); }
    };

    [[noreturn]] static void fail() { throw db::Unavailable("it is gone", db::Unavailable::Retry::later); }
    std::unique_ptr<db::Backend> make_backend() override { return std::make_unique<Backend>(); }
};

TEST(Pipeline, SaysThatTheDatabaseIsGoneInTheFormOfThePath) {
    Bed bed({}, std::make_unique<GoneDatabase>());
    const auto ask = [&](std::string_view method, std::string_view target, std::string_view body = {}) {
        http::Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        return bed.deliver(request);
    };
    for (const http::Response& answer :
         {ask("GET", "/_iamlocal/organization"), ask("DELETE", "/_iamlocal/organization"),
          ask("PUT", "/_iamlocal/organization", R"({"id":"o-a1b2c3d4e5","accounts":{}})"),
          ask("POST", "/_iamlocal/reset"), ask("POST", "/moto-api/reset"), ask("GET", "/_iamlocal/snapshots"),
          ask("PUT", "/_iamlocal/snapshots/base"), ask("POST", "/_iamlocal/accounts"), ask("GET", "/readyz")}) {
        EXPECT_EQ(answer.status, 503);
        EXPECT_EQ(answer.content_type, "application/json");
        EXPECT_TRUE(answer.body.starts_with(R"({"error":")")) << answer.body;
        EXPECT_NE(answer.request_id, "");
    }
    EXPECT_EQ(ask("GET", "/livez").status, 200);
    EXPECT_EQ(outcome(bed.iam({}, "ListUsers")), "503 ServiceUnavailable");
}

TEST(Pipeline, ServesTheBenchWithoutASignature) {
    Bed bed;
    http::Request request;
    request.method = "GET";
    request.target = "/_iamlocal/health";
    EXPECT_EQ(bed.deliver(request).status, 200);
    bed.iam({}, "CreateUser", {{"UserName", "alice"}});
    request.method = "POST";
    request.target = "/_iamlocal/reset";
    EXPECT_EQ(bed.deliver(request).status, 200);
    EXPECT_EQ(outcome(bed.iam({}, "GetUser", {{"UserName", "alice"}})), "404 NoSuchEntity");
}

TEST(Pipeline, RefusesMethodsAndTypesItDoesNotKnow) {
    Bed bed;
    http::Request request;
    for (const char* method : {"PUT", "DELETE", "BREW"}) {
        request.method = method;
        request.target = "/";
        EXPECT_EQ(outcome(bed.deliver(request)), "405 MethodNotAllowed");
    }
    const http::Header json[] = {{"Content-Type", "application/json"}};
    request.method = "POST";
    request.headers = json;
    request.body = "{}";
    EXPECT_EQ(outcome(bed.deliver(request)), "415 UnsupportedMediaType");
}

TEST(Pipeline, SaysWhyABodyCannotBeDecoded) {
    Bed bed;
    http::Request request;
    request.method = "POST";
    request.target = "/";
    const auto ask = [&](std::string_view coding, std::string_view body) {
        const http::Header headers[] = {{"Content-Encoding", coding}};
        request.headers = headers;
        request.body = body;
        return outcome(bed.deliver(request));
    };
    EXPECT_EQ(ask("br", "x"), "415 UnsupportedMediaType");
    EXPECT_EQ(ask("gzip", "x"), "400 MalformedHttpRequestException");
    EXPECT_EQ(ask("identity", std::string((1 << 20) + 1, 'x')), "413 RequestEntityTooLarge");
    EXPECT_EQ(ask("identity", "x"), "400 MissingAction");
}

TEST(Services, AreFoundByVersionAndByHost) {
    ASSERT_GE(served_services().rows().size(), 2u);
    std::set<std::string_view> versions;
    for (const Service& service : served_services().rows()) {
        EXPECT_EQ(served_services().find(service.version), &service);
        EXPECT_EQ(&served_services().at_host(std::string(service.host_prefix) + "amazonaws.com"), &service);
        EXPECT_TRUE(versions.insert(service.version).second) << service.name;
        for (const auto& resource : service.operations)
            for (const api::Operation& operation : resource) {
                EXPECT_EQ(service.find_operation(operation.name), &operation);
                EXPECT_FALSE(service.is_unbuilt(operation.name));
                EXPECT_TRUE(std::string_view(operation.action).starts_with(service.name)) << operation.action;
            }
        EXPECT_EQ(service.find_operation("Nothing"), nullptr);
    }
    EXPECT_EQ(served_services().find("2000-01-01"), nullptr);
    EXPECT_EQ(served_services().at_host("localhost:4566").name, "iam");
    EXPECT_EQ(served_services().at_host("").name, "iam");
    EXPECT_EQ(served_services().at_host("sts.eu-west-1.localhost").name, "sts");
}

}  // namespace
}  // namespace iamlocal::app
