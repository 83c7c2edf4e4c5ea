#include "federation/jwt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "unit/federation/tokens.hpp"

namespace iamlocal::federation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

std::string encoded(std::string_view text) {
    std::string out = base64_encode(as_bytes(text));
    for (char& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
    std::erase(out, '=');
    return out;
}

std::string token(std::string_view payload, std::string_view header = R"({"alg":"RS256"})",
                  std::string_view signature = "s") {
    return encoded(header) + "." + encoded(payload) + "." + encoded(signature);
}

Claims claims(std::string_view payload) {
    const auto parsed = parse_jwt(token(payload));
    EXPECT_TRUE(parsed) << payload;
    return parsed ? parsed->claims : Claims{};
}

TEST(Jwt, IsTakenApart) {
    const auto parsed = parse_jwt(tokens::rs256);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->algorithm, "RS256");
    EXPECT_EQ(parsed->key_id, "rsa");
    EXPECT_EQ(parsed->signature.size(), 256U);
    EXPECT_EQ(parsed->signed_text, tokens::rs256.substr(0, tokens::rs256.rfind('.')));
    EXPECT_EQ(parsed->claims.issuer, "https://idp.example.com");
    EXPECT_EQ(parsed->claims.subject, "alice");
    EXPECT_THAT(*parsed->claims.audience, ElementsAre("client"));
    EXPECT_EQ(parsed->claims.issued_at.seconds, 1700000000);
    EXPECT_EQ(parsed->claims.expires.seconds, 1700003600);
    EXPECT_FALSE(parsed->claims.not_before.is_given);
}

TEST(Jwt, WhatIsNone) {
    const std::string good = token("{}");
    ASSERT_TRUE(parse_jwt(good));
    for (const std::string& text : {
             std::string(),
             std::string("."),
             std::string(".."),
             std::string("..."),
             good + ".",
             "." + good,
             good + "=",
             good + " ",
             " " + good,
             good.substr(0, good.rfind('.')),
             good.substr(0, good.rfind('.') + 1),
             token("{}", R"({"alg":"none"})", ""),
             token("[]"),
             token("1"),
             token(""),
             token("{"),
             token("{}{}"),
             token("{\"a\":\"\xff\"}"),
             token("{}", "[]"),
             token("{}", "{}"),
             token("{}", R"({"alg":1})"),
             token("{}", R"({"alg":null})"),
             token("{}", R"({"alg":"RS256","kid":1})"),
             token("{}", R"({"alg":"RS256","crit":["b64"],"b64":false})"),
             token("{}", R"({"alg":"RS256","crit":[]})"),
             std::string("a.b.c"),
             std::string(20'001, 'a'),
             token(std::string(20'000, ' ') + "{}"),
         })
        EXPECT_FALSE(parse_jwt(text)) << text.substr(0, 100);
}

TEST(Jwt, EveryPrefixOfATokenIsNoneOrOfAnotherSignature) {
    const auto whole = parse_jwt(tokens::es256);
    for (std::size_t size = 0; size < tokens::es256.size(); ++size) {
        const auto cut = parse_jwt(tokens::es256.substr(0, size));
        EXPECT_TRUE(!cut || cut->signature != whole->signature) << size;
    }
}

TEST(Jwt, DeepNestingIsReadOrRefusedAndNothingElse) {
    EXPECT_TRUE(parse_jwt(token("{\"a\":" + std::string(7'000, '[') + std::string(7'000, ']') + "}")));
    EXPECT_FALSE(parse_jwt(token("{\"a\":" + std::string(14'000, '['))));
}

TEST(Jwt, TheLastOfRepeatedClaimsCounts) {
    const Claims read = claims(R"({"sub":"a","sub":"b","aud":"c","aud":["d"],"exp":1,"exp":"2"})");
    EXPECT_EQ(read.subject, "b");
    EXPECT_THAT(*read.audience, ElementsAre("d"));
    EXPECT_EQ(read.expires.seconds, 2);
}

TEST(Jwt, SubjectsMayBeEmptyOrNumbersAndNothingElse) {
    EXPECT_EQ(claims(R"({"sub":""})").subject, "");
    EXPECT_EQ(claims(R"({"sub":12})").subject, "12");
    EXPECT_FALSE(claims(R"({"sub":null})").subject);
    EXPECT_FALSE(claims(R"({"sub":null})").has_wrong_types);
    for (const char* payload : {R"({"sub":true})", R"({"sub":[]})", R"({"sub":{}})", R"({"iss":1})", R"({"azp":1})",
                                R"({"aud":1})", R"({"aud":[1]})", R"({"aud":{}})"})
        EXPECT_TRUE(claims(payload).has_wrong_types) << payload;
}

TEST(Jwt, TimesAreWholeNumbersOrTheirText) {
    EXPECT_EQ(claims(R"({"exp":1700000000})").expires.seconds, 1700000000);
    EXPECT_EQ(claims(R"({"exp":"1700000000"})").expires.seconds, 1700000000);
    EXPECT_EQ(claims(R"({"exp":-1})").expires.seconds, -1);
    EXPECT_FALSE(claims(R"({"exp":null})").expires.is_given);
    for (const char* payload :
         {R"({"exp":1.5})", R"({"exp":1e3})", R"({"exp":"1.5"})", R"({"exp":""})", R"({"exp":"x"})", R"({"exp":" 1"})",
          R"({"exp":true})", R"({"exp":[1]})", R"({"exp":99999999999999999999})"}) {
        const TokenTime time = claims(payload).expires;
        EXPECT_TRUE(time.is_given) << payload;
        EXPECT_FALSE(time.seconds) << payload;
    }
}

TEST(Jwt, ClaimsForConditions) {
    const Claims read = claims(R"({"a":"t","b":1,"c":true,"d":["x",2],"e":[[]],"f":{},"g":null,"h":[]})");
    std::vector<std::string> names;
    for (const Claims::Values& claim : read.values) names.push_back(claim.name);
    EXPECT_THAT(names, ElementsAre("a", "b", "c", "d", "h"));
    EXPECT_THAT(read.values[2].values, ElementsAre("true"));
    EXPECT_THAT(read.values[3].values, ElementsAre("x", "2"));
    EXPECT_TRUE(read.values[3].is_list);
    EXPECT_FALSE(read.values[0].is_list);
    EXPECT_THAT(read.values[4].values, IsEmpty());
}

TEST(Jwt, SessionTagsInBothForms) {
    const Claims nested = claims(R"({"https://aws.amazon.com/tags":{"principal_tags":{"Team":["red"],"A":[""]},)"
                                 R"("transitive_tag_keys":["Team"]}})");
    EXPECT_THAT(nested.principal_tags, ElementsAre(Pair("A", ""), Pair("Team", "red")));
    EXPECT_THAT(nested.transitive_tag_keys, ElementsAre("Team"));
    const Claims flat = claims(R"({"https://aws.amazon.com/tags/principal_tags/Team":"red",)"
                               R"("https://aws.amazon.com/tags/transitive_tag_keys":["Team"]})");
    EXPECT_THAT(flat.principal_tags, ElementsAre(Pair("Team", "red")));
    EXPECT_THAT(flat.transitive_tag_keys, ElementsAre("Team"));
    EXPECT_FALSE(nested.has_wrong_tags || flat.has_wrong_tags);
    for (const char* payload : {
             R"({"https://aws.amazon.com/tags":"text"})",
             R"({"https://aws.amazon.com/tags":{"principal_tags":[]}})",
             R"({"https://aws.amazon.com/tags":{"principal_tags":{"a":"b"}}})",
             R"({"https://aws.amazon.com/tags":{"principal_tags":{"a":[]}}})",
             R"({"https://aws.amazon.com/tags":{"principal_tags":{"a":["b","c"]}}})",
             R"({"https://aws.amazon.com/tags":{"principal_tags":{"a":[1]}}})",
             R"({"https://aws.amazon.com/tags":{"transitive_tag_keys":"a"}})",
             R"({"https://aws.amazon.com/tags/principal_tags/a":["b"]})",
             R"({"https://aws.amazon.com/tags/transitive_tag_keys":"a"})",
         })
        EXPECT_TRUE(claims(payload).has_wrong_tags) << payload;
}

TEST(Jwt, RolesAsListOrText) {
    EXPECT_FALSE(claims("{}").roles);
    EXPECT_FALSE(claims(R"({"https://aws.amazon.com/roles":null})").roles);
    EXPECT_THAT(*claims(R"({"https://aws.amazon.com/roles":["a","b"]})").roles, ElementsAre("a", "b"));
    EXPECT_THAT(*claims(R"({"https://aws.amazon.com/roles":"a;;b;"})").roles, ElementsAre("a", "b"));
    EXPECT_THAT(*claims(R"({"https://aws.amazon.com/roles":""})").roles, IsEmpty());
    EXPECT_THAT(*claims(R"({"https://aws.amazon.com/roles":[1]})").roles, IsEmpty());
    EXPECT_THAT(*claims(R"({"https://aws.amazon.com/roles":{}})").roles, IsEmpty());
}

}  // namespace
}  // namespace iamlocal::federation
