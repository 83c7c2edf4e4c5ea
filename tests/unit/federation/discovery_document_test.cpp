#include "federation/discovery_document.hpp"

#include <gtest/gtest.h>

namespace iamlocal::federation {
namespace {

/// The address, or the complaint behind a minus.
std::string address_in(std::string_view text, std::string_view issuer = "https://idp.example.com") {
    const auto found = parse_discovery_document(text, issuer);
    if (const auto* const address = std::get_if<JwksAddress>(&found)) return address->url;
    return "-" + std::get<DiscoveryFault>(found).complaint;
}

TEST(DiscoveryDocument, IsWhereTheStandardSays) {
    EXPECT_EQ(discovery_address("https://idp.example.com"), "https://idp.example.com/.well-known/openid-configuration");
    EXPECT_EQ(discovery_address("https://idp.example.com/"),
              "https://idp.example.com/.well-known/openid-configuration");
    EXPECT_EQ(discovery_address("https://idp.example.com/a/b"),
              "https://idp.example.com/a/b/.well-known/openid-configuration");
}

TEST(DiscoveryDocument, SaysWhereTheKeysAre) {
    EXPECT_EQ(address_in(R"({"issuer":"https://idp.example.com","jwks_uri":"https://keys.example.com/k?x=1"})"),
              "https://keys.example.com/k?x=1");
    EXPECT_EQ(address_in(R"({"issuer":"https://idp.example.com/","jwks_uri":"u"})"), "u");
    EXPECT_EQ(address_in(R"({"issuer":"https://idp.example.com","jwks_uri":"u"})", "https://idp.example.com/"), "u");
}

TEST(DiscoveryDocument, IsOfThatIssuerAlone) {
    constexpr const char* other = "-its discovery document is that of another issuer";
    EXPECT_EQ(address_in(R"({"jwks_uri":"u"})"), other);
    EXPECT_EQ(address_in(R"({"issuer":7,"jwks_uri":"u"})"), other);
    EXPECT_EQ(address_in(R"({"issuer":"https://evil.example.com","jwks_uri":"u"})"), other);
    EXPECT_EQ(address_in(R"({"issuer":"http://idp.example.com","jwks_uri":"u"})"), other);
    EXPECT_EQ(address_in(R"({"issuer":"https://IDP.example.com","jwks_uri":"u"})"), other);
    EXPECT_EQ(address_in(R"({"issuer":"https://idp.example.com//","jwks_uri":"u"})"), other);
}

TEST(DiscoveryDocument, NamesAnAddress) {
    for (const char* text :
         {R"({"issuer":"https://idp.example.com"})", R"({"issuer":"https://idp.example.com","jwks_uri":""})",
          R"({"issuer":"https://idp.example.com","jwks_uri":["u"]})"})
        EXPECT_EQ(address_in(text), "-its discovery document has no jwks_uri") << text;
    for (const char* text : {"", "[]", "null", "<html>", R"({"issuer":)"})
        EXPECT_EQ(address_in(text), "-its discovery document is no JSON object") << text;
}

}  // namespace
}  // namespace iamlocal::federation
