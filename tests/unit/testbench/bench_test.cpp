#include "testbench/bench.hpp"

#include <gtest/gtest.h>

namespace iamlocal::testbench {
namespace {

using namespace std::chrono_literals;

class BenchTest : public testing::Test {
  protected:
    http::Response ask(std::string_view method, std::string_view target, std::string_view body = {},
                       std::span<const http::Header> headers = {}) {
        http::Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        request.headers = headers;
        http::Response response;
        EXPECT_TRUE(Bench::owns(target));
        Bench(
            enabled_, {"1.2.3", "000000000000", "enforce", "memory"}, clock_, *database_,
            [](void* count) { ++*static_cast<int*>(count); }, &resets_)
            .handle(request, response);
        return response;
    }

    bool enabled_ = true;
    FixedClock real_{Instant(1000s)};
    AdjustableClock clock_{real_};
    std::unique_ptr<db::Database> database_ = db::Database::in_memory();
    int resets_ = 0;
};

TEST_F(BenchTest, TellsItsHealthToEverybody) {
    enabled_ = false;
    for (const char* path : {"/_iamlocal/health", "/_localstack/health", "/livez", "/readyz", "/readyz?x=1"}) {
        SCOPED_TRACE(path);
        const http::Response response = ask("GET", path);
        EXPECT_EQ(response.status, 200);
        EXPECT_NE(response.body.find(R"("enforcement":"enforce")"), std::string::npos);
        EXPECT_NE(response.body.find(R"("services":{"iam":"running","sts":"running"})"), std::string::npos);
        EXPECT_EQ(ask("POST", path).status, 405);
    }
}

TEST_F(BenchTest, ResetsUnderBothNames) {
    EXPECT_EQ(ask("POST", "/_iamlocal/reset").status, 200);
    EXPECT_EQ(ask("POST", "/moto-api/reset").status, 200);
    EXPECT_EQ(resets_, 2);
    EXPECT_EQ(ask("GET", "/_iamlocal/reset").status, 405);
    EXPECT_EQ(resets_, 2);
}

TEST_F(BenchTest, MovesTheClock) {
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
}

TEST_F(BenchTest, RefusesWhatItDoesNotUnderstandAndLeavesTheClockAlone) {
    for (const char* body :
         {"", "x", "[]", "{}", R"({"advance":2})", R"({"advance":"2"})", R"({"advance":"2y"})", R"({"freeze":"soon"})",
          R"({"reset":false})", R"({"advance":"1h","reset":true})", R"({"advance":"999999999999999999d"})"}) {
        SCOPED_TRACE(body);
        EXPECT_EQ(ask("POST", "/_iamlocal/clock", body).status, 400);
        EXPECT_EQ(clock_.now(), Instant(1000s));
    }
    EXPECT_EQ(ask("GET", "/_iamlocal/nothing").status, 404);
}

TEST_F(BenchTest, IsClosedWhenSwitchedOffAndToWebPages) {
    const http::Header origin[] = {{"Origin", "http://evil.example"}};
    EXPECT_EQ(ask("POST", "/_iamlocal/reset", "", origin).status, 403);
    enabled_ = false;
    EXPECT_EQ(ask("POST", "/_iamlocal/reset").status, 403);
    EXPECT_EQ(ask("POST", "/_iamlocal/clock", R"({"advance":"2h"})").status, 403);
    EXPECT_EQ(resets_, 0);
    EXPECT_EQ(clock_.now(), Instant(1000s));
}

}  // namespace
}  // namespace iamlocal::testbench
