#include "signin/requests.hpp"

#include <gtest/gtest.h>

namespace iamlocal::signin {
namespace {

Fields authorize_fields() {
    return {{"response_type", "code"},
            {"client_id", std::string(same_device)},
            {"state", "abc"},
            {"code_challenge_method", "SHA-256"},
            {"scope", "openid"},
            {"redirect_uri", "http://127.0.0.1:8000/oauth/callback"},
            {"code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}};
}

bool is_authorization(std::string_view name, const char* value) {
    Fields fields = authorize_fields();
    fields[std::string(name)] = value;
    return read_authorize(fields, "http://here").has_value();
}

TEST(SigninRequests, AnAuthorizationIsAsTheCliAsks) {
    EXPECT_TRUE(read_authorize(authorize_fields(), "http://here"));
    EXPECT_TRUE(is_authorization("redirect_uri", "http://localhost:1/oauth/callback"));
    for (const char* url :
         {"http://127.0.0.1/oauth/callback", "https://127.0.0.1:1/oauth/callback", "http://127.0.0.1:1/other",
          "http://evil.example:1/oauth/callback", "http://127.0.0.1:1@evil.example/oauth/callback",
          "http://127.0.0.1:1/oauth/callback?x", "http://here/v1/sessions/confirmation", ""})
        EXPECT_FALSE(is_authorization("redirect_uri", url)) << url;
    EXPECT_FALSE(is_authorization("code_challenge_method", "S256"));
    EXPECT_FALSE(is_authorization("response_type", "token"));
    EXPECT_FALSE(is_authorization("scope", ""));
    EXPECT_FALSE(is_authorization("state", ""));
    EXPECT_FALSE(is_authorization("client_id", "x"));
    EXPECT_FALSE(is_authorization("code_challenge", "short"));
    EXPECT_FALSE(is_authorization("client_id", std::string(cross_device).c_str()));
    Fields remote = authorize_fields();
    remote["client_id"] = cross_device;
    remote["redirect_uri"] = "http://here/v1/sessions/confirmation";
    EXPECT_TRUE(read_authorize(remote, "http://here"));
    EXPECT_FALSE(read_authorize(remote, "http://there"));
}

TEST(SigninRequests, DestinationsAreOfAwsOrHere) {
    for (const char* url : {"https://console.aws.amazon.com/", "https://us-east-1.console.aws.amazon.com/iam/home?x#y",
                            "http://localhost:3000/", "http://127.0.0.1:80", "http://[::1]:1/"})
        EXPECT_TRUE(is_destination(url)) << url;
    for (const char* url :
         {"", "/", "//evil.example", "javascript:alert(1)", "http://console.aws.amazon.com/", "https://evil.example/",
          "https://aws.amazon.com.evil.example/", "https://console.aws.amazon.com@evil.example/",
          "https://evilaws.amazon.com/", "https://console.aws.amazon.com\\.evil.example/", "http://localhost\r\nX: y",
          "http://localhost.evil.example/", "http://[::1"})
        EXPECT_FALSE(is_destination(url)) << url;
}

TEST(SigninRequests, ChallengesAreOfTheirVerifiers) {
    // RFC 7636, appendix B
    const std::string verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    EXPECT_TRUE(matches_challenge(verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    EXPECT_FALSE(matches_challenge(verifier, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN"));
    EXPECT_FALSE(matches_challenge(verifier.substr(1), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
    EXPECT_FALSE(matches_challenge("", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"));
}

Fields token_fields(std::string_view type, std::string_view body) {
    const http::Header headers[] = {{"Content-Type", type}};
    http::Request request;
    request.headers = headers;
    request.body = body;
    return read_token_fields(request).value_or(Fields{{"none", ""}});
}

TEST(SigninRequests, TokensAreAskedForInJsonOrAForm) {
    const Fields wanted{{"clientId", "a b"}, {"grantType", "code"}};
    EXPECT_EQ(token_fields("application/json", R"({"clientId":"a b","grantType":"code","code":null})"), wanted);
    EXPECT_EQ(token_fields("application/x-www-form-urlencoded", "client_id=a+b&grant_type=code"), wanted);
    EXPECT_EQ(token_fields("application/x-www-form-urlencoded; charset=utf-8", "clientId=a%20b&grantType=code"),
              wanted);
    const Fields none{{"none", ""}};
    EXPECT_EQ(token_fields("application/json", R"({"clientId":1})"), none);
    EXPECT_EQ(token_fields("application/json", "[]"), none);
    EXPECT_EQ(token_fields("application/json", "{"), none);
    EXPECT_EQ(token_fields("text/plain", "{}"), none);
    EXPECT_EQ(token_fields("application/x-www-form-urlencoded", "client_id=a&clientId=b"), none);
    EXPECT_EQ(token_fields("application/x-www-form-urlencoded", "client_id=%zz"), none);
}

}  // namespace
}  // namespace iamlocal::signin
