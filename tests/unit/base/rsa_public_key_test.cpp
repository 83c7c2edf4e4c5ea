#include "base/rsa_public_key.hpp"

#include <gtest/gtest.h>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/pem.hpp"

namespace iamlocal {
namespace {

// A key in both forms, as AWS answered them, and 1024 bits.
const std::string line =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDIY1bUhD4rWJDi3zlyrRzJMvZETETHNX985G+juA5biDLAkPJW/Z9kHic4hm8k"
    "JPjKzFlmQwulgsFIVUfChqDpqBzcIWv1uOM8pLwaa/gyS5QcECUm8fTzDUkgm1ONA6nw4l5jQNVji2q/tYulW5c2L5p+ztSOS/ma"
    "LE7ZlE+iZ2f1z/xsXDke6OWzRua71eMpPNvPdhmUCtcIolMkqbloKm9l5WNvZTB75OEoauVZXVE8EmF9hK8ixdNSRvZ+u4CgJ+X3"
    "kNTR2l3yp+YIr0uS+kCpBLccI/C48YjJEVle6WckTlN35+Tt5awwZPeX2odQe2FK0YNd+dYhMxECBc/l";
const std::string pem = R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAyGNW1IQ+K1iQ4t85cq0c
yTL2RExExzV/fORvo7gOW4gywJDyVv2fZB4nOIZvJCT4ysxZZkMLpYLBSFVHwoag
6agc3CFr9bjjPKS8Gmv4MkuUHBAlJvH08w1JIJtTjQOp8OJeY0DVY4tqv7WLpVuX
Ni+afs7Ujkv5mixO2ZRPomdn9c/8bFw5Hujls0bmu9XjKTzbz3YZlArXCKJTJKm5
aCpvZeVjb2Uwe+ThKGrlWV1RPBJhfYSvIsXTUkb2fruAoCfl95DU0dpd8qfmCK9L
kvpAqQS3HCPwuPGIyRFZXulnJE5Td+fk7eWsMGT3l9qHUHthStGDXfnWITMRAgXP
5QIDAQAB
-----END PUBLIC KEY-----
)";
const std::string short_line =
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCcVE/YJVzsr+UeMijViHlYc9XrrjF5xI3Rj09R2hzKrJpUGQcRI3LrNTiBCPsE"
    "aUvz33XYLUTvJunARRMgcxuiqQFBJy8R1lBn+KcZqPdozxQYU9D/bso2r8gI+uI95CPvvzVb93DwIP83o9+ePDoSbNED8izYQQqw"
    "i0ZeL1bHew==";
const std::string elliptic = R"(-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEhTFutaS+uPK4hWbPjIZyOO2kdigt
cynJirC23SHAtyntfyGH5iCrgTz/hP4kh7OpCde0sMp/alOTkQnDUOH3dg==
-----END PUBLIC KEY-----
)";

std::string from_hex(std::string_view digits) {
    std::string out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        out.push_back(static_cast<char>(hex_value(digits[i]) * 16 + hex_value(digits[i + 1])));
    return out;
}

TEST(RsaPublicKeys, HaveTwoForms) {
    const auto from_line = RsaPublicKey::parse(line);
    const auto from_pem = RsaPublicKey::parse(pem);
    ASSERT_TRUE(from_line);
    EXPECT_EQ(from_line, from_pem);
    EXPECT_EQ(from_line->ssh_line(), line);
    EXPECT_EQ(from_line->pem(), pem);
    EXPECT_EQ(hex_encode(md5(from_line->ssh_bytes())), "050c96ed4b97f27ca5298a59b8d7b2bc");
    EXPECT_EQ(RsaPublicKey::parse_ssh_bytes(from_line->ssh_bytes()), from_line);
}

TEST(RsaPublicKeys, KnowTheirLength) {
    EXPECT_EQ(RsaPublicKey::parse(line)->modulus_bits(), 2048U);
    EXPECT_EQ(RsaPublicKey::parse(short_line)->modulus_bits(), 1024U);
    EXPECT_EQ(RsaPublicKey::parse_ssh_bytes(from_hex("000000077373682d72736100000001030000000105"))->modulus_bits(),
              3U);
    EXPECT_EQ(RsaPublicKey::parse_ssh_bytes(from_hex("000000077373682d727361000000010300000002"
                                                     "0081"))
                  ->modulus_bits(),
              8U);
}

TEST(RsaPublicKeys, AreOddNumbers) {
    EXPECT_TRUE(RsaPublicKey::parse(line)->is_plausible());
    const struct {
        const char* exponent_and_modulus;
        bool plausible;
    } cases[] = {{"00000001030000000105", true},
                 {"00000001010000000105", false},
                 {"00000001020000000105", false},
                 {"00000001030000000104", false}};
    for (const auto& c : cases) {
        const auto key =
            RsaPublicKey::parse_ssh_bytes(from_hex(std::string("000000077373682d727361") + c.exponent_and_modulus));
        ASSERT_TRUE(key) << c.exponent_and_modulus;
        EXPECT_EQ(key->is_plausible(), c.plausible) << c.exponent_and_modulus;
    }
}

TEST(RsaPublicKeys, MayHaveACommentAndWhiteSpaceAround) {
    for (const std::string& text :
         {line + "\n", line + " someone@example", line + "\tsome one\r\n", "\n" + line, "ssh-rsa  \t" + line.substr(8)})
        EXPECT_EQ(RsaPublicKey::parse(text), RsaPublicKey::parse(line)) << text;
    EXPECT_EQ(RsaPublicKey::parse("\n" + pem + "\n"), RsaPublicKey::parse(line));
}

TEST(RsaPublicKeys, AreNothingElse) {
    for (const std::string& text :
         {std::string(), std::string("not a key"), std::string("ssh-rsa"), std::string("ssh-rsa "),
          std::string("ssh-rsa AAAA"), line.substr(8), "ssh-dss " + line.substr(8), line + "=", line.substr(0, 200),
          line + "\n" + line, "no-pty " + line, pem + pem, pem.substr(0, 100), elliptic,
          write_pem("RSA PUBLIC KEY", "abc"), write_pem("PUBLIC KEY", "abc")})
        EXPECT_EQ(RsaPublicKey::parse(text), std::nullopt) << text;
}

TEST(RsaPublicKeys, AreWrittenInOneWay) {
    const std::string name = "000000077373682d727361";
    for (const char* rest : {
             "000000010300000001",      // cut off
             "0000000103000000010500",  // bytes behind it
             "00000001830000000105",    // negative
             "00000001030000000185",    // negative
             "00000001000000000105",    // zero
             "00000000"
             "0000000105",              // nothing
             "0000000200030000000105",  // a zero in front for nothing
             "ffffffff030000000105",    // longer than the rest
         })
        EXPECT_EQ(RsaPublicKey::parse_ssh_bytes(from_hex(name + rest)), std::nullopt) << rest;
    EXPECT_FALSE(RsaPublicKey::parse_ssh_bytes(from_hex("000000077373682d64737300000001030000000105")));

    // X.509, with 5 and 3 for the numbers.
    const auto in_pem = [](std::string_view der) {
        return RsaPublicKey::parse(write_pem("PUBLIC KEY", from_hex(der)));
    };
    const std::string algorithm = "300d06092a864886f70d0101010500";
    EXPECT_EQ(in_pem("301a" + algorithm +
                     "030900"
                     "3006020105020103"),
              RsaPublicKey::parse_ssh_bytes(from_hex("000000077373682d72736100000001030000000105")));
    for (const std::string& der : {
             "301b" + algorithm +
                 "0309003006020105020103"
                 "00",  // a byte behind the bits
             "301a" + algorithm +
                 "0309003006020105020103"
                 "00",                                         // a byte behind it all
             "301a" + algorithm + "0309013006020105020103",    // bits left over
             "30811a" + algorithm + "0309003006020105020103",  // a length in more bytes than it needs
             "3080" + algorithm +
                 "0309003006020105020103"
                 "0000",                                                               // an open length
             std::string("301a300d06092a864886f70d01010105010309003006020105020103"),  // parameters that are no NULL
             "301a" + algorithm + "0409003006020105020103",                            // another string
             "301a" + algorithm + "0309003006020185020103",                            // negative
             "301b" + algorithm + "030a00300702020005020103",                          // a zero in front for nothing
             "301d" + algorithm + "030c003009020105020103020101",                      // a third number
         })
        EXPECT_EQ(in_pem(der), std::nullopt) << der;
}

}  // namespace
}  // namespace iamlocal
