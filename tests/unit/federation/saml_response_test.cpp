#include "federation/saml_response.hpp"

#include <gtest/gtest.h>

#include "unit/federation/saml_bench.hpp"

namespace iamlocal::federation {
namespace {

using namespace std::chrono_literals;

constexpr const char* unusable = "Invalid base64 SAMLResponse";

class SamlResponseTest : public testing::Test {
  protected:
    static const SamlBench& idp() {
        static const SamlBench bench;
        return bench;
    }
    static std::string message(const std::variant<SamlAssertion, SamlFault>& read) {
        const auto* const fault = std::get_if<SamlFault>(&read);
        return fault == nullptr ? "accepted" : fault->message;
    }
    static std::string message_of(std::string_view document) { return message(idp().read(document)); }
    /// The fault for an assertion that is signed well and says this.
    static std::string message_for(const SamlAssertion& said) { return message_of(idp().response(idp().sign(said))); }
    /// The same for one whose text was changed before it was signed.
    static std::string message_for_text(std::string_view from, std::string_view to) {
        const std::string text = replaced(write_saml_assertion(idp().assertion()), from, to);
        return message_of(idp().response(sign_saml_element(text, "_a1", idp().signer())));
    }
};

TEST_F(SamlResponseTest, WhatWasSignedIsRead) {
    SamlAssertion said = idp().assertion();
    said.session_end = SamlBench::now + 1h;
    said.attributes.push_back({"mail", {"a&b@example.com", "<\"'>\t\r\n\xc3\xa4"}});
    const auto read = idp().read(idp().response(idp().sign(said)));
    ASSERT_TRUE(std::holds_alternative<SamlAssertion>(read)) << message(read);
    const SamlAssertion& got = std::get<SamlAssertion>(read);
    EXPECT_EQ(got.id, "_a1");
    EXPECT_EQ(got.issuer, corp);
    EXPECT_EQ(got.subject, "alice@example.com");
    EXPECT_EQ(got.format, said.format);
    EXPECT_EQ(got.recipient, said.recipient);
    EXPECT_EQ(got.audiences, said.audiences);
    EXPECT_EQ(got.session_end, said.session_end);
    EXPECT_EQ(got.not_before, said.not_before);
    ASSERT_NE(got.find("mail"), nullptr);
    EXPECT_EQ(got.find("mail")->front(), "a&b@example.com");
    EXPECT_EQ(got.find("mail")->back(), "<\"'>\t\r\n\xc3\xa4") << "white space within stays";
    EXPECT_EQ(got.find("none"), nullptr);
}

TEST_F(SamlResponseTest, TheResponseMaybeSignedToo) {
    EXPECT_EQ(message_of(idp().signed_response(idp().sign(idp().assertion()))), "accepted");
}

TEST_F(SamlResponseTest, CurvesSignAsWell) {
    for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::p521}) {
        const SamlBench other(kind);
        EXPECT_EQ(message(other.read(other.response(other.sign(other.assertion())))), "accepted");
    }
}

TEST_F(SamlResponseTest, Base64MayBeBrokenIntoLines) {
    std::string text = base64_encode(as_bytes(idp().response(idp().sign(idp().assertion()))));
    for (std::size_t at = 64; at < text.size(); at += 65) text.insert(at, "\n");
    EXPECT_EQ(message(verify_saml_response(text + "\r\n", idp().trust())), "accepted");
    EXPECT_EQ(message(verify_saml_response("%%%%", idp().trust())), unusable);
    EXPECT_EQ(message(verify_saml_response("", idp().trust())), unusable);
}

TEST_F(SamlResponseTest, TheAssertionItselfMustBeSigned) {
    const std::string unsigned_one = write_saml_assertion(idp().assertion());
    const char* const expected =
        "Response (with optional signature) must contain an assertion with a mandatory signature";
    EXPECT_EQ(message_of(idp().response(unsigned_one)), expected);
    EXPECT_EQ(message_of(idp().signed_response(unsigned_one)), expected);
    EXPECT_EQ(message_of(idp().sign(idp().assertion())), unusable) << "no response around it";
    EXPECT_EQ(message_of(idp().response("")), unusable);
}

TEST_F(SamlResponseTest, TheFaultsOfTheServiceHaveItsForm) {
    const auto read = idp().read("<x/>");
    const auto& fault = std::get<SamlFault>(read);
    EXPECT_EQ(saml_message(fault, "the-id"),
              "Invalid base64 SAMLResponse (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: "
              "AuthSamlInvalidSamlResponseException; Request ID: the-id; Proxy: null)");
    EXPECT_EQ(saml_message({.message = "Response signature invalid"}, "the-id"), "Response signature invalid");
}

TEST_F(SamlResponseTest, ASignatureByAnotherKeyCountsForNothing) {
    const SamlBench other;  // of the same name, whose certificate nobody has registered
    const std::string forged = other.response(other.sign(other.assertion()));
    EXPECT_EQ(message_of(forged), "Response signature invalid") << "its certificate stands in KeyInfo";
    const std::string good = idp().sign(idp().assertion());
    EXPECT_EQ(message_of(other.signed_response(good)), "Response signature invalid");
}

TEST_F(SamlResponseTest, NothingThatIsSignedCanBeChanged) {
    const std::string good = idp().response(idp().sign(idp().assertion()));
    for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"alice@", "admin@"},
             {">alice<", ">admin<"},
             {"signin.aws", "signin.xws"},
             {"SignatureValue>", "SignatureValue>AAAA"},
             {"DigestValue>", "DigestValue>AAAA"},
             {"nameid-format:persistent", "nameid-format:transient"}})
        EXPECT_EQ(message_of(replaced(good, from, to)), "Response signature invalid") << from;
    EXPECT_EQ(message_of(replaced(idp().signed_response(idp().sign(idp().assertion())), "https://x", "https://y")),
              "Response signature invalid");
    EXPECT_EQ(message_of(replaced(good, "Destination=\"https://x\"", "Destination=\"https://y\"")), "accepted")
        << "who does not sign the response says nothing about it";
}

TEST_F(SamlResponseTest, AnIssuerOfTheMetadataIsWanted) {
    SamlAssertion said = idp().assertion();
    said.issuer = "https://other.example.com/saml";
    EXPECT_EQ(message_for(said), "Issuer not present in specified provider");
    EXPECT_EQ(message_of(replaced(idp().response(idp().sign(idp().assertion())), ">https://idp.", ">https://other.")),
              "accepted")
        << "the response's issuer may be another";
    SamlTrust trust = idp().trust();
    trust.metadata = "<broken";
    EXPECT_EQ(message(SamlBench::read(idp().response(idp().sign(idp().assertion())), trust)),
              "Issuer not present in specified provider");
}

TEST_F(SamlResponseTest, WhatAwsDemandsMustBeThere) {
    EXPECT_EQ(message_for_text("<saml:Conditions", "<saml:Unconditions"), unusable);
    for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
             {R"( Recipient="https://signin.aws.amazon.com/saml")", ""},
             {R"( Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")", ""},
             {R"(NotOnOrAfter="2027-01-15T08:05:00.000Z" Recipient)", "Recipient"},
             {R"(NotBefore="2027)", R"(NotBefore="the year 2027)"},
             {R"(NotBefore="2027-01-15T07:55:00.000Z")", R"(NotBefore="2027-01-15")"},
             {R"(Version="2.0")", R"(Version="1.1")"},
             {"cm:bearer", "cm:holder-of-key"},
             {" IssueInstant=", " IssuedAt="},
             {"</saml:Subject>", "</saml:Subject><saml:Subject></saml:Subject>"},
             {"</saml:NameID>", "</saml:NameID><saml:NameID Format=\"x\">b</saml:NameID>"},
             {"alice@example.com", "alice<x></x>@example.com"},
             {"<saml:SubjectConfirmation ",
              "<saml:SubjectConfirmation Method=\"x\"></saml:SubjectConfirmation>"
              "<saml:SubjectConfirmation "}})
        EXPECT_EQ(message_for_text(from, to), unusable) << from;
    const std::string text = write_saml_assertion(idp().assertion());
    const std::string statement = cut(text, "<saml:AuthnStatement", "</saml:AuthnStatement>");
    EXPECT_EQ(message_of(idp().response(sign_saml_element(replaced(text, statement, ""), "_a1", idp().signer()))),
              unusable);
    EXPECT_EQ(message_of(replaced(idp().response(idp().sign(idp().assertion())), "status:Success", "status:Responder")),
              unusable);
}

TEST_F(SamlResponseTest, ANameIdMayBeMissingHere) {
    SamlAssertion said = idp().assertion();
    said.subject.clear();
    const auto read = idp().read(idp().response(idp().sign(said)));
    ASSERT_TRUE(std::holds_alternative<SamlAssertion>(read));
    EXPECT_EQ(std::get<SamlAssertion>(read).subject, "");
}

TEST_F(SamlResponseTest, WhatIsOverIsOver) {
    const auto expired = [&](auto change) {
        SamlAssertion said = idp().assertion();
        change(said);
        const auto read = idp().read(idp().response(idp().sign(said)));
        const auto* const fault = std::get_if<SamlFault>(&read);
        EXPECT_TRUE(fault == nullptr || fault->error == SamlFault::Error::expired_token);
        return message(read);
    };
    const Instant now = SamlBench::now;
    EXPECT_EQ(expired([&](SamlAssertion& said) { said.confirmed_until = now; }), "Response has expired");
    EXPECT_EQ(expired([&](SamlAssertion& said) { said.not_on_or_after = now; }), "Response has expired");
    EXPECT_EQ(expired([&](SamlAssertion& said) { said.session_end = now - 1s; }), "Response has expired");
    EXPECT_EQ(expired([&](SamlAssertion& said) { said.confirmed_until = now + 1s; }), "accepted");
    EXPECT_EQ(expired([&](SamlAssertion& said) { said.not_on_or_after.reset(); }), "accepted");
    EXPECT_EQ(expired([&](SamlAssertion& said) { said.issued = now - 5min; }), "accepted");
    EXPECT_EQ(expired([&](SamlAssertion& said) { said.issued = now - 5min - 1s; }),
              "Token must be redeemed within 5 minutes of issuance");
    EXPECT_EQ(expired([&](SamlAssertion& said) { said.not_before = now + 24h; }), "accepted") << "as AWS";
}

TEST_F(SamlResponseTest, StrictnessDemandsMore) {
    const auto strictly = [&](auto change) {
        SamlAssertion said = idp().assertion();
        change(said);
        SamlTrust trust = idp().trust();
        trust.checks = SamlChecks::strict;
        return message(SamlBench::read(idp().response(idp().sign(said)), trust));
    };
    EXPECT_EQ(strictly([](SamlAssertion&) {}), "accepted");
    for (const char* const good : {"https://eu-west-1.signin.aws.amazon.com/saml",
                                   "https://us-east-1.signin.aws.amazon.com/saml/acs/SAMLSPXXXX"}) {
        EXPECT_EQ(strictly([&](SamlAssertion& said) { said.recipient = good; }), "accepted");
        EXPECT_EQ(strictly([&](SamlAssertion& said) { said.audiences = {"x", good}; }), "accepted");
    }
    for (const char* const bad :
         {"not-a-url", "https://evil.example.com/saml", "https://signin.aws.amazon.com.evil.example/saml",
          "https://xsignin.aws.amazon.com/saml", "https://evil.example/.signin.aws.amazon.com/saml",
          "https://a@b.signin.aws.amazon.com/saml", "https://signin.aws.amazon.com/",
          "http://signin.aws.amazon.com/saml", "https://signin.aws.amazon.com/saml/acs/a/b",
          "https://signin.aws.amazon.com"}) {
        EXPECT_EQ(strictly([&](SamlAssertion& said) { said.recipient = bad; }),
                  "Response does not contain the required recipient")
            << bad;
        EXPECT_EQ(strictly([&](SamlAssertion& said) { said.audiences = {bad}; }),
                  "Response does not contain the required audience")
            << bad;
    }
    EXPECT_EQ(strictly([](SamlAssertion& said) { said.audiences.clear(); }),
              "Response does not contain the required audience");
    EXPECT_EQ(strictly([](SamlAssertion& said) { said.not_before = SamlBench::now + 1s; }),
              "Response is not valid yet");
}

TEST_F(SamlResponseTest, AnExpiredCertificateSignsForAwsAndNotStrictly) {
    const std::string old = SamlBench::certify(idp().key, SamlBench::now - 48h);
    const std::string response = idp().response(idp().sign(idp().assertion()));
    SamlTrust trust = idp().trust();
    trust.metadata = write_saml_metadata(corp, "https://idp.example.com/sso", old);
    EXPECT_EQ(message(SamlBench::read(response, trust)), "accepted");
    trust.checks = SamlChecks::strict;
    EXPECT_EQ(message(SamlBench::read(response, trust)), "Response signature invalid");
}

TEST_F(SamlResponseTest, AnyCertificateOfTheIssuerWillDo) {
    const SamlBench newer;
    SamlTrust trust = idp().trust();
    trust.metadata = replaced(trust.metadata, "<KeyDescriptor",
                              cut(newer.trust().metadata, "<KeyDescriptor", "</KeyDescriptor>") + "<KeyDescriptor");
    for (const SamlBench* const bench : {&idp(), &newer})
        EXPECT_EQ(message(SamlBench::read(bench->response(bench->sign(bench->assertion())), trust)), "accepted");
}

// Encrypted assertions
// --------------------------------------------------------------------------------------------------

class SamlEncryptionTest : public SamlResponseTest {
  protected:
    static const SigningKey& own_key() {
        static const SigningKey key = SigningKey::generate(KeyKind::rsa);
        return key;
    }
    static SamlTrust trust() {
        SamlTrust trust = idp().trust();
        trust.private_keys = {SigningKey::generate(KeyKind::p256).pem(), own_key().pem()};
        return trust;
    }
    static std::string encrypted(AesMode mode, std::string_view text) {
        SeededEntropy entropy(7);
        return *encrypt_saml_assertion(text, SamlBench::certify(own_key(), SamlBench::now), mode, entropy);
    }
};

TEST_F(SamlEncryptionTest, EncryptedAssertionsAreOpened) {
    for (const AesMode mode : {AesMode::cbc, AesMode::gcm}) {
        const std::string response = idp().response(encrypted(mode, idp().sign(idp().assertion())));
        EXPECT_EQ(message(SamlBench::read(response, trust())), "accepted");
        EXPECT_EQ(message_of(response), unusable) << "without the key";
        SamlTrust other = trust();
        other.private_keys = {SigningKey::generate(KeyKind::rsa).pem()};
        EXPECT_EQ(message(SamlBench::read(response, other)), unusable) << "with another key";
    }
    const std::string sealed = encrypted(AesMode::gcm, idp().sign(idp().assertion()));
    EXPECT_EQ(message(SamlBench::read(idp().signed_response(sealed), trust())), "accepted");
}

TEST_F(SamlEncryptionTest, WhereEncryptionIsRequiredPlainOnesAreRefused) {
    SamlTrust required = trust();
    required.requires_encryption = true;
    const std::string good = idp().sign(idp().assertion());
    EXPECT_EQ(message(SamlBench::read(idp().response(good), required)), unusable);
    EXPECT_EQ(message(SamlBench::read(idp().response(encrypted(AesMode::gcm, good)), required)), "accepted");
}

TEST_F(SamlEncryptionTest, WhatWasEncryptedIsNobodysWordUntilItIsVerified) {
    const auto read = [&](std::string_view text) {
        return message(SamlBench::read(idp().response(encrypted(AesMode::cbc, text)), trust()));
    };
    const std::string plain = write_saml_assertion(idp().assertion());
    EXPECT_EQ(read(plain), "Response (with optional signature) must contain an assertion with a mandatory signature");
    EXPECT_EQ(read(replaced(idp().sign(idp().assertion()), "alice@", "admin@")), "Response signature invalid");
    EXPECT_EQ(read("<x/>"), unusable);
    EXPECT_EQ(read("no XML"), unusable);
    EXPECT_EQ(read(""), unusable);
    EXPECT_EQ(read("<!DOCTYPE x []>" + idp().sign(idp().assertion())), unusable);
}

TEST_F(SamlEncryptionTest, OtherAlgorithmsAreNotKnown) {
    const std::string good = idp().response(encrypted(AesMode::gcm, idp().sign(idp().assertion())));
    for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"#rsa-oaep-mgf1p", "#rsa-1_5"},
             {"2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#tripledes-cbc"},
             {"2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#aes256-cbc"},
             {"2009/xmlenc11#aes256-gcm", "2009/xmlenc11#aes128-gcm"},
             {"<xenc:EncryptedKey>", "<xenc:Key>"},
             {"<xenc:CipherValue>", "<xenc:CipherValue>AAAA"}}) {
        std::string bad = replaced(good, from, to);
        if (from == "<xenc:EncryptedKey>") bad = replaced(bad, "</xenc:EncryptedKey>", "</xenc:Key>");
        EXPECT_EQ(message(SamlBench::read(bad, trust())), unusable) << to;
    }
}

TEST_F(SamlEncryptionTest, TheKeyMayStandBesideTheDataAndUseOtherHashes) {
    const std::string text = idp().sign(idp().assertion());
    const std::string certificate = SamlBench::certify(own_key(), SamlBench::now);
    SeededEntropy entropy(9);
    const Secret key(std::string(16, 'k'));
    struct Hashes {
        Oaep oaep;
        const char* method;
    };
    const Hashes known[] = {
        {{OaepHash::sha256, OaepHash::sha1, "L"},
         R"(<e:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p"><d:DigestMethod )"
         R"(Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><e:OAEPparams>TA==</e:OAEPparams></e:EncryptionMethod>)"},
        {{OaepHash::sha256, OaepHash::sha256, ""},
         R"(<e:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"><d:DigestMethod )"
         R"(Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><n:MGF xmlns:n="http://www.w3.org/2009/xmlenc11#" )"
         R"(Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"/></e:EncryptionMethod>)"},
        {{OaepHash::sha512, OaepHash::sha224, ""},
         R"(<e:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep"><d:DigestMethod )"
         R"(Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/><n:MGF xmlns:n="http://www.w3.org/2009/xmlenc11#" )"
         R"(Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha224"/></e:EncryptionMethod>)"},
    };
    for (const Hashes& hashes : known) {
        const std::string sealed_key = *seal_oaep(certificate, hashes.oaep, key);
        const std::string sealed = seal_aes(AesMode::gcm, key, text, entropy);
        const std::string element =
            R"(<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" )"
            R"(xmlns:e="http://www.w3.org/2001/04/xmlenc#" xmlns:d="http://www.w3.org/2000/09/xmldsig#">)"
            R"(<e:EncryptedData><e:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes128-gcm"/>)"
            "<e:CipherData><e:CipherValue>" +
            base64_encode(as_bytes(sealed)) + "</e:CipherValue></e:CipherData></e:EncryptedData><e:EncryptedKey>" +
            hashes.method + "<e:CipherData><e:CipherValue>" + base64_encode(as_bytes(sealed_key)) +
            "</e:CipherValue></e:CipherData></e:EncryptedKey></saml:EncryptedAssertion>";
        EXPECT_EQ(message(SamlBench::read(idp().response(element), trust())), "accepted") << hashes.method;
    }
}

}  // namespace
}  // namespace iamlocal::federation
