#include "base/key_transport.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "base/pem.hpp"
#include "base/self_signed.hpp"
#include "base/signing_key.hpp"

namespace iamlocal {
namespace {

std::string transport_certificate(const SigningKey& key) {
    SeededEntropy entropy(1);
    const Seconds now{std::chrono::seconds(1'700'000'000)};
    const std::string pem = self_signed_certificate(
        key, {.common_name = "x", .not_before = now, .not_after = now + std::chrono::hours(1)}, entropy);
    return parse_pem(pem)->front().bytes;
}

class KeyTransport : public testing::Test {
  protected:
    static const SigningKey& key() {
        static const SigningKey made = SigningKey::generate(KeyKind::rsa);
        return made;
    }
    const std::string certificate_ = transport_certificate(key());
    const Secret secret_{std::string("sixteen bytes ..")};
};

TEST_F(KeyTransport, TheOwnerOpensIt) {
    for (const OaepHash digest : {OaepHash::sha1, OaepHash::sha256, OaepHash::sha384, OaepHash::sha512})
        for (const OaepHash mask : {OaepHash::sha1, OaepHash::sha224, OaepHash::sha256})
            for (const char* const label : {"", "label"}) {
                const Oaep oaep{digest, mask, label};
                const auto sealed = seal_oaep(certificate_, oaep, secret_);
                ASSERT_TRUE(sealed.has_value());
                const auto opened = open_oaep(key().pem(), oaep, *sealed);
                ASSERT_TRUE(opened.has_value());
                EXPECT_EQ(opened->reveal(), secret_.reveal());
            }
}

TEST_F(KeyTransport, NobodyElseDoes) {
    const std::string sealed = *seal_oaep(certificate_, {}, secret_);
    EXPECT_FALSE(open_oaep(SigningKey::generate(KeyKind::rsa).pem(), {}, sealed));
    EXPECT_FALSE(open_oaep(SigningKey::generate(KeyKind::p256).pem(), {}, sealed));
    EXPECT_FALSE(open_oaep(Secret("no key"), {}, sealed));
    EXPECT_FALSE(open_oaep(key().pem(), {.digest = OaepHash::sha256}, sealed));
    EXPECT_FALSE(open_oaep(key().pem(), {.mask = OaepHash::sha256}, sealed));
    EXPECT_FALSE(open_oaep(key().pem(), {.label = "x"}, sealed));
    EXPECT_FALSE(open_oaep(key().pem(), {}, sealed.substr(1)));
    EXPECT_FALSE(open_oaep(key().pem(), {}, ""));
}

TEST_F(KeyTransport, WhatCannotBeSealedIsNot) {
    EXPECT_FALSE(seal_oaep("no certificate", {}, secret_));
    EXPECT_FALSE(seal_oaep(transport_certificate(SigningKey::generate(KeyKind::p256)), {}, secret_));
    EXPECT_FALSE(seal_oaep(certificate_, {}, Secret(std::string(300, 'x'))));
}

TEST(Aes, WhatWasSealedIsOpened) {
    SeededEntropy entropy(3);
    for (const AesMode mode : {AesMode::cbc, AesMode::gcm})
        for (const std::size_t key_size : {16u, 32u})
            for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 1000u}) {
                const Secret key(std::string(key_size, 'k'));
                const std::string plain(size, 'p');
                const std::string sealed = seal_aes(mode, key, plain, entropy);
                EXPECT_EQ(open_aes(mode, key, sealed), plain);
                EXPECT_NE(open_aes(mode, Secret(std::string(key_size, 'x')), sealed), plain);
            }
}

TEST(Aes, GcmIsNotChangedUnnoticed) {
    SeededEntropy entropy(3);
    const Secret key(std::string(32, 'k'));
    const std::string sealed = seal_aes(AesMode::gcm, key, "hello", entropy);
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string changed = sealed;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(open_aes(AesMode::gcm, key, changed)) << at;
    }
}

TEST(Aes, WhatIsTooShortOrOddIsRefused) {
    const Secret key(std::string(16, 'k'));
    for (const AesMode mode : {AesMode::cbc, AesMode::gcm})
        for (const std::size_t size : {0u, 1u, 15u, 16u, 17u, 27u, 31u, 33u})
            EXPECT_FALSE(open_aes(mode, key, std::string(size, 'x'))) << size;
    EXPECT_FALSE(open_aes(AesMode::gcm, Secret(std::string(24, 'k')), std::string(64, 'x')));
    SeededEntropy entropy(3);
    EXPECT_THROW(seal_aes(AesMode::gcm, Secret("short"), "x", entropy), std::logic_error);
}

}  // namespace
}  // namespace iamlocal
