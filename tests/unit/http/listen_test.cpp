#include <gtest/gtest.h>

#include "http/options.hpp"

namespace iamlocal::http {
namespace {

TEST(ParseListen, ReadsEveryForm) {
    struct Case {
        std::string_view text;
        Listen expected;
    };
    const Case cases[] = {
        {"4566", {"127.0.0.1", 4566}},
        {"0", {"127.0.0.1", 0}},
        {"127.0.0.1:4566", {"127.0.0.1", 4566}},
        {"0.0.0.0:4566", {"0.0.0.0", 4566}},
        {"localhost:0", {"localhost", 0}},
        {"my-host.example_1:65535", {"my-host.example_1", 65535}},
        {"[::1]:0", {"::1", 0}},
        {"[::]:80", {"::", 80}},
        {"[fe80::1:2]:4566", {"fe80::1:2", 4566}},
    };
    for (const auto& [text, expected] : cases) {
        SCOPED_TRACE(text);
        EXPECT_EQ(parse_listen(text), expected);
    }
}

TEST(ParseListen, RefusesEverythingElse) {
    for (const std::string_view text : {"",           ":",
                                        ":80",        "host",
                                        "host:",      "host:x",
                                        "host:65536", "host:-1",
                                        "host:+1",    "host: 80",
                                        "ho st:80",   "::1:80",
                                        "[::1]",      "[::1]:",
                                        "[]:80",      "[127.0.0.1]:80",
                                        "[::1:80",    "::1]:80",
                                        "[::g]:80",   "80x",
                                        "0x50",       "http://localhost:80",
                                        "a/b:80",     "99999999999"}) {
        SCOPED_TRACE(text);
        EXPECT_FALSE(parse_listen(text));
    }
}

TEST(IsLoopback, TakesAddressesAndLocalhostAlone) {
    for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "0:0:0:0:0:0:0:1", "localhost", "LocalHost"})
        EXPECT_TRUE(is_loopback({host, 1})) << host;
    for (const char* host : {"127.example.com", "127.0.0.1.example.com", "128.0.0.1", "0.0.0.0", "::", "::2", "fe80::1",
                             "localhost.example.com", "127.", "example"})
        EXPECT_FALSE(is_loopback({host, 1})) << host;
}

TEST(Endpoint, PrintsItsUrl) {
    EXPECT_EQ((Endpoint{"127.0.0.1", 4566, false}.url()), "http://127.0.0.1:4566");
    EXPECT_EQ((Endpoint{"::1", 443, true}.url()), "https://[::1]:443");
}

TEST(PublicHost, IsANameWithOrWithoutAPort) {
    EXPECT_EQ(name_of_public_host("localhost.localstack.cloud:4566"), "localhost.localstack.cloud");
    EXPECT_EQ(name_of_public_host("iam"), "iam");
    EXPECT_EQ(name_of_public_host("127.0.0.1:1"), "127.0.0.1");
    for (const std::string& text :
         {std::string(), std::string(":4566"), std::string("a:"), std::string("a:0"), std::string("a:65536"),
          std::string("a:b"), std::string("a:1:2"), std::string("http://a"), std::string("a/b"), std::string("a b"),
          std::string("*"), std::string("[::1]:1"), std::string(254, 'a')})
        EXPECT_FALSE(name_of_public_host(text)) << text;
    EXPECT_EQ(url_by_name("http://0.0.0.0:4566", "a.example"), "http://a.example:4566");
    EXPECT_EQ(url_by_name("https://[::1]:4566", "a.example"), "https://a.example:4566");
    EXPECT_EQ(url_by_name("http://0.0.0.0:4566", "a.example:80"), "http://a.example:80");
}

}  // namespace
}  // namespace iamlocal::http
