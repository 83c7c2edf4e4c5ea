// What the signer writes, the verification of the server accepts.
#include "auth/signer.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "sigv4_support.hpp"

namespace iamlocal::auth::test {
namespace {

constexpr Seconds now{std::chrono::seconds(1'700'000'000)};

SignedRequest signed_by_us(std::string_view token, std::string_view path = "/") {
    SignedRequest request;
    request.body = "Action=GetUser&Version=2010-05-08";
    request.target = path;
    request.session_token = token;
    const ToSign to_sign{"127.0.0.1:4566", path, request.body, request.service, "eu-west-1", now};
    request.headers = sign(to_sign, {request.access_key_id, Secret(request.secret), request.session_token});
    return request;
}

TEST(Signer, IsAcceptedByTheVerification) {
    for (const char* token : {"", "a-session-token"}) {
        for (const char* path : {"/", "/some/path"}) {
            SCOPED_TRACE(std::string(token) + " " + path);
            EXPECT_FALSE(verdict(signed_by_us(token, path), now));
        }
    }
}

TEST(Signer, CoversEverythingItSends) {
    const SignedRequest good = signed_by_us("a-session-token");
    for (std::size_t i = 0; i < good.headers.size(); ++i) {
        SCOPED_TRACE(good.headers[i].first);
        SignedRequest changed = good;
        changed.headers[i].second.back() = changed.headers[i].second.back() == '0' ? '1' : '0';
        EXPECT_TRUE(verdict(changed, now));
    }
    SignedRequest other_body = good;
    other_body.body.push_back('x');
    EXPECT_TRUE(verdict(other_body, now));
    SignedRequest other_secret = good;
    other_secret.secret.push_back('x');
    EXPECT_TRUE(verdict(other_secret, now));
}

}  // namespace
}  // namespace iamlocal::auth::test
