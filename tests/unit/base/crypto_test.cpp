#include "base/crypto.hpp"

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace iamlocal {
namespace {

// FIPS 180-4 and RFC 4231 publish these values.
TEST(Sha256, MatchesPublishedDigests) {
    EXPECT_EQ(hex_encode(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_encode(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Fingerprints, MatchPublishedDigests) {
    EXPECT_EQ(hex_encode(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    EXPECT_EQ(hex_encode(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(hex_encode(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST(HmacSha256, MatchesRfc4231) {
    EXPECT_EQ(hex_encode(hmac_sha256(as_bytes("Jefe"), "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    const std::string long_key(131, '\xaa');
    EXPECT_EQ(hex_encode(hmac_sha256(as_bytes(long_key), "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// The first is of RFC 7914, as far as we have bytes of it; the second comes from Python's hashlib.
TEST(PasswordHash, IsScrypt) {
    EXPECT_EQ(hex_encode(password_hash("pleaseletmein", "SodiumChloride")),
              "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
    EXPECT_EQ(hex_encode(password_hash("\u00e9", std::string_view("\0", 1))),
              "fb3c09acaf5b881cffb122ebc337fd9448ca0afd36fb49dcb359cc566574d045");
}

TEST(Comparison, TellsEqualFromDifferent) {
    EXPECT_TRUE(equal_in_constant_time("", ""));
    EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_in_constant_time("abc", "abcd"));
}

TEST(Sealing, OpensOnlyWhatIsWhole) {
    SeededEntropy entropy(1);
    const Digest key = sha256("key");
    const std::string sealed = seal(key, "the text", "bound", entropy);
    EXPECT_EQ(open_sealed(key, sealed, "bound"), "the text");
    EXPECT_FALSE(open_sealed(key, sealed, "other"));
    EXPECT_FALSE(open_sealed(sha256("other key"), sealed, "bound"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        SCOPED_TRACE(i);
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(open_sealed(key, changed, "bound"));
        EXPECT_FALSE(open_sealed(key, sealed.substr(0, i), "bound"));
    }
}

TEST(Sealing, NeverGivesTheSameTextTwice) {
    SeededEntropy entropy(1);
    const Digest key = sha256("key");
    EXPECT_NE(seal(key, "text", "", entropy), seal(key, "text", "", entropy));
    EXPECT_EQ(open_sealed(key, seal(key, "", "", entropy), ""), "");
}

}  // namespace
}  // namespace iamlocal
