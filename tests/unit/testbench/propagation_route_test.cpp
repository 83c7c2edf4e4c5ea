#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "db/transaction.hpp"
#include "store/migrations.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using namespace std::chrono_literals;

class PropagationRouteTest : public testing::Test {
  protected:
    PropagationRouteTest() { database_->migrate(store::schema()); }

    http::Response ask(std::string_view method, std::string_view body = {}) {
        http::Request request;
        request.method = method;
        request.target = "/_iamlocal/propagation";
        request.body = body;
        http::Response response;
        EXPECT_EQ(router_.handle(request, response), "testbench");
        return response;
    }
    void change(const char* action, std::string_view resource) {
        const auto connection = database_->connect();
        db::Transaction tx(*connection, db::Access::write);
        tx.describe(action, resource);
        tx.run(AccountId("111122223333"), "INSERT INTO accounts (account, created) VALUES (?1, 0)", resource);
        tx.commit();
    }

    FixedClock clock_{Instant(1000s)};
    std::unique_ptr<db::Database> database_ = db::Database::in_memory();
    db::Propagation propagation_{*database_, clock_};
    admin::Router router_{{propagation_route(propagation_, clock_)}, true};
};

TEST_F(PropagationRouteTest, IsOffUntilItIsSet) {
    EXPECT_EQ(ask("GET").body, "{\"delay\":\"0s\"}\n");
    EXPECT_FALSE(propagation_.is_on());
    EXPECT_EQ(ask("PUT", R"({"delay":"1m30s","seed":18446744073709551615})").status, 200);
    EXPECT_TRUE(propagation_.is_on());
    EXPECT_EQ(propagation_.replicas()->lag().at_most, 90s);
    EXPECT_EQ(propagation_.replicas()->lag().seed, UINT64_MAX);
    EXPECT_EQ(ask("DELETE").body, "{\"delay\":\"0s\"}\n");
    EXPECT_FALSE(propagation_.is_on());
}

TEST_F(PropagationRouteTest, TellsWhatIsNotVisibleYet) {
    ask("PUT", R"({"delay":"10s"})");
    change("iam:CreateUser", "arn");
    change("the organization", "");
    const auto shown = nlohmann::json::parse(ask("GET").body)["not_visible_yet"];
    EXPECT_EQ(shown["count"], 2);
    EXPECT_EQ(shown["changes"][0]["action"], "iam:CreateUser");
    EXPECT_EQ(shown["changes"][0]["resource"], "arn");
    EXPECT_EQ(shown["changes"][0]["made"], "1970-01-01T00:16:40.000Z");
    EXPECT_FALSE(shown["changes"][1].contains("resource"));
    clock_.advance(10s);
    EXPECT_EQ(nlohmann::json::parse(ask("GET").body)["not_visible_yet"]["count"], 0);
}

TEST_F(PropagationRouteTest, RefusesWhatItCannotDo) {
    for (const char* const body :
         {"", "5s", "[]", "{}", "null", R"({"delay":5})", R"({"delay":"0s"})", R"({"delay":"1h1s"})",
          R"({"delay":"-5s"})", R"({"delay":"soon"})", R"({"delay":"5s","seed":-1})", R"({"delay":"5s","seed":1.5})",
          R"({"delay":"5s","seed":18446744073709551616})", R"({"delay":"5s","more":1})", R"({"seed":1})"}) {
        SCOPED_TRACE(body);
        const http::Response refused = ask("PUT", body);
        EXPECT_EQ(refused.status, 400);
        EXPECT_TRUE(nlohmann::json::parse(refused.body).contains("error"));
        EXPECT_FALSE(propagation_.is_on());
    }
    EXPECT_EQ(ask("POST", R"({"delay":"5s"})").status, 405);
}

}  // namespace
}  // namespace iamlocal::testbench
