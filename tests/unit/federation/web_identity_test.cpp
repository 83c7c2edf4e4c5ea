#include "federation/web_identity.hpp"

#include <gtest/gtest.h>

namespace iamlocal::federation {
namespace {

constexpr std::int64_t now = 1'700'000'000;
const std::vector<std::string> client_ids = {"client", "other"};

Claims good() {
    Claims claims;
    claims.issuer = "https://idp.example.com";
    claims.subject = "alice";
    claims.audience = std::vector<std::string>{"client"};
    claims.issued_at = {true, now - 10};
    claims.expires = {true, now + 10};
    return claims;
}

void expect_accepted(const Claims& claims, const WebIdentity& identity = {"alice", "client"}) {
    const auto checked = check_claims(claims, now, client_ids);
    ASSERT_TRUE(std::holds_alternative<WebIdentity>(checked)) << std::get<TokenFault>(checked).message;
    EXPECT_EQ(std::get<WebIdentity>(checked), identity);
}

void expect_fault(const Claims& claims, std::string_view message,
                  TokenError error = TokenError::invalid_identity_token) {
    const auto checked = check_claims(claims, now, client_ids);
    ASSERT_TRUE(std::holds_alternative<TokenFault>(checked)) << message;
    EXPECT_EQ(std::get<TokenFault>(checked).message, message);
    EXPECT_EQ(std::get<TokenFault>(checked).error, error);
}

template <class Change>
Claims with(Change change) {
    Claims claims = good();
    change(claims);
    return claims;
}

constexpr std::string_view not_validated =
    "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for "
    "requirements.";

TEST(WebIdentity, GoodClaims) {
    expect_accepted(good());
    expect_accepted(with([](Claims& c) { c.subject = ""; }), {"", "client"});
    expect_accepted(with([](Claims& c) { c.not_before = {true, now}; }));
}

TEST(WebIdentity, RequiredClaims) {
    expect_fault(with([](Claims& c) { c.issuer.reset(); }), "Missing a required claim: iss");
    expect_fault(with([](Claims& c) { c.subject.reset(); }), "Missing a required claim: sub");
    expect_fault(with([](Claims& c) { c.audience.reset(); }), "Missing a required claim: aud");
    expect_fault(with([](Claims& c) { c.audience->clear(); }), "Missing a required claim: aud");
    expect_fault(with([](Claims& c) { c.issued_at = {}; }), "Missing a required claim: iat");
    expect_fault(with([](Claims& c) { c.expires = {}; }), "Missing a required claim: exp");
    expect_fault(with([](Claims& c) {
                     c.subject.reset();
                     c.has_wrong_types = true;
                 }),
                 not_validated);
}

TEST(WebIdentity, TheIssuerComesFirst) {
    EXPECT_EQ(std::get<std::string>(issuer_of(good())), "https://idp.example.com");
    const Claims none = with([](Claims& c) { c.issuer.reset(); });
    EXPECT_EQ(std::get<TokenFault>(issuer_of(none)).message, "Missing a required claim: iss");
}

TEST(WebIdentity, FiveMinutesEitherWay) {
    expect_accepted(with([](Claims& c) { c.expires.seconds = now - 300; }));
    expect_fault(with([](Claims& c) { c.expires.seconds = now - 301; }),
                 "Token expired: current date/time 1699999700 must be before the expiration date/time 1699999699",
                 TokenError::expired_token);
    expect_accepted(with([](Claims& c) { c.issued_at.seconds = now + 300; }));
    expect_fault(with([](Claims& c) { c.issued_at.seconds = now + 301; }), not_validated);
    expect_accepted(with([](Claims& c) { c.not_before = {true, now + 300}; }));
    expect_fault(with([](Claims& c) { c.not_before = {true, now + 301}; }), not_validated);
    expect_fault(with([](Claims& c) { c.expires.seconds = INT64_MIN; }),
                 "Token expired: current date/time 1699999700 must be before the expiration date/time "
                 "-9223372036854775808",
                 TokenError::expired_token);
}

TEST(WebIdentity, TimesThatAreNone) {
    expect_fault(with([](Claims& c) { c.expires.seconds.reset(); }), "Invalid timestamp in token claims.");
    expect_fault(with([](Claims& c) { c.issued_at.seconds.reset(); }), "Invalid timestamp in token claims.");
    expect_fault(with([](Claims& c) { c.not_before = {true, std::nullopt}; }), "Invalid timestamp in token claims.");
}

TEST(WebIdentity, Audiences) {
    expect_fault(with([](Claims& c) { c.audience = {"stranger"}; }), "Incorrect token audience");
    expect_fault(with([](Claims& c) {
                     c.audience = {"client", "other"};
                 }),
                 "Token audience contains more than one audience while authorized party is not present");
    expect_accepted(with([](Claims& c) {
                        c.audience = {"client", "stranger"};
                        c.authorized_party = "other";
                    }),
                    {"alice", "other"});
    expect_accepted(with([](Claims& c) {
                        c.audience = {"stranger"};
                        c.authorized_party = "client";
                    }),
                    {"alice", "client"});
    expect_fault(with([](Claims& c) { c.authorized_party = "stranger"; }), not_validated);
    expect_fault(with([](Claims& c) { c.authorized_party = ""; }), not_validated);
    const auto nobody = check_claims(good(), now, {});
    EXPECT_EQ(std::get<TokenFault>(nobody).message, "Incorrect token audience");
}

TEST(WebIdentity, TagsInAWrongForm) {
    expect_fault(with([](Claims& c) { c.has_wrong_tags = true; }),
                 "principal_tags passed in claim is not in correct format.");
}

TEST(WebIdentity, Roles) {
    const auto is_arn = [](std::string_view text) { return text.starts_with("arn:"); };
    const auto check = [&](std::optional<std::vector<std::string>> roles) {
        return check_roles(with([&](Claims& c) { c.roles = std::move(roles); }), "arn:a", is_arn);
    };
    EXPECT_FALSE(std::get<bool>(check(std::nullopt)));
    EXPECT_TRUE(std::get<bool>(check({{"x", "arn:a"}})));
    EXPECT_EQ(std::get<TokenFault>(check({{"arn:b"}})).message,
              "The target role ARN is not present in the roles claim of the identity token");
    EXPECT_EQ(std::get<TokenFault>(check({{"x"}})).message, "The roles claim contains no valid role ARNs");
    EXPECT_EQ(std::get<TokenFault>(check(std::vector<std::string>{})).message,
              "The roles claim contains no valid role ARNs");
}

}  // namespace
}  // namespace iamlocal::federation
