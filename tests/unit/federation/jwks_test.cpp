#include "federation/jwks.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/federation/tokens.hpp"

namespace iamlocal::federation {
namespace {

std::string set_of(std::initializer_list<std::string_view> keys) {
    return fmt::format(R"({{"keys":[{}]}})", fmt::join(keys, ","));
}

KeySet parsed(const std::string& text) {
    const auto keys = parse_jwks(text);
    EXPECT_TRUE(keys) << text;
    return keys.value_or(KeySet{});
}

KeySet all_keys() {
    return parsed(
        set_of({tokens::rsa_jwk, tokens::other_rsa_jwk, tokens::ec256_jwk, tokens::ec384_jwk, tokens::ec512_jwk}));
}

Verified verified(std::string_view token, const KeySet& keys) {
    const auto read = parse_jwt(token);
    EXPECT_TRUE(read) << token;
    return read ? verify(*read, keys) : Verified::no;
}

/// A key with further members, which win over those that are there: the last counts.
std::string with(std::string_view jwk, std::string_view members) {
    return fmt::format("{},{}}}", jwk.substr(0, jwk.size() - 1), members);
}

TEST(Jwks, VerifyEveryAlgorithm) {
    const KeySet keys = all_keys();
    for (const std::string_view token : {tokens::rs256, tokens::rs384, tokens::rs512, tokens::ps256, tokens::ps384,
                                         tokens::ps512, tokens::es256, tokens::es384, tokens::es512})
        EXPECT_EQ(verified(token, keys), Verified::yes) << token;
}

TEST(Jwks, VerifyNoForgedToken) {
    const KeySet keys = all_keys();
    for (const auto& [name, token] : tokens::forged) EXPECT_EQ(verified(token, keys), Verified::no) << name;
}

TEST(Jwks, VerifyNoTokenWithoutAnAlgorithm) {
    const KeySet keys = all_keys();
    for (const char* name : {"none", "None", "", "RS256 ", "rs256", "RS1", "HS512", "EdDSA", "ES256K", "RSA1_5"}) {
        Jwt token = *parse_jwt(tokens::rs256);
        token.algorithm = name;
        EXPECT_EQ(verify(token, keys), Verified::no) << name;
    }
}

TEST(Jwks, VerifyNothingThatWasChanged) {
    const KeySet keys = all_keys();
    for (const std::string_view text : {tokens::rs256, tokens::ps256, tokens::es256, tokens::es512}) {
        const Jwt good = *parse_jwt(text);
        for (const std::size_t at : {std::size_t{0}, good.signed_text.size() / 2, good.signed_text.size() - 1}) {
            Jwt token = good;
            token.signed_text[at] ^= 1;
            EXPECT_EQ(verify(token, keys), Verified::no);
        }
        for (std::size_t at = 0; at < good.signature.size(); at += 7) {
            Jwt token = good;
            token.signature[at] ^= 0x10;
            EXPECT_EQ(verify(token, keys), Verified::no) << at;
        }
        for (std::size_t size = 0; size < good.signature.size(); ++size) {
            Jwt token = good;
            token.signature.resize(size);
            EXPECT_EQ(verify(token, keys), Verified::no) << size;
        }
    }
}

TEST(Jwks, AKeyIsFoundByItsId) {
    EXPECT_EQ(verified(tokens::unknown_key, all_keys()), Verified::no_key);
    EXPECT_EQ(verified(tokens::unknown_key, parsed(set_of({tokens::rsa_jwk}))), Verified::no_key);
    EXPECT_EQ(verified(tokens::rs256, {}), Verified::no_key);
    EXPECT_EQ(verified(tokens::without_key_id, parsed(set_of({tokens::rsa_jwk}))), Verified::yes);
    EXPECT_EQ(verified(tokens::without_key_id, parsed(set_of({tokens::other_rsa_jwk}))), Verified::no);
    EXPECT_EQ(verified(tokens::without_key_id, all_keys()), Verified::no_key);
    EXPECT_EQ(verified(tokens::without_key_id, {}), Verified::no_key);
}

TEST(Jwks, OfAnIdThatIsThereTwiceTheLaterCounts) {
    const std::string other = with(tokens::other_rsa_jwk, R"("kid":"rsa")");
    EXPECT_EQ(verified(tokens::rs256, parsed(set_of({other, tokens::rsa_jwk}))), Verified::yes);
    EXPECT_EQ(verified(tokens::rs256, parsed(set_of({tokens::rsa_jwk, other}))), Verified::no);
}

TEST(Jwks, KeysThatCannotVerifyTakeTheirId) {
    for (const char* members :
         {R"("key_ops":["verify"])", R"("key_ops":[])", R"("use":"enc")", R"("use":1)", R"("kty":"oct")",
          R"("kty":"EC")", R"("kty":1)", R"("n":"AQAB")", R"("n":"+")", R"("e":"AQ")", R"("e":1)", R"("x5c":[])",
          R"("x5c":"a")", R"("x5c":["AAAA"])", R"("x5c":[1])"}) {
        const std::string key = with(tokens::rsa_jwk, members);
        EXPECT_EQ(verified(tokens::rs256, parsed(set_of({key}))), Verified::no_key) << members;
        EXPECT_EQ(verified(tokens::without_key_id, parsed(set_of({key}))), Verified::no_key) << members;
        EXPECT_EQ(verified(tokens::rs256, parsed(set_of({tokens::rsa_jwk, key}))), Verified::no_key) << members;
    }
    for (const char* members :
         {R"("crv":"P-384")", R"("crv":"secp256k1")", R"("x":"AAAA")", R"("y":"")", R"("kty":"RSA")"})
        EXPECT_EQ(verified(tokens::es256, parsed(set_of({with(tokens::ec256_jwk, members)}))), Verified::no_key)
            << members;
}

TEST(Jwks, ACertificateMustBeOfTheKey) {
    const std::string chain = fmt::format(R"("x5c":["{}"])", tokens::rsa_x5c);
    EXPECT_EQ(verified(tokens::rs256, parsed(set_of({with(tokens::rsa_jwk, chain)}))), Verified::yes);
    EXPECT_FALSE(parsed(set_of({with(tokens::other_rsa_jwk, chain)}))[0].key);
    EXPECT_FALSE(parsed(set_of({with(tokens::ec256_jwk, chain)}))[0].key);
}

TEST(Jwks, TheKeysOwnAlgorithmDoesNotCount) {
    const KeySet keys = parsed(set_of({with(tokens::rsa_jwk, R"("alg":"PS512")")}));
    EXPECT_EQ(verified(tokens::rs256, keys), Verified::yes);
}

TEST(Jwks, WhatIsNoSet) {
    for (const char* text : {"", "[]", "{}", "{", R"({"keys":{}})", R"({"keys":[1]})", R"({"keys":null})", "\xff"})
        EXPECT_FALSE(parse_jwks(text)) << text;
    EXPECT_TRUE(parsed(R"({"keys":[]})").empty());
    EXPECT_FALSE(parse_jwks(R"({"keys":[]})" + std::string(1 << 20, ' ')));
}

TEST(Jwks, AHundredKeysOfAType) {
    const auto many = [](std::string_view type, int count) {
        std::string keys;
        for (int i = 0; i < count; ++i) keys += fmt::format(R"({}{{"kty":"{}"}})", i == 0 ? "" : ",", type);
        return R"({"keys":[)" + keys + "]}";
    };
    EXPECT_EQ(parsed(many("RSA", 100)).size(), 100U);
    EXPECT_FALSE(parse_jwks(many("RSA", 101)));
    EXPECT_FALSE(parse_jwks(many("EC", 101)));
}

TEST(Jwks, AreNotMadeOfVeryManyValues) {
    const auto set = [](int keys, std::string_view more) {
        std::string text = R"({"keys":[{})";
        for (int i = 1; i < keys; ++i) text += ",{}";
        return text.append("]").append(more).append("}");
    };
    EXPECT_EQ(parsed(set(1000, "")).size(), 1000U);
    EXPECT_FALSE(parse_jwks(set(1001, "")));
    std::string values = R"(,"x":[0)";
    for (int i = 0; i < 20000; ++i) values += ",0";
    EXPECT_FALSE(parse_jwks(set(1, values + "]")));
    EXPECT_TRUE(parse_jwks(set(1, R"(,"x":)" + std::string(15, '[') + std::string(15, ']'))));
    EXPECT_FALSE(parse_jwks(set(1, R"(,"x":)" + std::string(16, '[') + std::string(16, ']'))));
    EXPECT_FALSE(parse_jwks(R"({"keys":[)" + std::string(100000, '[')));
    EXPECT_FALSE(parse_jwks(std::string(R"({"keys":[]})") + '\0'));
}

TEST(Jwks, TellWhatTheyTake) {
    const KeySet none = parsed(R"({"keys":[{"kid":"0123456789"},{}]})");
    EXPECT_EQ(memory_of(none), 2 * sizeof(Jwk) + 10);
    EXPECT_GT(memory_of(all_keys()), 5 * 4096U);
}

TEST(Jwks, LargeKeysVerifyNothing) {
    // All bits set: 1,024 bytes, one more; four bytes, and five.
    const std::string modulus = std::string(1364, '_') + "_w";
    const auto has_key = [](const std::string& n, const std::string& e) {
        return parsed(set_of({fmt::format(R"({{"kty":"RSA","n":"{}","e":"{}"}})", n, e)})).front().key.has_value();
    };
    EXPECT_TRUE(has_key(modulus, "AQAB"));
    EXPECT_TRUE(has_key(modulus, "_____w"));
    EXPECT_FALSE(has_key(std::string(1364, '_') + "__8", "AQAB"));
    EXPECT_FALSE(has_key(modulus, "______8"));
}

}  // namespace
}  // namespace iamlocal::federation
