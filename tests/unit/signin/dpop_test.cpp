#include "signin/dpop.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/signing_key.hpp"

namespace iamlocal::signin {
namespace {

constexpr Seconds proof_time{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view url = "http://127.0.0.1:4566/v1/token";

/// Proofs of one client.
struct Client {
    SigningKey key = SigningKey::generate(KeyKind::p256);
    nlohmann::json head{{"typ", "dpop+jwt"}, {"alg", "ES256"}, {"jwk", jwk()}};
    nlohmann::json claims{{"jti", "1"}, {"htm", "POST"}, {"htu", url}, {"iat", proof_time.time_since_epoch().count()}};

    nlohmann::json jwk() const {
        const PointNumbers point = key.point();
        return {{"kty", "EC"}, {"crv", "P-256"}, {"x", base64url_encode(point.x)}, {"y", base64url_encode(point.y)}};
    }
    std::string proof() const {
        const std::string text = base64url_encode(head.dump()) + "." + base64url_encode(claims.dump());
        return text + "." + base64url_encode(key.sign_ecdsa(HashSize::sha256, text));
    }
};

std::optional<std::string> verify(const std::string& proof, Seconds now = proof_time) {
    return verify_proof(proof, {"POST", url}, now, now);
}

TEST(Dpop, AProofTellsItsKey) {
    const Client client;
    const auto thumbprint = verify(client.proof());
    ASSERT_TRUE(thumbprint);
    EXPECT_EQ(thumbprint->size(), 43U);
    EXPECT_EQ(verify(client.proof()), thumbprint);
    EXPECT_NE(verify(Client().proof()), thumbprint);
}

TEST(Dpop, AProofIsForOneRequestAtItsTime) {
    const Client client;
    EXPECT_TRUE(verify(client.proof(), proof_time + std::chrono::minutes(5)));
    EXPECT_FALSE(verify(client.proof(), proof_time + std::chrono::minutes(6)));
    EXPECT_FALSE(verify(client.proof(), proof_time - std::chrono::minutes(6)));
    EXPECT_TRUE(verify_proof(client.proof(), {"POST", url}, proof_time + std::chrono::hours(9), proof_time));
    EXPECT_FALSE(verify_proof(client.proof(), {"GET", url}, proof_time, proof_time));
    EXPECT_FALSE(verify_proof(client.proof(), {"POST", "http://127.0.0.1/v1/token"}, proof_time, proof_time));
}

TEST(Dpop, OthersAreRefused) {
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, nlohmann::json>>{
             {"htm", "GET"}, {"htu", 1}, {"iat", "now"}, {"iat", 1e300}, {"iat", nullptr}, {"jti", 5}}) {
        Client client;
        client.claims[name] = value;
        EXPECT_FALSE(verify(client.proof())) << name << value;
    }
    for (const auto& [name, value] :
         std::initializer_list<std::pair<const char*, nlohmann::json>>{{"typ", "JWT"},
                                                                       {"alg", "none"},
                                                                       {"alg", "HS256"},
                                                                       {"jwk", nullptr},
                                                                       {"jwk", "x"},
                                                                       {"jwk", Client().jwk()}}) {
        Client client;
        client.head[name] = value;
        EXPECT_FALSE(verify(client.proof())) << name << value;
    }
    Client client;
    client.head["jwk"]["d"] = "private";
    EXPECT_FALSE(verify(client.proof()));
    client.head["jwk"] = {{"kty", "oct"}, {"k", "AAAA"}};
    EXPECT_FALSE(verify(client.proof()));
    const std::string good = Client().proof();
    EXPECT_FALSE(verify(good.substr(0, good.rfind('.') + 1)));
    EXPECT_FALSE(verify("x.y.z"));
    EXPECT_FALSE(verify(""));
    EXPECT_FALSE(verify(std::string(10000, 'x')));
}

}  // namespace
}  // namespace iamlocal::signin
