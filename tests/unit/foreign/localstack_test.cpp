#include "foreign/localstack.hpp"

#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace iamlocal::foreign {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class LocalStackTest : public testing::Test {
  protected:
    http::Response ask(std::string_view method, std::string_view target, bool idle_is_running = false) {
        const admin::Router router(
            localstack_routes({{"1.2.3", "000000000000", "enforce", "memory", {"iam", "sts"}},
                               [this](std::string_view name) { return called_.contains(std::string(name)); },
                               idle_is_running,
                               runner_,
                               clock_,
                               "a-session"}),
            false);
        http::Request request;
        request.method = method;
        request.target = target;
        http::Response response;
        EXPECT_TRUE(router.owns(target)) << target;
        EXPECT_EQ(router.handle(request, response), "admin");
        return response;
    }
    json get(std::string_view target) {
        const http::Response response = ask("GET", target);
        EXPECT_EQ(response.status, 200) << target;
        return json::parse(response.body);
    }

    std::set<std::string> called_;
    FixedClock clock_{Instant(1000s)};
    Log log_{LogLevel::error, LogFormat::json, clock_, [](std::string_view) {}};
    init::Runner runner_{{}, 1s, log_};
};

TEST_F(LocalStackTest, HealthCallsAServiceRunningOnceItWasCalled) {
    for (const char* path : {"/_localstack/health", "/_localstack/health?reload", "/health"}) {
        called_.clear();
        EXPECT_EQ(get(path)["services"], (json{{"iam", "available"}, {"sts", "available"}}));
        called_ = {"iam"};
        EXPECT_EQ(get(path)["services"], (json{{"iam", "running"}, {"sts", "available"}}));
        EXPECT_EQ(get(path)["version"], "1.2.3");
        EXPECT_EQ(get(path)["edition"], "iamlocal");
    }
    EXPECT_EQ(json::parse(ask("GET", "/_localstack/health", true).body)["services"]["sts"], "running");
    // As people look for it with grep.
    EXPECT_NE(ask("GET", "/_localstack/health").body.find(R"("iam": "running")"), std::string::npos);
    EXPECT_EQ(ask("HEAD", "/_localstack/health").status, 200);
}

TEST_F(LocalStackTest, DoesNotRestartAndStoresNothing) {
    EXPECT_EQ(ask("POST", "/_localstack/health").status, 501);
    EXPECT_NE(ask("POST", "/_localstack/health").body.find("/_localstack/state/reset"), std::string::npos);
    EXPECT_EQ(ask("PUT", "/_localstack/health").status, 501);
    EXPECT_EQ(ask("DELETE", "/_localstack/health").status, 405);
}

TEST_F(LocalStackTest, TellsOfItsStages) {
    EXPECT_EQ(get("/_localstack/init"),
              (json{{"completed", {{"BOOT", false}, {"START", false}, {"READY", false}, {"SHUTDOWN", false}}},
                    {"scripts", json::array()}}));
    runner_.run(init::Stage::boot, {});
    runner_.run_when_ready({});
    EXPECT_EQ(get("/_localstack/init")["completed"],
              (json{{"BOOT", true}, {"START", false}, {"READY", true}, {"SHUTDOWN", false}}));
    EXPECT_EQ(get("/_localstack/init/ready"), (json{{"completed", true}, {"scripts", json::array()}}));
    EXPECT_EQ(get("/_localstack/init/start")["completed"], false);
    EXPECT_EQ(get("/_localstack/init/boot")["completed"], true);
    EXPECT_EQ(get("/_localstack/init/shutdown")["completed"], false);
    EXPECT_EQ(ask("GET", "/_localstack/init/lunch").status, 404);
}

TEST_F(LocalStackTest, TellsWhatRuns) {
    const json info = get("/_localstack/info");
    EXPECT_EQ(info["version"], "1.2.3");
    EXPECT_EQ(info["session_id"], "a-session");
    EXPECT_EQ(info["is_license_activated"], false);
    EXPECT_EQ(info["server_time_utc"], "1970-01-01T00:16:40Z");
    EXPECT_GE(info["uptime"], 0);
}

TEST_F(LocalStackTest, RefusesWhatItHasNotWithWhatThereIs) {
    for (const char* path : {"/_localstack/diagnose", "/_localstack/config", "/_localstack/state/save",
                             "/_localstack/state/iam/reset", "/_localstack/pods/x", "/_localstack/chaos/faults",
                             "/_localstack/plugins", "/_localstack/usage", "/_localstack/swagger"})
        for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
            const http::Response response = ask(method, path);
            EXPECT_EQ(response.status, 501) << path;
            EXPECT_GT(json::parse(response.body)["error"].get<std::string>().size(), 10U);
        }
    EXPECT_EQ(ask("GET", "/_localstack/unheard-of").status, 404);
}

}  // namespace
}  // namespace iamlocal::foreign
