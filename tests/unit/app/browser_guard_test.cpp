#include "app/browser_guard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

using Verdict = BrowserGuard::Verdict;

Verdict judge(const BrowserGuard& guard, std::vector<http::Header> headers, bool loopback = true) {
    http::Request request;
    request.method = "GET";
    request.target = "/";
    request.headers = headers;
    request.loopback = loopback;
    return guard.judge(request).verdict;
}

TEST(BrowserGuard, LoopbackHasItsOwnNamesAndAwss) {
    const BrowserGuard guard({{}, {"iam.test", "Box"}});
    for (const char* host :
         {"127.0.0.1:4566", "127.0.0.1", "[::1]:4566", "[::1]", "10.0.0.7", "localhost", "LOCALHOST:1", "localhost.",
          "a.localhost:80", "iam.amazonaws.com", "sts.eu-west-1.amazonaws.com:443", "STS.Amazonaws.com.cn",
          "sts.us-east-1.api.aws", "iam.test:4566", "IAM.TEST", "box", ""})
        EXPECT_EQ(judge(guard, {{"Host", host}}), Verdict::fine) << host;
    for (const char* host : {"evil.example", "evil.example:4566", "localhost.evil.example", "127.0.0.1.evil.example",
                             "127.example.com", "evillocalhost", ".localhostx", "amazonaws.com.evil.example",
                             "notamazonaws.com", "a.iam.test", "boxes", "com", "amazonaws.com"}) {
        EXPECT_EQ(judge(guard, {{"Host", host}}), Verdict::foreign_host) << host;
        EXPECT_EQ(judge(guard, {{"hOST", host}}), Verdict::foreign_host) << host;
        EXPECT_EQ(judge(guard, {{"Host", host}}, false), Verdict::fine) << host;
    }
    EXPECT_EQ(judge(guard, {}), Verdict::fine);
    EXPECT_EQ(judge(BrowserGuard({{}, {"*"}}), {{"Host", "evil.example"}}), Verdict::fine);
}

TEST(BrowserGuard, BeyondLoopbackNamesAreGoodThatNobodyCanRegister) {
    const BrowserGuard guard({{}, {"iam.example.com"}, true});
    for (const char* host :
         {"10.0.0.7:4566", "[fd00::7]", "localhost", "iam:4566", "iam", "IAM.Internal", "host.docker.internal",
          "box.local", "iam.default.svc", "iam.default.svc.cluster.local:4566", "a.test", "nas.home.arpa",
          "iam.amazonaws.com", "iam.example.com", ""})
        EXPECT_EQ(judge(guard, {{"Host", host}}, false), Verdict::fine) << host;
    for (const char* host : {"evil.example.com", "evil.dev", "internal.example.com", "evil.com:4566", "iam.default",
                             "arpa.home", "evilinternal.com", ".com", "127.0.0.1.example.com"})
        EXPECT_EQ(judge(guard, {{"Host", host}}, false), Verdict::foreign_host) << host;
    // On loopback itself they are no names of the server's.
    for (const char* host : {"iam", "box.local", "a.test"})
        EXPECT_EQ(judge(guard, {{"Host", host}}), Verdict::foreign_host) << host;
    EXPECT_EQ(judge(BrowserGuard({{}, {"*"}, true}), {{"Host", "evil.com"}}, false), Verdict::fine);
}

TEST(BrowserGuard, PagesAreRefusedWhereverTheyCall) {
    const BrowserGuard guard({});
    for (const bool loopback : {true, false}) {
        for (const char* origin : {"http://evil.example", "null", "", "http://127.0.0.1:4566"})
            EXPECT_EQ(judge(guard, {{"Host", "localhost"}, {"oRIGIN", origin}}, loopback), Verdict::web_page) << origin;
        for (const char* site : {"cross-site", "same-site", "", "unheard-of"})
            EXPECT_EQ(judge(guard, {{"Sec-Fetch-Site", site}}, loopback), Verdict::web_page) << site;
        for (const char* site : {"none", "same-origin"})
            EXPECT_EQ(judge(guard, {{"Sec-Fetch-Site", site}}, loopback), Verdict::fine) << site;
    }
}

TEST(BrowserGuard, AllowedPagesMayCall) {
    const BrowserGuard one({{"http://localhost:3000"}, {}});
    EXPECT_EQ(judge(one, {{"Origin", "http://localhost:3000"}, {"Sec-Fetch-Site", "same-site"}}), Verdict::fine);
    EXPECT_EQ(judge(one, {{"Sec-Fetch-Site", "same-site"}, {"Origin", "http://localhost:3000"}}), Verdict::fine);
    for (const char* other : {"http://localhost:3001", "http://localhost:3000.evil.example", "null", "", "*"})
        EXPECT_EQ(judge(one, {{"Origin", other}}), Verdict::web_page) << other;
    EXPECT_EQ(judge(one, {{"Origin", "http://localhost:3000"}, {"Origin", "http://evil.example"}}), Verdict::web_page);
    EXPECT_EQ(judge(one, {{"Sec-Fetch-Site", "cross-site"}}), Verdict::web_page);  // nobody says which page it is
    EXPECT_EQ(judge(one, {{"Host", "evil.example"}, {"Origin", "http://localhost:3000"}}), Verdict::foreign_host);
    const BrowserGuard all({{"*"}, {}});
    for (const char* origin : {"http://evil.example", "null", ""})
        EXPECT_EQ(judge(all, {{"Origin", origin}}), Verdict::fine) << origin;
    EXPECT_EQ(judge(all, {{"Sec-Fetch-Site", "cross-site"}}), Verdict::fine);
}

std::string header_of(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
        if (key == name) return value;
    return "-";
}

http::Response ask(Bed& bed, std::string_view method, std::string_view target, std::vector<http::Header> headers) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers = headers;
    request.loopback = true;
    return bed.deliver(request);
}

TEST(BrowserGuard, RefusesOnEveryRoute) {
    Bed bed;
    for (const http::Header& header : {http::Header{"Host", "evil.example"}, http::Header{"Origin", ""},
                                       http::Header{"Sec-Fetch-Site", "cross-site"}}) {
        for (const char* target :
             {"/_iamlocal/health", "/_iamlocal/clock", "/_iamlocal/decisions", "/moto-api/reset", "/moto-api/seed?a=1",
              "/_localstack/state/reset", "/_localstack/anything", "/_iamlocal/nothing"}) {
            const http::Response refused = ask(bed, "GET", target, {header});
            EXPECT_EQ(refused.status, 403) << target;
            EXPECT_THAT(refused.body, testing::StartsWith("{\"error\":\"")) << target;
        }
        const auto signed_request = bed.sign({}, "iam", "Action=CreateUser&Version=2010-05-08&UserName=x", {header});
        http::Request request = signed_request->request;
        request.loopback = true;
        const http::Response refused = bed.deliver(request);
        EXPECT_EQ(refused.status, 403);
        EXPECT_EQ(element(refused.body, "Code"), "AccessDenied");
        EXPECT_EQ(header_of(refused, "Access-Control-Allow-Origin"), "-");
    }
    EXPECT_EQ(element(bed.iam({}, "ListUsers").body, "UserName"), "");
}

TEST(BrowserGuard, AnswersThePreflightsOfAllowedPages) {
    AppOptions options;
    options.allowed_callers.origins = {"http://localhost:3000"};
    Bed bed(options);
    const http::Response preflight = ask(bed, "OPTIONS", "/", {{"Origin", "http://localhost:3000"}});
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(header_of(preflight, "Access-Control-Allow-Origin"), "http://localhost:3000");
    EXPECT_EQ(header_of(preflight, "Vary"), "Origin");
    EXPECT_THAT(header_of(preflight, "Access-Control-Allow-Headers"), testing::HasSubstr("authorization"));
    EXPECT_THAT(header_of(preflight, "Access-Control-Allow-Methods"), testing::HasSubstr("POST"));
    // Errors are shown as well: a page must be able to tell why.
    const http::Response refused = ask(bed, "POST", "/", {{"Origin", "http://localhost:3000"}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(header_of(refused, "Access-Control-Allow-Origin"), "http://localhost:3000");
    EXPECT_EQ(header_of(refused, "Access-Control-Expose-Headers"), "x-amzn-RequestId");

    const http::Response other = ask(bed, "OPTIONS", "/", {{"Origin", "http://evil.example"}});
    EXPECT_EQ(other.status, 403);
    EXPECT_EQ(header_of(other, "Access-Control-Allow-Origin"), "-");
    EXPECT_EQ(ask(bed, "OPTIONS", "/", {}).status, 405);
}

TEST(BrowserGuard, AnAnswerThatTakesTimeIsShownToo) {
    AppOptions options;
    options.allowed_callers.origins = {"*"};
    Bed bed(options);
    const http::Response answer =
        bed.send({}, "iam",
                 "Action=SimulateCustomPolicy&Version=2010-05-08&ActionNames.member.1=iam%3AGetUser"
                 "&PolicyInputList.member.1=%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22"
                 "%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%7D",
                 {{"Origin", "http://localhost:3000"}});
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(header_of(answer, "Access-Control-Allow-Origin"), "*");
}

TEST(BrowserGuard, WrongMethodsLearnTheRightOnes) {
    Bed bed;
    EXPECT_EQ(header_of(ask(bed, "PUT", "/", {}), "Allow"), "GET, HEAD, POST");
    EXPECT_EQ(header_of(ask(bed, "OPTIONS", "*", {}), "Allow"), "GET, HEAD, POST");
    EXPECT_EQ(header_of(ask(bed, "PUT", "/_iamlocal/clock", {}), "Allow"), "GET, HEAD, POST");
    EXPECT_EQ(header_of(ask(bed, "GET", "/_iamlocal/reset", {}), "Allow"), "POST");
    EXPECT_EQ(header_of(ask(bed, "GET", "/_iamlocal/clock", {}), "Allow"), "-");
    EXPECT_EQ(header_of(ask(bed, "POST", "/authorization-details/x", {}), "Allow"), "GET");
}

}  // namespace
}  // namespace iamlocal::app
