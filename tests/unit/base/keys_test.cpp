#include <string>

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/private_key.hpp"
#include "base/public_key.hpp"
#include "unit/base/key_vectors.hpp"

namespace iamlocal {
namespace {

constexpr std::string_view signed_text = "signed text";

std::string bytes(std::string_view base64) { return base64_decode(base64).value(); }

const std::string exponent("\x01\x00\x01", 3);

PublicKey rsa_key() { return PublicKey::from_rsa(bytes(vectors::modulus), exponent).value(); }

struct Curve {
    KeyKind kind;
    HashSize hash;
    std::string_view x;
    std::string_view y;
    std::string_view signature;
};
constexpr Curve curves[] = {
    {KeyKind::p256, HashSize::sha256, vectors::x256, vectors::y256, vectors::es256},
    {KeyKind::p384, HashSize::sha384, vectors::x384, vectors::y384, vectors::es384},
    {KeyKind::p521, HashSize::sha512, vectors::x512, vectors::y512, vectors::es512},
};

TEST(PublicKey, VerifiesWhatAnRsaKeyHasSigned) {
    struct Case {
        RsaPadding padding;
        HashSize hash;
        std::string_view signature;
    };
    const Case cases[] = {
        {RsaPadding::pkcs1, HashSize::sha256, vectors::rs256}, {RsaPadding::pkcs1, HashSize::sha384, vectors::rs384},
        {RsaPadding::pkcs1, HashSize::sha512, vectors::rs512}, {RsaPadding::pss, HashSize::sha256, vectors::ps256},
        {RsaPadding::pss, HashSize::sha384, vectors::ps384},   {RsaPadding::pss, HashSize::sha512, vectors::ps512},
    };
    const PublicKey key = rsa_key();
    EXPECT_EQ(key.kind(), KeyKind::rsa);
    EXPECT_EQ(key.bits(), 2048);
    for (const Case& signer : cases)
        for (const Case& verifier : cases)
            EXPECT_EQ(key.verifies_rsa(verifier.padding, verifier.hash, signed_text, bytes(signer.signature)),
                      &signer == &verifier);
    EXPECT_FALSE(key.verifies_rsa(RsaPadding::pkcs1, HashSize::sha256, "other text", bytes(vectors::rs256)));
    EXPECT_FALSE(key.verifies_rsa(RsaPadding::pkcs1, HashSize::sha256, signed_text, ""));
    EXPECT_FALSE(key.verifies_rsa(RsaPadding::pkcs1, HashSize::sha256, signed_text, bytes(vectors::rs256) + "x"));
    EXPECT_FALSE(key.verifies_ecdsa(HashSize::sha256, signed_text, bytes(vectors::es256)));
}

TEST(PublicKey, VerifiesWhatAKeyOfACurveHasSigned) {
    for (const Curve& curve : curves) {
        const auto key = PublicKey::from_point(curve.kind, bytes(curve.x), bytes(curve.y));
        ASSERT_TRUE(key);
        EXPECT_EQ(key->kind(), curve.kind);
        const std::string signature = bytes(curve.signature);
        EXPECT_TRUE(key->verifies_ecdsa(curve.hash, signed_text, signature));
        EXPECT_FALSE(key->verifies_ecdsa(curve.hash, "other text", signature));
        for (const std::size_t at : {std::size_t{0}, signature.size() / 2, signature.size() - 1}) {
            std::string wrong = signature;
            wrong[at] ^= 1;
            EXPECT_FALSE(key->verifies_ecdsa(curve.hash, signed_text, wrong));
        }
        EXPECT_FALSE(key->verifies_ecdsa(curve.hash, signed_text, signature.substr(1)));
        EXPECT_FALSE(key->verifies_ecdsa(curve.hash, signed_text, signature + signature));
        EXPECT_FALSE(key->verifies_ecdsa(curve.hash, signed_text, std::string(signature.size(), '\0')))
            << "CVE-2022-21449";
        EXPECT_FALSE(key->verifies_ecdsa(curve.hash, signed_text, std::string(signature.size(), '\xff')));
        EXPECT_FALSE(key->verifies_rsa(RsaPadding::pkcs1, curve.hash, signed_text, signature));
    }
}

TEST(PublicKey, APointMustBeOnItsCurve) {
    const Curve& p256 = curves[0];
    std::string x = bytes(p256.x);
    const std::string y = bytes(p256.y);
    EXPECT_FALSE(PublicKey::from_point(KeyKind::p384, x, y));
    EXPECT_FALSE(PublicKey::from_point(KeyKind::rsa, x, y));
    EXPECT_FALSE(PublicKey::from_point(KeyKind::p256, x.substr(1), y));
    EXPECT_FALSE(PublicKey::from_point(KeyKind::p256, x, y + '\0'));
    EXPECT_FALSE(PublicKey::from_point(KeyKind::p256, "", ""));
    EXPECT_FALSE(PublicKey::from_point(KeyKind::p256, std::string(32, '\0'), std::string(32, '\0')));
    x[31] ^= 1;
    EXPECT_FALSE(PublicKey::from_point(KeyKind::p256, x, y));
}

TEST(PublicKey, RsaNumbersThatAreNone) {
    const std::string modulus = bytes(vectors::modulus);
    EXPECT_TRUE(PublicKey::from_rsa(std::string(1, '\0') + modulus, exponent));
    EXPECT_FALSE(PublicKey::from_rsa("", exponent));
    EXPECT_FALSE(PublicKey::from_rsa(modulus, ""));
    EXPECT_FALSE(PublicKey::from_rsa(modulus, "\x01"));
    EXPECT_FALSE(PublicKey::from_rsa(modulus, "\x04"));
    EXPECT_FALSE(PublicKey::from_rsa(modulus, std::string(9, '\xff')));
    EXPECT_FALSE(PublicKey::from_rsa(modulus.substr(0, 127), exponent));
    EXPECT_FALSE(PublicKey::from_rsa(std::string(2100, '\xff'), exponent));
    EXPECT_FALSE(PublicKey::from_rsa(modulus.substr(0, 255) + '\x02', exponent));
}

TEST(PublicKey, KeysAreComparedByTheirNumbers) {
    EXPECT_TRUE(rsa_key().is_same(rsa_key()));
    const auto point = PublicKey::from_point(KeyKind::p256, bytes(vectors::x256), bytes(vectors::y256));
    EXPECT_FALSE(rsa_key().is_same(*point));
}

TEST(PublicKey, WhatIsNoCertificate) {
    EXPECT_FALSE(PublicKey::from_certificate(""));
    EXPECT_FALSE(PublicKey::from_certificate("text"));
    EXPECT_FALSE(PublicKey::from_certificate(std::string("\x30\x80\x00\x00", 4)));
}

TEST(PrivateKey, WhatIsNone) {
    EXPECT_FALSE(is_private_key(""));
    EXPECT_FALSE(is_private_key("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"));
    EXPECT_FALSE(is_private_key("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
}

}  // namespace
}  // namespace iamlocal
