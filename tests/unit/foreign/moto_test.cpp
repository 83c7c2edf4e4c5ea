#include "foreign/moto.hpp"

#include <array>

#include <gtest/gtest.h>

namespace iamlocal::foreign {
namespace {

http::Response ask(const admin::Router& router, std::string_view method, std::string_view target) {
    http::Request request;
    request.method = method;
    request.target = target;
    http::Response response;
    EXPECT_TRUE(router.owns(target)) << target;
    router.handle(request, response);
    return response;
}

std::array<unsigned char, 16> next_of(Entropy& entropy) {
    std::array<unsigned char, 16> bytes{};
    entropy.fill(bytes);
    return bytes;
}

TEST(MotoRoutes, SeedStartsTheIdsAgain) {
    SeededEntropy ids(7, 1);
    SeededEntropy as_started_with_it(42, 1);
    const auto wanted = next_of(as_started_with_it);
    const admin::Router router(moto_routes(&ids), true);
    EXPECT_NE(next_of(ids), wanted);
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(ask(router, "POST", "/moto-api/seed?a=42").status, 200);
        EXPECT_EQ(next_of(ids), wanted);
    }
    ids.restart();
    EXPECT_EQ(next_of(ids), wanted) << "a reset begins again from the last seed";
}

TEST(MotoRoutes, ASlipOfThePenSeedsNothing) {
    SeededEntropy ids(7, 1);
    const auto wanted = next_of(ids);
    ids.restart();
    const admin::Router router(moto_routes(&ids), true);
    for (const char* query : {"", "?", "?a", "?a=", "?a=x", "?a=-1", "?a=1.5", "?a=18446744073709551616", "?b=1",
                              "?a=1&a=2", "?a=1&b=2", "?a=%zz"})
        EXPECT_EQ(ask(router, "POST", std::string("/moto-api/seed").append(query)).status, 400) << query;
    EXPECT_EQ(ask(router, "GET", "/moto-api/seed?a=1").status, 405);
    EXPECT_EQ(next_of(ids), wanted);
}

TEST(MotoRoutes, SeedNeedsTheBenchAndRepeatableIds) {
    SeededEntropy ids(7, 1);
    EXPECT_EQ(ask(admin::Router(moto_routes(&ids), false), "POST", "/moto-api/seed?a=1").status, 403);
    EXPECT_EQ(ask(admin::Router(moto_routes(nullptr), true), "POST", "/moto-api/seed?a=1").status, 409);
}

TEST(MotoRoutes, RefuseWhatIsNotHere) {
    const admin::Router router(moto_routes(nullptr), true);
    for (const char* path : {"/moto-api/reset-auth", "/moto-api/data.json", "/moto-api/config", "/moto-api/",
                             "/moto-api/recorder/start-recording", "/moto-api/state-manager/set-transition"})
        for (const char* method : {"GET", "POST"}) EXPECT_EQ(ask(router, method, path).status, 501) << path;
    EXPECT_EQ(ask(router, "POST", "/moto-api/unheard-of").status, 404);
}

}  // namespace
}  // namespace iamlocal::foreign
