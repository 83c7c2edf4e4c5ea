#include "testbench/issuer_requests.hpp"

#include <gtest/gtest.h>

namespace iamlocal::testbench {
namespace {

TEST(IssuerRequests, NothingAsksForWhatIsUsual) {
    const auto declaration = std::get<IssuerDeclaration>(parse_issuer_declaration(""));
    EXPECT_FALSE(declaration.url || declaration.key.algorithm || declaration.key.id);
    EXPECT_EQ(declaration.preset, "");
    EXPECT_EQ(std::get<Rotation>(parse_rotation("{}")).keep, 1);
    const auto wish = std::get<TokenWish>(parse_token_wish(""));
    EXPECT_TRUE(wish.claims.empty() && wish.has_key_id && !wish.key_id && !wish.lifetime && !wish.algorithm);
}

TEST(IssuerRequests, AreRead) {
    const auto declaration = std::get<IssuerDeclaration>(parse_issuer_declaration(
        R"({"issuer": "https://idp.example.com", "preset": "eks", "algorithm": "ES384", "kid": "k"})"));
    EXPECT_EQ(declaration.url, "https://idp.example.com");
    EXPECT_EQ(declaration.preset, "eks");
    EXPECT_EQ(declaration.key.algorithm, "ES384");
    EXPECT_EQ(declaration.key.id, "k");
    const auto rotation = std::get<Rotation>(parse_rotation(R"({"keep": 9, "kid": "k"})"));
    EXPECT_EQ(rotation.keep, 9);
    EXPECT_EQ(rotation.key.id, "k");
    const auto wish = std::get<TokenWish>(
        parse_token_wish(R"({"claims": {"z": 1, "a": null}, "expires_in": "2m", "kid": null, "algorithm": "PS512"})"));
    EXPECT_EQ(wish.claims.dump(), R"({"z":1,"a":null})");
    EXPECT_EQ(wish.lifetime, 120);
    EXPECT_FALSE(wish.has_key_id);
    EXPECT_EQ(wish.algorithm, "PS512");
    EXPECT_EQ(std::get<TokenWish>(parse_token_wish(R"({"expires_in": -60})")).lifetime, -60);
}

TEST(IssuerRequests, BodiesHaveBounds) {
    const auto refused = [](const std::string& body) {
        return std::holds_alternative<std::string>(parse_token_wish(body));
    };
    const auto nested = [](int depth) {
        return R"({"claims":{"a":)" + std::string(static_cast<std::size_t>(depth), '[') +
               std::string(static_cast<std::size_t>(depth), ']') + "}}";
    };
    EXPECT_FALSE(refused(nested(10)));
    EXPECT_TRUE(refused(nested(20)));
    EXPECT_TRUE(refused(nested(8000)));
    EXPECT_FALSE(refused(R"({"claims":{"a":")" + std::string(16'000, 'x') + "\"}}"));
    EXPECT_TRUE(refused(R"({"claims":{"a":")" + std::string(16'400, 'x') + "\"}}"));
    EXPECT_TRUE(refused(R"({"expires_in": 18446744073709551615})"));
    EXPECT_TRUE(refused(R"({"expires_in": 1e400})"));
    for (const char* body :
         {"x", "[]", "null", "{", R"({"claims": 1})", R"({"Claims": {}})", R"({"expires_in": true})"})
        EXPECT_TRUE(refused(body)) << body;
}

TEST(IssuerRequests, NamesAndAddresses) {
    for (const char* name : {"a", "A-b_9", "0"}) EXPECT_TRUE(is_issuer_name(name)) << name;
    EXPECT_TRUE(is_issuer_name(std::string(64, 'a')));
    EXPECT_FALSE(is_issuer_name(std::string(65, 'a')));
    for (const char* name : {"", "a.b", "a/b", "a b", "\xc3\xa9"}) EXPECT_FALSE(is_issuer_name(name)) << name;

    for (const char* url : {"https://a", "http://a", "https://a-b.c_d:8443/x/~y/", "https://a:1", "https://a/"})
        EXPECT_TRUE(is_issuer_url(url)) << url;
    for (const char* url : {"", "https://", "https:///x", "a", "ftp://a", "https://a?x", "https://a#x", "https://u@a",
                            "https://a:", "https://a:0", "https://a:65536", "https://a:1x", "https://a:443",
                            "https://a:443/x", "https://[::1]", "https://a/%41", "https://a /"})
        EXPECT_FALSE(is_issuer_url(url)) << url;
    EXPECT_FALSE(is_issuer_url("https://" + std::string(248, 'a')));
}

}  // namespace
}  // namespace iamlocal::testbench
