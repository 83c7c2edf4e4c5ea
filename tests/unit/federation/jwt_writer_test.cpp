#include "federation/jwt_writer.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "federation/algorithms.hpp"
#include "federation/jwks.hpp"
#include "federation/jwt.hpp"

namespace iamlocal::federation {
namespace {

constexpr std::string_view written_claims = R"({"iss":"https://idp.example.com","sub":"alice","aud":"client"})";

TEST(JwtWriter, WritesWhatTheReaderVerifies) {
    const char* const names[] = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"};
    const SigningKey rsa = SigningKey::generate(KeyKind::rsa);
    const SigningKey other = SigningKey::generate(KeyKind::rsa);
    for (const char* name : names) {
        const KeyKind kind = find_algorithm(name)->kind;
        const SigningKey key = kind == KeyKind::rsa ? rsa : SigningKey::generate(kind);
        const auto token = parse_jwt(write_jwt(key, {.algorithm = name, .key_id = "first"}, written_claims));
        ASSERT_TRUE(token) << name;
        EXPECT_EQ(token->algorithm, name);
        EXPECT_EQ(token->key_id, "first");
        EXPECT_EQ(token->claims.issuer, "https://idp.example.com");
        const std::string jwk = write_jwk(key, "first", name);
        const std::vector<std::string> set{write_jwk(other, "second", "RS256"), jwk};
        EXPECT_EQ(verify(*token, parse_jwks(write_jwks(set)).value()), Verified::yes) << name;
        const std::vector<std::string> wrong{write_jwk(other, "first", "RS256")};
        EXPECT_EQ(verify(*token, parse_jwks(write_jwks(wrong)).value()), Verified::no) << name;
    }
}

TEST(JwtWriter, NeedsTheKeyOfTheAlgorithm) {
    const SigningKey key = SigningKey::generate(KeyKind::p256);
    for (const char* name : {"RS256", "ES384", "HS256", "none", ""})
        EXPECT_THROW(write_jwt(key, {.algorithm = name, .key_id = {}}, written_claims), std::logic_error) << name;
}

TEST(JwtWriter, HeadersAreWhatIsAskedFor) {
    const SigningKey key = SigningKey::generate(KeyKind::p256);
    const auto header = [&](const JwtHeader& wanted) {
        const std::string token = write_jwt(key, wanted, written_claims);
        return base64url_decode(token.substr(0, token.find('.'))).value();
    };
    EXPECT_EQ(header({.algorithm = "ES256", .key_id = "k"}), R"({"kid":"k","typ":"JWT","alg":"ES256"})");
    EXPECT_EQ(header({.algorithm = "ES256", .key_id = {}, .type = {}}), R"({"alg":"ES256"})");
    EXPECT_EQ(header({.algorithm = "ES256", .key_id = "\"\xff"}),
              "{\"kid\":\"\\\"\xef\xbf\xbd\",\"typ\":\"JWT\",\"alg\":\"ES256\"}");
}

TEST(JwtWriter, KeysHaveTheirPublicHalfOnly) {
    const std::string jwk = write_jwk(SigningKey::generate(KeyKind::p384), "EC384_0", "ES384");
    EXPECT_TRUE(jwk.starts_with(R"({"kty":"EC","use":"sig","kid":"EC384_0","alg":"ES384","crv":"P-384","x":")")) << jwk;
    EXPECT_EQ(jwk.find("\"d\""), std::string::npos);
    EXPECT_EQ(write_jwks({}), R"({"keys":[]})");
}

}  // namespace
}  // namespace iamlocal::federation
