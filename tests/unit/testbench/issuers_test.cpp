#include "store/issuers.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/time_format.hpp"
#include "db/transaction.hpp"
#include "federation/jwks.hpp"
#include "federation/jwt.hpp"
#include "store/migrations.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using nlohmann::json;

class IssuersRouteTest : public testing::Test {
  protected:
    IssuersRouteTest() { database_->migrate(store::schema()); }

    http::Response ask(std::string_view method, const std::string& path, std::string_view body = {}) {
        const http::Header host{"Host", "localhost:4566"};
        const std::string target = "/_iamlocal/oidc" + path;
        http::Request request;
        request.method = method;
        request.target = target;
        request.body = body;
        request.headers = {&host, 1};
        // What makes keys or signs is for another thread.
        EXPECT_EQ(router_.is_slow(request), method == "PUT" || method == "POST");
        http::Response response;
        EXPECT_EQ(router_.handle(request, response), "testbench");
        return response;
    }
    json done(std::string_view method, const std::string& path, std::string_view body = {}) {
        const http::Response response = ask(method, path, body);
        EXPECT_EQ(response.status, 200) << response.body;
        return json::parse(response.body);
    }
    /// What verifies tokens within the server.
    std::optional<std::string> own_keys(std::string_view issuer) {
        const std::unique_ptr<db::Connection> connection = database_->connect();
        db::Transaction tx(*connection, db::Access::read);
        return store::find_own_jwks(tx, issuer);
    }

    FixedClock clock_{Instant(std::chrono::seconds(1'000))};
    SystemEntropy entropy_;
    store::Keyring keyring_ = store::Keyring::random(entropy_);
    std::unique_ptr<db::Database> database_ = db::Database::in_memory();
    admin::Router router_{{issuers_route({*database_, keyring_, clock_, entropy_})}, true};
};

TEST_F(IssuersRouteTest, TokensAreVerifiedByTheKeysThatTheServerFindsItself) {
    const json issuer = done("PUT", "/ci", R"({"preset": "github", "algorithm": "ES256"})");
    EXPECT_EQ(issuer["issuer"], "https://token.actions.githubusercontent.com");
    const std::string text = done("POST", "/ci/token")["token"];
    const auto token = federation::parse_jwt(text);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->claims.issued_at.seconds, 1'000);
    const auto keys = own_keys(token->claims.issuer.value());
    ASSERT_TRUE(keys);
    EXPECT_EQ(verify(*token, federation::parse_jwks(*keys).value()), federation::Verified::yes);
    EXPECT_EQ(json::parse(*keys), done("GET", "/ci/.well-known/jwks.json"));
    done("POST", "/ci/rotate", R"({"keep": 0})");
    EXPECT_EQ(verify(*token, federation::parse_jwks(*own_keys(*token->claims.issuer)).value()),
              federation::Verified::no_key);
    done("DELETE", "/ci");
    EXPECT_FALSE(own_keys(*token->claims.issuer));
}

TEST_F(IssuersRouteTest, TheDefaultAddressIsThatOfThePath) {
    EXPECT_EQ(done("PUT", "/ci", R"({"algorithm": "ES256"})")["issuer"], "https://localhost:4566/_iamlocal/oidc/ci");
    EXPECT_EQ(done("GET", "/ci/.well-known/openid-configuration")["jwks_uri"],
              "http://localhost:4566/_iamlocal/oidc/ci/.well-known/jwks.json");
}

TEST_F(IssuersRouteTest, WhatCannotBeChangesNothing) {
    done("PUT", "/ci", R"({"algorithm": "ES256", "kid": "k", "issuer": "https://a"})");
    const json before = done("GET", "");
    EXPECT_EQ(ask("PUT", "/other", R"({"algorithm": "ES256", "issuer": "https://a"})").status, 409);
    EXPECT_EQ(ask("POST", "/ci/rotate", R"({"kid": "k"})").status, 409);
    EXPECT_EQ(ask("POST", "/ci/token", R"({"algorithm": "RS256"})").status, 400);
    EXPECT_EQ(ask("POST", "/ci/other").status, 404);
    EXPECT_EQ(ask("DELETE", "/other").status, 404);
    EXPECT_EQ(ask("PUT", "/a.b", "{}").status, 400);
    EXPECT_EQ(done("GET", ""), before);
}

}  // namespace
}  // namespace iamlocal::testbench
