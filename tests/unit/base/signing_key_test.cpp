#include "base/signing_key.hpp"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/entropy.hpp"
#include "base/pem.hpp"
#include "base/private_key.hpp"
#include "base/self_signed.hpp"
#include "base/time_format.hpp"
#include "base/x509.hpp"

namespace iamlocal {
namespace {

constexpr std::string_view text_to_sign = "signed text";
constexpr HashSize hashes[] = {HashSize::sha256, HashSize::sha384, HashSize::sha512};

PublicKey public_half(const SigningKey& key) {
    if (key.kind() == KeyKind::rsa) {
        const RsaNumbers numbers = key.rsa_numbers();
        return PublicKey::from_rsa(numbers.modulus, numbers.exponent).value();
    }
    const PointNumbers point = key.point();
    return PublicKey::from_point(key.kind(), point.x, point.y).value();
}

/// One for all tests: making one takes long.
const SigningKey& rsa() {
    static const SigningKey key = SigningKey::generate(KeyKind::rsa);
    return key;
}

TEST(SigningKey, RsaSignsWhatItsPublicHalfVerifies) {
    const PublicKey half = public_half(rsa());
    EXPECT_EQ(half.bits(), 2048);
    for (const RsaPadding padding : {RsaPadding::pkcs1, RsaPadding::pss})
        for (const HashSize hash : hashes) {
            const std::string signature = rsa().sign_rsa(padding, hash, text_to_sign);
            EXPECT_TRUE(half.verifies_rsa(padding, hash, text_to_sign, signature));
            EXPECT_FALSE(half.verifies_rsa(padding, hash, "other text", signature));
        }
    EXPECT_THROW(rsa().sign_ecdsa(HashSize::sha256, text_to_sign), std::logic_error);
    EXPECT_THROW(rsa().point(), std::logic_error);
}

TEST(SigningKey, ACurveSignsWhatItsPublicHalfVerifies) {
    for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::p521}) {
        const SigningKey key = SigningKey::generate(kind);
        const PublicKey half = public_half(key);
        EXPECT_EQ(half.kind(), kind);
        // Often enough for numbers that begin with a zero byte.
        for (int i = 0; i < 300; ++i) {
            const std::string signature = key.sign_ecdsa(HashSize::sha384, text_to_sign);
            ASSERT_EQ(signature.size(), 2 * coordinate_size(kind));
            ASSERT_TRUE(half.verifies_ecdsa(HashSize::sha384, text_to_sign, signature));
        }
        EXPECT_THROW(key.sign_rsa(RsaPadding::pkcs1, HashSize::sha256, text_to_sign), std::logic_error);
        EXPECT_THROW(key.rsa_numbers(), std::logic_error);
    }
    EXPECT_THROW(SigningKey::generate(KeyKind::other), std::logic_error);
}

TEST(SigningKey, EveryKeyIsAnother) {
    EXPECT_FALSE(
        public_half(SigningKey::generate(KeyKind::p256)).is_same(public_half(SigningKey::generate(KeyKind::p256))));
}

TEST(SigningKey, ComesBackFromItsPem) {
    for (const SigningKey& key : {rsa(), SigningKey::generate(KeyKind::p256), SigningKey::generate(KeyKind::p384)}) {
        const Secret pem = key.pem();
        EXPECT_TRUE(pem.reveal().starts_with("-----BEGIN PRIVATE KEY-----\n"));
        EXPECT_TRUE(is_private_key(pem.reveal()));
        const auto read = SigningKey::parse_pem(pem.reveal());
        ASSERT_TRUE(read);
        EXPECT_TRUE(public_half(*read).is_same(public_half(key)));
    }
    for (const char* wrong : {"", "text", "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"}) {
        EXPECT_FALSE(SigningKey::parse_pem(wrong)) << wrong;
        EXPECT_EQ(ERR_peek_error(), 0U);
    }
}

TEST(SelfSigned, CertificatesAreOfTheirKey) {
    SystemEntropy entropy;
    const Seconds begin = whole_seconds(parse_iso8601("2026-01-01T00:00:00Z").value());
    const Seconds end = whole_seconds(parse_iso8601("2126-01-01T00:00:00Z").value());
    for (const SigningKey& key : {rsa(), SigningKey::generate(KeyKind::p384)}) {
        const std::string pem = self_signed_certificate(key, {"idp.example.com", begin, end}, entropy);
        const auto certificate = Certificate::parse_pem(pem);
        ASSERT_TRUE(certificate);
        EXPECT_EQ(certificate->not_before(), begin);
        EXPECT_EQ(certificate->not_after(), end);
        EXPECT_TRUE(certificate->matches(PrivateKey::parse_pem(key.pem().reveal()).value()));
        const auto blocks = parse_pem(pem);
        ASSERT_TRUE(blocks);
        EXPECT_TRUE(PublicKey::from_certificate(blocks->front().bytes)->is_same(public_half(key)));
        EXPECT_NE(pem, self_signed_certificate(key, {"idp.example.com", begin, end}, entropy)) << "another serial";
    }
}

TEST(SelfSigned, NamesMustBeSuchAsCertificatesHave) {
    SystemEntropy entropy;
    const Seconds begin = whole_seconds(parse_iso8601("2026-01-01T00:00:00Z").value());
    for (const std::string& name : {std::string(), std::string(65, 'x'), std::string("\xff")})
        EXPECT_THROW(self_signed_certificate(rsa(), {name, begin, begin}, entropy), std::runtime_error);
    EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace iamlocal
