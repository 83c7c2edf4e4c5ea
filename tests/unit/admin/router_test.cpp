#include "admin/router.hpp"

#include <gtest/gtest.h>

#include "admin/health.hpp"

namespace iamlocal::admin {
namespace {

Route route_of(std::string_view path, bool has_subpaths, bool needs_testbench) {
    const auto says = [](std::string_view what) -> Answer {
        return [what](const http::Request& request, http::Response& response) {
            response.status = 201;
            response.body = std::string(what) + " " + std::string(request.target);
        };
    };
    return {.path = path,
            .has_subpaths = has_subpaths,
            .needs_testbench = needs_testbench,
            .action = needs_testbench ? "testbench" : "admin",
            .methods = {{"GET", says("got")}, {"PUT", says("put")}},
            .other_methods = "GET or PUT"};
}

http::Response ask(const Router& router, std::string_view method, std::string_view target,
                   std::span<const http::Header> headers = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers = headers;
    http::Response response;
    EXPECT_TRUE(router.owns(target));
    router.handle(request, response);
    return response;
}

TEST(Router, FindsTheAnswerByPathAndMethod) {
    const Router router({route_of("/one", false, false), route_of("/_iamlocal/tree", true, true)}, true);
    EXPECT_EQ(ask(router, "GET", "/one").body, "got /one");
    EXPECT_EQ(ask(router, "HEAD", "/one?x=/y").body, "got /one?x=/y");
    EXPECT_EQ(ask(router, "PUT", "/one").body, "put /one");
    EXPECT_EQ(ask(router, "GET", "/_iamlocal/tree").body, "got /_iamlocal/tree");
    EXPECT_EQ(ask(router, "GET", "/_iamlocal/tree/leaf").body, "got /_iamlocal/tree/leaf");

    const http::Response wrong_method = ask(router, "DELETE", "/one");
    EXPECT_EQ(wrong_method.status, 405);
    EXPECT_EQ(wrong_method.content_type, "application/json");
    EXPECT_EQ(wrong_method.body, "{\"error\":\"GET or PUT\"}\n");
    for (const char* target : {"/_iamlocal/", "/_iamlocal/trees", "/_iamlocal/TREE", "/_iamlocal//tree"})
        EXPECT_EQ(ask(router, "GET", target).status, 404) << target;
}

TEST(Router, KnowsWhatIsSlow) {
    Route route = route_of("/_iamlocal/tree", true, true);
    route.methods[1].is_slow = true;
    const auto is_slow = [&](bool testbench, std::string_view method, std::string_view target) {
        http::Request request;
        request.method = method;
        request.target = target;
        return Router({route}, testbench).is_slow(request);
    };
    EXPECT_TRUE(is_slow(true, "PUT", "/_iamlocal/tree/leaf?x=y"));
    EXPECT_FALSE(is_slow(true, "GET", "/_iamlocal/tree/leaf"));
    EXPECT_FALSE(is_slow(true, "HEAD", "/_iamlocal/tree"));
    EXPECT_FALSE(is_slow(true, "DELETE", "/_iamlocal/tree"));
    EXPECT_FALSE(is_slow(true, "PUT", "/_iamlocal/other"));
    EXPECT_FALSE(is_slow(false, "PUT", "/_iamlocal/tree")) << "it will be refused";
}

TEST(Router, OwnsItsPathsAndLeavesTheOthersToTheApi) {
    const Router router({route_of("/one", false, false)}, true);
    for (const char* target : {"/one", "/one?a=b", "/_iamlocal/", "/_iamlocal/anything?x", "/_localstack/anything",
                               "/moto-api/", "/moto-api/anything?x"})
        EXPECT_TRUE(router.owns(target)) << target;
    for (const char* target :
         {"", "/", "/?Action=ListUsers", "/one/", "/ones", "/_iamlocal", "/_localstack", "/?/_iamlocal/", "*"})
        EXPECT_FALSE(router.owns(target)) << target;
}

TEST(Router, KeepsTheTestBenchFromOthers) {
    const std::vector<Route> routes = {route_of("/one", false, false), route_of("/_iamlocal/two", false, true)};
    const Router on(routes, true);
    EXPECT_EQ(ask(on, "GET", "/_iamlocal/two").status, 201);
    const Router off(routes, false);
    const http::Response refused = ask(off, "DELETE", "/_iamlocal/two");
    EXPECT_EQ(refused.status, 403);
    EXPECT_EQ(refused.body, "{\"error\":\"the test bench is off; start with --testbench on\"}\n");
    EXPECT_EQ(ask(off, "GET", "/one").status, 201);
}

TEST(Router, SaysWhatAccessLinesCallARequest) {
    const Router router({route_of("/one", false, false), route_of("/_iamlocal/two", false, true)}, false);
    http::Request request;
    http::Response response;
    request.target = "/one";
    EXPECT_EQ(router.handle(request, response), "admin");
    request.target = "/_iamlocal/two";
    EXPECT_EQ(router.handle(request, response), "testbench");
    request.target = "/_iamlocal/three";
    EXPECT_EQ(router.handle(request, response), "admin");
}

TEST(Health, IsToldToEverybody) {
    std::string_view why_not;
    const Router router(
        health_routes({"1.2.3", "000000000000", "enforce", "memory", {"iam", "sts"}}, [&why_not] { return why_not; }),
        false);
    for (const char* path : {"/_iamlocal/health", "/livez", "/readyz", "/readyz?x=1"}) {
        SCOPED_TRACE(path);
        EXPECT_EQ(ask(router, "POST", path).status, 405);
        const http::Response response = ask(router, "GET", path);
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.body,
                  "{\"account\":\"000000000000\",\"edition\":\"iamlocal\",\"enforcement\":\"enforce\",\"services\":{"
                  "\"iam\":\"running\",\"sts\":\"running\"},\"status\":\"running\",\"storage\":\"memory\",\"version\":"
                  "\"1.2.3\"}\n");
    }
    EXPECT_EQ(ask(router, "GET", "/_iamlocal/health?x=1").status, 400);
    EXPECT_EQ(ask(router, "GET", "/_iamlocal/health?x=1").body, "{\"error\":\"there is no parameter x\"}\n");
    why_not = "the database is not available";
    for (const char* path : {"/_iamlocal/health", "/livez"}) EXPECT_EQ(ask(router, "GET", path).status, 200) << path;
    EXPECT_EQ(ask(router, "GET", "/readyz").status, 503);
    EXPECT_EQ(ask(router, "GET", "/readyz").body, "{\"error\":\"the database is not available\"}\n");
}

}  // namespace
}  // namespace iamlocal::admin
