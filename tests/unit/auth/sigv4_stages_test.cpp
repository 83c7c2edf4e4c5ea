#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "auth/sigv4.hpp"
#include "base/encoding.hpp"

namespace iamlocal::auth {
namespace {

constexpr std::string_view empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The request of AWS's documentation: "Create a signed AWS API request" and, before it, "Signature Version 4 signing
/// process", which gave the values of every stage.
struct Example {
    std::vector<http::Header> headers = {
        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
        {"Host", "iam.amazonaws.com"},
        {"X-Amz-Date", "20150830T123600Z"},
        {"Authorization",
         "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
         "SignedHeaders=content-type;host;x-amz-date, "
         "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"}};
    http::Request request{"GET", "/?Action=ListUsers&Version=2010-05-08", headers, "", "", false};
    Secret secret{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
};

TEST(SigV4Stages, AreThoseOfTheDocumentation) {
    const Example example;
    Scratch scratch;
    const ReadSignature read = read_signature(example.request, scratch);
    const auto& presented = std::get<Presented>(read);

    const std::string canonical(canonical_request(example.request, presented, scratch));
    EXPECT_EQ(canonical,
              "GET\n/\nAction=ListUsers&Version=2010-05-08\n"
              "content-type:application/x-www-form-urlencoded; charset=utf-8\n"
              "host:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
              "content-type;host;x-amz-date\n" +
                  std::string(empty_hash));
    EXPECT_EQ(hex_encode(sha256(canonical)), "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");

    const std::string_view to_sign = string_to_sign(presented, canonical, scratch);
    EXPECT_EQ(to_sign,
              "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
              "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");

    const SigningKey key = derive_signing_key(example.secret, "20150830", "us-east-1", "iam");
    EXPECT_EQ(hex_encode(key.reveal()), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    const std::array<char, 64> result = signature(to_sign, key);
    EXPECT_EQ(std::string_view(result.data(), result.size()),
              "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
    EXPECT_FALSE(verify_signature(example.request, presented, key, scratch));
}

/// Line `number` (from 0) of the canonical request.
std::string canonical_line(const http::Request& request, std::string_view signed_headers, int number) {
    Presented presented;
    presented.signed_headers = signed_headers;
    Scratch scratch;
    std::string_view rest = canonical_request(request, presented, scratch);
    for (int i = 0; i < number; ++i) rest.remove_prefix(rest.find('\n') + 1);
    return std::string(rest.substr(0, rest.find('\n')));
}

TEST(SigV4Stages, PathIsNormalisedAndEncodedOnceMore) {
    const struct {
        const char* target;
        const char* expected;
    } cases[] = {
        {"", "/"},
        {"/", "/"},
        {"//", "/"},
        {"/.", "/"},
        {"/..", "/"},
        {"/../..", "/"},
        {"/a", "/a"},
        {"/a/", "/a/"},
        {"//a//b//", "/a/b/"},
        {"/a/.", "/a"},
        {"/a/./", "/a/"},
        {"/a/..", "/"},
        {"/a/../", "/"},
        {"/a/b/../c", "/a/c"},
        {"/a/b/../../../c", "/c"},
        {"/...", "/..."},
        {"/a%20b", "/a%2520b"},
        {"/a b", "/a%20b"},
        {"/%2e%2e/a", "/%252e%252e/a"},
        {"/-._~", "/-._~"},
        {"/\xc3\xa9", "/%C3%A9"},
        {"/a?b=/../", "/a"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.target);
        EXPECT_EQ(canonical_line({"GET", c.target, {}, "", "", false}, "", 1), c.expected);
    }
}

TEST(SigV4Stages, QueryIsEncodedAndSorted) {
    const struct {
        const char* query;
        const char* expected;
    } cases[] = {
        {"", ""},
        {"a", "a="},
        {"a=", "a="},
        {"a=1&a=0", "a=0&a=1"},
        {"b=&a=&A=", "A=&a=&b="},
        {"a-b=1&a=2&a.b=3", "a=2&a-b=1&a.b=3"},
        {"&&a=1&&", "a=1"},
        {"a=b=c", "a=b%3Dc"},
        {"=a", "=a"},
        {"a=x+y", "a=x%20y"},
        {"a=x%2By", "a=x%2By"},
        {"a=%c3%a9", "a=%C3%A9"},
        {"a=\xc3\xa9", "a=%C3%A9"},
        {"a=%2d%7e", "a=-~"},
        {"a=/?:@!$'()*,;", "a=%2F%3F%3A%40%21%24%27%28%29%2A%2C%3B"},
        {"a=%&b=%2", "a=%25&b=%252"},
        {"X-Amz-Signature=abc&a=1", "a=1"},
        {"a=1&X%2DAmz-Signature=abc", "a=1"},
        {"X-Amz-Signature2=abc", "X-Amz-Signature2=abc"},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.query);
        const std::string target = std::string("/?") + c.query;
        EXPECT_EQ(canonical_line({"GET", target, {}, "", "", false}, "", 2), c.expected);
    }
}

TEST(SigV4Stages, HeaderValuesAreTrimmedAndJoined) {
    const std::vector<http::Header> headers = {
        {"X-A", "  a   b\t c "}, {"x-b", "1"}, {"X-B", " 2  2"}, {"x-B", ""}, {"X-C", ""}, {"Other", "no"}};
    const http::Request request{"GET", "/", headers, "", "", false};
    EXPECT_EQ(canonical_line(request, "x-a;x-b;x-c", 3), "x-a:a b c");
    EXPECT_EQ(canonical_line(request, "x-a;x-b;x-c", 4), "x-b:1,2 2,");
    EXPECT_EQ(canonical_line(request, "x-a;x-b;x-c", 5), "x-c:");
    EXPECT_EQ(canonical_line(request, "x-a;x-b;x-c", 6), "");
    EXPECT_EQ(canonical_line(request, "x-a;x-b;x-c", 7), "x-a;x-b;x-c");
    EXPECT_EQ(canonical_line(request, "x-a;x-b;x-c", 8), empty_hash);
}

TEST(SigV4Stages, ScratchIsReusable) {
    const Example example;
    Scratch scratch;
    const SigningKey key = derive_signing_key(example.secret, "20150830", "us-east-1", "iam");
    for (int i = 0; i < 3; ++i) {
        const ReadSignature read = read_signature(example.request, scratch);
        EXPECT_FALSE(verify_signature(example.request, std::get<Presented>(read), key, scratch));
        const std::string target = "/long/../path?" + std::string(5000, 'x') + "&X-Amz-Credential=%41/b&X-Amz-Date=2";
        const http::Request other{"GET", target, {}, "", "", false};
        EXPECT_TRUE(std::holds_alternative<SignatureError>(read_signature(other, scratch)));
    }
}

}  // namespace
}  // namespace iamlocal::auth
