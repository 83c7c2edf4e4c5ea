#include "base/x509.hpp"

#include <fstream>

#include <gtest/gtest.h>
#include <openssl/err.h>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/pem.hpp"
#include "base/time_format.hpp"

namespace iamlocal {
namespace {

std::string read(const std::string& name) {
    std::ifstream file(IAMLOCAL_SOURCE_DIR "/tests/support/certificates/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

Certificate certificate(const std::string& name) { return Certificate::parse_pem(read(name)).value(); }
PrivateKey key(const std::string& name) { return PrivateKey::parse_pem(read(name)).value(); }

TEST(Certificates, SayHowLongTheyAreValid) {
    const Certificate leaf = certificate("leaf.crt");
    EXPECT_EQ(format_iso8601(leaf.not_before()), "2020-01-02T03:04:05Z");
    EXPECT_EQ(format_iso8601(leaf.not_after()), "2049-01-02T03:04:05Z");
    EXPECT_EQ(format_iso8601(certificate("expired.crt").not_after()), "2021-01-02T03:04:05Z");
}

TEST(Certificates, HaveBytesToMakeFingerprintsOf) {
    EXPECT_EQ(hex_encode(sha1(certificate("leaf.crt").bytes())), "ee39ba56e6c6ea14789b7e5190fa854dc70cc00c");
}

TEST(Certificates, MatchTheirKeyInEveryForm) {
    const Certificate leaf = certificate("leaf.crt");
    const std::string parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    EXPECT_TRUE(leaf.matches(key("leaf.key")));
    EXPECT_TRUE(leaf.matches(key("leaf-sec1.key")));
    EXPECT_TRUE(leaf.matches(PrivateKey::parse_pem(parameters + read("leaf-sec1.key")).value()));
    EXPECT_FALSE(leaf.matches(key("other.key")));
    EXPECT_FALSE(leaf.matches(key("rsa.key")));
    EXPECT_TRUE(certificate("rsa.crt").matches(key("rsa.key")));
}

TEST(Certificates, AreCertifiedByNameAndSignature) {
    const Certificate root = certificate("root.crt");
    const Certificate intermediate = certificate("intermediate.crt");
    const Certificate leaf = certificate("leaf.crt");
    EXPECT_TRUE(leaf.is_certified_by(intermediate));
    EXPECT_TRUE(intermediate.is_certified_by(root));
    EXPECT_TRUE(root.is_certified_by(root));
    EXPECT_FALSE(leaf.is_certified_by(root));
    EXPECT_FALSE(intermediate.is_certified_by(leaf));
    EXPECT_FALSE(leaf.is_certified_by(certificate("namesake.crt"))) << "the name alone";
}

TEST(Certificates, ComeInLists) {
    const std::string text = read("intermediate.crt") + read("root.crt");
    const auto list = Certificate::parse_pem_list(text);
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 2U);
    EXPECT_EQ(list->back().bytes(), certificate("root.crt").bytes());
    EXPECT_FALSE(Certificate::parse_pem(text)) << "one is one";
    EXPECT_FALSE(Certificate::parse_pem_list(text + read("leaf.key")));
    EXPECT_FALSE(Certificate::parse_pem_list(""));
}

TEST(Certificates, AreNothingElse) {
    const std::string der = certificate("leaf.crt").bytes();
    EXPECT_TRUE(Certificate::parse_pem(write_pem("CERTIFICATE", der)));
    EXPECT_FALSE(Certificate::parse_pem(write_pem("CERTIFICATE", der + '\0'))) << "bytes behind it";
    EXPECT_FALSE(Certificate::parse_pem(write_pem("CERTIFICATE", der.substr(0, der.size() - 1))));
    EXPECT_FALSE(Certificate::parse_pem(write_pem("TRUSTED CERTIFICATE", der)));
    EXPECT_FALSE(Certificate::parse_pem(read("leaf.key")));
    EXPECT_FALSE(Certificate::parse_pem("not a certificate"));
}

TEST(Certificates, AreReadWithoutAnError) {
    // Whatever is cut off or changed, somewhere in between: an answer, and nothing left behind for others to trip over.
    const std::string der = certificate("leaf.crt").bytes();
    for (std::size_t i = 0; i < der.size(); ++i) {
        std::string changed = der;
        changed[i] = static_cast<char>(changed[i] ^ 0x55);
        const auto parsed = Certificate::parse_pem(write_pem("CERTIFICATE", changed));
        EXPECT_FALSE(parsed && parsed->is_certified_by(certificate("intermediate.crt"))) << i;
        EXPECT_EQ(ERR_peek_error(), 0U) << i;
    }
}

TEST(PrivateKeys, AreNothingElse) {
    const std::string plain = read("leaf.key");
    EXPECT_FALSE(PrivateKey::parse_pem(read("leaf-encrypted.key")));
    EXPECT_FALSE(PrivateKey::parse_pem(read("leaf-sec1-encrypted.key")));
    EXPECT_FALSE(PrivateKey::parse_pem(read("leaf.crt")));
    EXPECT_FALSE(PrivateKey::parse_pem(plain + plain));
    EXPECT_FALSE(PrivateKey::parse_pem(read("leaf.crt") + plain));
    EXPECT_FALSE(PrivateKey::parse_pem(write_pem("PRIVATE KEY", "abc")));
    EXPECT_FALSE(PrivateKey::parse_pem(write_pem("PRIVATE KEY", parse_pem(plain)->front().bytes + '\0')));
    EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace iamlocal
