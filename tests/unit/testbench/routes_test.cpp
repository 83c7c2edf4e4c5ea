#include "testbench/routes.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/migrations.hpp"

namespace iamlocal::testbench {
namespace {

using namespace std::chrono_literals;

class RoutesTest : public testing::Test {
  protected:
    RoutesTest() { database_->migrate(store::schema()); }

    http::Response ask(std::string_view method, std::string_view target, std::string_view body = {}) {
        http::Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        http::Response response;
        EXPECT_TRUE(router_.owns(target));
        EXPECT_EQ(router_.handle(request, response), "testbench");
        return response;
    }

    FixedClock real_{Instant(1000s)};
    AdjustableClock clock_{real_};
    std::unique_ptr<db::Database> database_ = db::Database::in_memory();
    int resets_ = 0;
    int account_resets_ = 0;
    admin::Router router_{routes(), true};

  private:
    std::vector<admin::Route> routes() {
        std::vector<admin::Route> routes = reset_routes(
            *database_, [this] { ++resets_; }, [this](const AccountId&) { ++account_resets_; });
        routes.push_back(clock_route(clock_));
        return routes;
    }
};

TEST_F(RoutesTest, ResetsUnderAllNames) {
    EXPECT_EQ(ask("POST", "/_iamlocal/reset").status, 200);
    EXPECT_EQ(ask("POST", "/moto-api/reset").body, "{\"status\":\"ok\"}\n");
    EXPECT_EQ(ask("POST", "/_localstack/state/reset").status, 200);
    EXPECT_EQ(resets_, 3);
    EXPECT_EQ(ask("GET", "/_iamlocal/reset").status, 405);
    EXPECT_EQ(ask("GET", "/_localstack/state/reset").status, 405);
    EXPECT_EQ(resets_, 3);
}

TEST_F(RoutesTest, ForgetsOneAccount) {
    EXPECT_EQ(ask("POST", "/_iamlocal/reset?account=000000000000").status, 200);
    EXPECT_EQ(resets_, 0);
    EXPECT_EQ(account_resets_, 1);
}

TEST_F(RoutesTest, ASlipOfThePenResetsNothing) {
    for (const char* query : {"acount=000000000000", "account=", "account=12", "account=00000000000x",
                              "account=000000000000&account=000000000001", "%zz=1"}) {
        for (const char* path : {"/_iamlocal/reset", "/moto-api/reset", "/_localstack/state/reset"})
            EXPECT_EQ(ask("POST", fmt::format("{}?{}", path, query)).status, 400) << path << query;
    }
    EXPECT_EQ(resets_, 0);
    EXPECT_EQ(account_resets_, 0);
    EXPECT_EQ(ask("GET", "/_iamlocal/clock?now=1").status, 400);
}

TEST_F(RoutesTest, MovesTheClock) {
    const http::Response moved = ask("POST", "/_iamlocal/clock", R"({"advance":"2h"})");
    EXPECT_EQ(moved.status, 200);
    EXPECT_EQ(moved.body, "{\"now\":\"1970-01-01T02:16:40Z\"}\n");
    EXPECT_EQ(ask("POST", "/_iamlocal/clock", R"({"freeze":"2030-01-01T00:00:00Z"})").status, 200);
    real_.advance(1h);
    EXPECT_EQ(ask("GET", "/_iamlocal/clock").body, "{\"now\":\"2030-01-01T00:00:00Z\"}\n");
    EXPECT_EQ(ask("POST", "/_iamlocal/clock", R"({"reset":true})").status, 200);
    EXPECT_EQ(clock_.now(), Instant(1000s + 1h));
    EXPECT_EQ(ask("POST", "/_iamlocal/clock", R"({"freeze":true})").status, 200);
    real_.advance(1h);
    EXPECT_EQ(clock_.now(), Instant(1000s + 1h));
    EXPECT_EQ(ask("PUT", "/_iamlocal/clock").body, "{\"error\":\"this is done with POST\"}\n");
}

TEST_F(RoutesTest, RefuseWhatTheyDoNotUnderstandAndLeaveTheClockAlone) {
    for (const char* body :
         {"", "x", "[]", "{}", R"({"advance":2})", R"({"advance":"2"})", R"({"advance":"2y"})", R"({"freeze":"soon"})",
          R"({"freeze":"0000-12-31T23:59:59Z"})", R"({"freeze":"9999-12-31T23:59:59-00:01"})",
          R"({"freeze":"0001-01-01T00:00:00+00:01"})", R"({"reset":false})", R"({"advance":"1h","reset":true})",
          R"({"advance":"999999999999999999d"})"}) {
        SCOPED_TRACE(body);
        EXPECT_EQ(ask("POST", "/_iamlocal/clock", body).status, 400);
        EXPECT_EQ(clock_.now(), Instant(1000s));
    }
}

}  // namespace
}  // namespace iamlocal::testbench
