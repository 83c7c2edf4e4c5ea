#include "auth/session_token.hpp"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "auth/trade_in_token.hpp"
#include "base/encoding.hpp"

namespace iamlocal::auth {
namespace {

constexpr std::array<unsigned char, 32> key{1, 2, 3};

SessionToken full_token() {
    SessionToken token{AccessKeyId("ASIAEXAMPLE"), Secret("hush"), {}};
    SessionClaims& claims = token.claims;
    claims.kind = SessionKind::role;
    claims.account = AccountId("111122223333");
    claims.principal_id = "AROAEXAMPLE";
    claims.session_name = "run";
    claims.issued = Seconds(std::chrono::seconds(1'700'000'000));
    claims.expires = Seconds(std::chrono::seconds(1'700'003'600));
    claims.policy = "";  // an inline policy that is empty is still one
    claims.policy_arns = {"arn:aws:iam::aws:policy/ReadOnlyAccess"};
    claims.delegated_policy = "{1}";
    claims.scope_down = {"{2}", "{3}"};
    claims.tags = {{"Team", "a"}, {"Größe", "\"x\""}};
    claims.transitive_tag_keys = {"Team"};
    claims.source_identity = "carol";
    claims.mfa = Seconds(std::chrono::seconds(1'699'999'990));
    claims.federation = {"arn:aws:iam::111122223333:oidc-provider/idp.example.com",
                         "idp.example.com",
                         {{"sub", {"carol"}, false}, {"amr", {}, true}, {"groups", {"a", "b"}, true}}};
    claims.end_is_fixed = true;
    claims.default_regions_only = true;
    return token;
}

void expect_same(const SessionClaims& claims, const SessionClaims& other) {
    EXPECT_EQ(claims.kind, other.kind);
    EXPECT_EQ(claims.account, other.account);
    EXPECT_EQ(claims.principal_id, other.principal_id);
    EXPECT_EQ(claims.session_name, other.session_name);
    EXPECT_EQ(claims.issued, other.issued);
    EXPECT_EQ(claims.expires, other.expires);
    EXPECT_EQ(claims.policy, other.policy);
    EXPECT_EQ(claims.policy_arns, other.policy_arns);
    EXPECT_EQ(claims.delegated_policy, other.delegated_policy);
    EXPECT_EQ(claims.scope_down, other.scope_down);
    EXPECT_EQ(claims.tags, other.tags);
    EXPECT_EQ(claims.transitive_tag_keys, other.transitive_tag_keys);
    EXPECT_EQ(claims.source_identity, other.source_identity);
    EXPECT_EQ(claims.mfa, other.mfa);
    EXPECT_EQ(claims.federation, other.federation);
    EXPECT_EQ(claims.end_is_fixed, other.end_is_fixed);
    EXPECT_EQ(claims.default_regions_only, other.default_regions_only);
}

TEST(SessionToken, ComesBackAsItWas) {
    SeededEntropy entropy(1);
    const SessionToken token = full_token();
    const auto opened = open_session_token(key, seal_session_token(key, token, entropy));
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->access_key_id, token.access_key_id);
    EXPECT_EQ(opened->secret.reveal(), "hush");
    expect_same(opened->claims, token.claims);
}

TEST(SessionToken, OneKindOfTextIsNoOther) {
    SeededEntropy entropy(1);
    const SessionToken token = full_token();
    const std::string claims = seal_session_claims(key, token.claims, entropy);
    const auto opened = open_session_claims(key, claims);
    ASSERT_TRUE(opened);
    expect_same(*opened, token.claims);
    const std::string trade_in = seal_trade_in_token(key, "a request", entropy);
    EXPECT_EQ(open_trade_in_token(key, trade_in), "a request");
    const std::string whole = seal_session_token(key, token, entropy);
    EXPECT_FALSE(open_session_token(key, claims));
    EXPECT_FALSE(open_session_token(key, trade_in));
    EXPECT_FALSE(open_session_claims(key, whole));
    EXPECT_FALSE(open_session_claims(key, trade_in));
    EXPECT_FALSE(open_trade_in_token(key, whole));
    EXPECT_FALSE(open_trade_in_token(key, claims));
    EXPECT_FALSE(open_trade_in_token(key, "not base64!"));
    EXPECT_FALSE(open_trade_in_token(key, trade_in.substr(4)));
}

TEST(SessionToken, WhatIsEmptyTakesNoRoom) {
    SeededEntropy entropy(1);
    SessionToken small{AccessKeyId("ASIAEXAMPLE"), Secret("hush"), {}};
    small.claims.kind = SessionKind::root;
    const std::string text = seal_session_token(key, small, entropy);
    EXPECT_LT(text.size(), seal_session_token(key, full_token(), entropy).size() / 2);
    const auto opened = open_session_token(key, text);
    ASSERT_TRUE(opened);
    EXPECT_FALSE(opened->claims.policy);
    EXPECT_TRUE(opened->claims.tags.empty());
    EXPECT_FALSE(opened->claims.mfa);
    EXPECT_FALSE(opened->claims.federation);
}

TEST(SessionToken, IsAsLongAsWanted) {
    SeededEntropy entropy(1);
    const std::size_t least = seal_session_token(key, full_token(), entropy).size();
    for (std::size_t wanted = 0; wanted < 3000; ++wanted) {
        const std::string text = seal_session_token(key, full_token(), entropy, wanted);
        ASSERT_GE(text.size(), std::max(wanted, least)) << wanted;
        const std::size_t most = wanted > least + 12 ? wanted + 3 : least + 16;
        ASSERT_LE(text.size(), most) << wanted;
        ASSERT_TRUE(open_session_token(key, text)) << wanted;
    }
}

TEST(SessionToken, NobodyCanChangeOne) {
    SeededEntropy entropy(1);
    const std::string text = seal_session_token(key, full_token(), entropy);
    constexpr std::array<unsigned char, 32> other{3, 2, 1};
    EXPECT_FALSE(open_session_token(other, text));
    EXPECT_FALSE(open_session_token(key, text.substr(0, text.size() - 4)));
    EXPECT_FALSE(open_session_token(key, ""));
    for (std::size_t i = 0; i < text.size(); i += 7) {
        std::string changed = text;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(open_session_token(key, changed)) << i;
    }
}

/// What another version, or a bug, may have sealed with the right key.
TEST(SessionToken, WhatIsNoTokenInsideIsNone) {
    SeededEntropy entropy(1);
    for (const std::string_view plain : {"", "\xa0", "\x01", "\xff\xff", "text"}) {
        const std::string sealed = seal(key, plain, "iamlocal session token 2", entropy);
        EXPECT_FALSE(open_session_token(key, base64_encode(as_bytes(sealed)))) << plain;
    }
}

}  // namespace
}  // namespace iamlocal::auth
