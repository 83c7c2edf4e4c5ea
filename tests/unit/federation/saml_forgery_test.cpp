// Forged responses: each begins with a good one, as an attacker has it who was signed in himself, and none may make
// somebody else of him. The variants of signature wrapping are those of "On Breaking SAML: Be Whoever You Want to Be",
// by the numbers that testers' tools give them. docs/federation.md lists all of them.
#include <gtest/gtest.h>

#include "federation/xml.hpp"
#include "unit/federation/saml_bench.hpp"
#include "xmldsig/verify.hpp"

namespace iamlocal::federation {
namespace {

class SamlForgeryTest : public testing::Test {
  protected:
    static const SamlBench& idp() {
        static const SamlBench bench;
        return bench;
    }
    /// "refused", or as whom it is accepted.
    static std::string outcome(std::string_view document) { return outcome(idp().read(document)); }
    static std::string outcome(const std::variant<SamlAssertion, SamlFault>& read) {
        const auto* const assertion = std::get_if<SamlAssertion>(&read);
        return assertion == nullptr ? "refused" : assertion->subject;
    }
    /// The signature alone, without what SamlResponse checks before it: nothing, or what was signed, whole.
    static std::string signed_part(std::string_view document, std::string_view id = "_a1") {
        const std::vector<std::string> keys = {idp().certificate};
        const auto bytes = xmldsig::verify(document, id, keys);
        if (!bytes) return "refused";
        const auto element = xml::parse(*bytes);
        if (!element) return "unreadable";
        const auto assertion = read_saml_assertion(*element);
        return assertion ? assertion->subject : "no assertion";
    }

    const std::string original_ = idp().sign(idp().assertion());
    const std::string signature_ = cut(original_, "<ds:Signature ", "</ds:Signature>");
    const std::string unsigned_ = replaced(original_, signature_, "");
    /// What the attacker would like to have said; with an id of its own.
    const std::string evil_ = replaced(replaced(unsigned_, "alice@example.com", "admin"), "\"_a1\"", "\"_evil\"");
    const std::string evil_same_id_ = replaced(unsigned_, "alice@example.com", "admin");
};

TEST_F(SamlForgeryTest, TheOriginalIsGood) {
    EXPECT_EQ(outcome(idp().response(original_)), "alice@example.com");
    EXPECT_EQ(signed_part(idp().response(original_)), "alice@example.com");
}

// Wrapping
// --------------------------------------------------------------------------------------------------------------

/// A response that is signed as a whole stands in the signature of another one.
TEST_F(SamlForgeryTest, Xsw1TheSignedResponseWithinTheSignatureOfAnother) {
    const std::string good = idp().signed_response(original_);
    const std::string signature = cut(good, "<ds:Signature ", "</ds:Signature>");
    const std::string inner = replaced(good, signature, "");
    std::string outer = replaced(inner, "\"_r1\"", "\"_evil-response\"");
    outer = replaced(outer, original_, evil_);
    const std::string wrapped = replaced(signature, "</ds:Signature>", inner + "</ds:Signature>");
    EXPECT_EQ(outcome(replaced(outer, "</saml:Issuer>", "</saml:Issuer>" + wrapped)), "refused");
}

/// It stands beside that signature.
TEST_F(SamlForgeryTest, Xsw2TheSignedResponseBesideTheSignature) {
    const std::string good = idp().signed_response(original_);
    const std::string signature = cut(good, "<ds:Signature ", "</ds:Signature>");
    const std::string inner = replaced(good, signature, "");
    std::string outer = replaced(inner, "\"_r1\"", "\"_evil-response\"");
    outer = replaced(outer, original_, evil_);
    EXPECT_EQ(outcome(replaced(outer, "</saml:Issuer>", "</saml:Issuer>" + inner + signature)), "refused");
}

TEST_F(SamlForgeryTest, Xsw3AnotherAssertionBeforeTheSignedOne) {
    const std::string forged = idp().response(evil_ + original_);
    EXPECT_EQ(outcome(forged), "refused");
    EXPECT_EQ(signed_part(forged), "alice@example.com") << "what is signed is what is given out";
    EXPECT_EQ(signed_part(forged, "_evil"), "refused");
    EXPECT_EQ(outcome(idp().response(original_ + evil_)), "refused");
}

TEST_F(SamlForgeryTest, Xsw4TheSignedAssertionWithinAnother) {
    const std::string forged = idp().response(replaced(evil_, "</saml:Assertion>", original_ + "</saml:Assertion>"));
    EXPECT_EQ(outcome(forged), "refused");
    EXPECT_EQ(signed_part(forged), "alice@example.com");
    EXPECT_EQ(signed_part(forged, "_evil"), "refused");
}

TEST_F(SamlForgeryTest, Xsw5TheSignatureMovedToAnotherAssertion) {
    const std::string signed_evil = replaced(evil_, "</saml:Issuer>", "</saml:Issuer>" + signature_);
    const std::string forged = idp().response(signed_evil + unsigned_);
    EXPECT_EQ(outcome(forged), "refused");
    EXPECT_EQ(signed_part(forged), "refused");
    EXPECT_EQ(signed_part(forged, "_evil"), "refused") << "it refers to another element";
    EXPECT_EQ(outcome(idp().response(signed_evil)), "refused");
}

TEST_F(SamlForgeryTest, Xsw6TheSignedAssertionWithinTheSignatureOfAnother) {
    const std::string wrapped = replaced(signature_, "</ds:Signature>", unsigned_ + "</ds:Signature>");
    const std::string forged = idp().response(replaced(evil_, "</saml:Issuer>", "</saml:Issuer>" + wrapped));
    EXPECT_EQ(outcome(forged), "refused");
    EXPECT_EQ(signed_part(forged), "refused");
    EXPECT_EQ(signed_part(forged, "_evil"), "refused");
}

TEST_F(SamlForgeryTest, Xsw7AnotherAssertionInAnExtension) {
    const std::string forged = idp().response("<samlp:Extensions>" + evil_ + "</samlp:Extensions>" + original_);
    EXPECT_EQ(outcome(forged), "refused");
    EXPECT_EQ(outcome(idp().response("<samlp:Extensions>" + evil_same_id_ + "</samlp:Extensions>" + original_)),
              "refused");
}

TEST_F(SamlForgeryTest, Xsw8TheSignedAssertionInAnObjectOfTheSignature) {
    const std::string wrapped =
        replaced(signature_, "</ds:Signature>", "<ds:Object>" + unsigned_ + "</ds:Object></ds:Signature>");
    const std::string forged = idp().response(replaced(evil_, "</saml:Issuer>", "</saml:Issuer>" + wrapped));
    EXPECT_EQ(outcome(forged), "refused");
    EXPECT_EQ(signed_part(forged), "refused");
    EXPECT_EQ(outcome(idp().response(
                  replaced(original_, "</ds:Signature>", "<ds:Object>" + evil_ + "</ds:Object></ds:Signature>"))),
              "refused");
}

/// Where two elements have one id, each reader may mean another one.
TEST_F(SamlForgeryTest, AnIdIsThereOnce) {
    for (const std::string& forged :
         {idp().response(evil_same_id_ + original_), idp().response(original_ + evil_same_id_),
          replaced(idp().response(original_), "<samlp:Status>", "<samlp:Status ID=\"_a1\">"),
          replaced(idp().response(original_), "<samlp:Status>", "<samlp:Status Id=\"_a1\">"),
          replaced(idp().response(original_), "<samlp:Status>", "<samlp:Status xml:id=\"_a1\">"),
          replaced(idp().response(original_), "\"_r1\"", "\"_a1\"")}) {
        EXPECT_EQ(outcome(forged), "refused") << forged;
        EXPECT_EQ(signed_part(forged), "refused") << forged;
    }
}

// Text and structure
// -----------------------------------------------------------------------------------------------------

/// Canonical form has no comments, so one can be put in without breaking the signature; readers that stop there see
/// another name. The name is read as it was signed: whole.
TEST_F(SamlForgeryTest, ACommentCutsNoName) {
    SamlAssertion said = idp().assertion();
    said.subject = "admin.evil.example";
    const std::string good = idp().sign(said);
    EXPECT_EQ(outcome(idp().response(replaced(good, "admin.evil", "admin<!-- -->.evil"))), "admin.evil.example");
    EXPECT_EQ(outcome(idp().response(replaced(good, "admin.evil", "admin<?x?>.evil"))), "refused")
        << "a processing instruction is signed";
    EXPECT_EQ(outcome(idp().response(replaced(good, "admin.evil", "admin<![CDATA[.]]>evil"))), "admin.evil.example");
}

TEST_F(SamlForgeryTest, NoDocumentTypeAndNoEntities) {
    const std::string good = idp().response(original_);
    EXPECT_EQ(outcome("<!DOCTYPE samlp:Response>" + good), "refused");
    EXPECT_EQ(outcome("<!DOCTYPE samlp:Response [<!ENTITY e \"x\">]>" + good), "refused");
    EXPECT_EQ(outcome("<!DOCTYPE samlp:Response [<!ATTLIST saml:Assertion Id ID #IMPLIED>]>" + good), "refused");
    EXPECT_EQ(outcome("<!DOCTYPE samlp:Response SYSTEM \"file:///etc/passwd\">" + good), "refused");
    EXPECT_EQ(outcome(replaced(good, "<samlp:Status>", "<samlp:Status>&e;")), "refused");
    EXPECT_EQ(signed_part("<!DOCTYPE samlp:Response [<!ENTITY e \"x\">]>" + good), "refused");
    EXPECT_EQ(signed_part(replaced(good, "<samlp:Status>", "<samlp:Status>&e;")), "refused");
}

TEST_F(SamlForgeryTest, DepthAndSizeAreBounded) {
    std::string deep;
    for (int i = 0; i < 100; ++i) deep.append("<x>");
    std::string back;
    for (int i = 0; i < 100; ++i) back.append("</x>");
    const std::string good = idp().response(original_);
    EXPECT_EQ(outcome(replaced(good, "<samlp:Status>", deep + back + "<samlp:Status>")), "refused");
    EXPECT_EQ(signed_part(replaced(good, "<samlp:Status>", deep + back + "<samlp:Status>")), "refused");
    const std::string large(std::size_t{2} << 20, ' ');
    EXPECT_EQ(signed_part(replaced(good, "<samlp:Status>", large + "<samlp:Status>")), "refused");
}

// The signature
// ---------------------------------------------------------------------------------------------------------

TEST_F(SamlForgeryTest, TheSignatureIsAChildOfWhatItSigns) {
    EXPECT_EQ(outcome(idp().response(unsigned_ + signature_)), "refused");
    const std::string deeper = replaced(unsigned_, "<saml:Subject>", "<saml:Subject>" + signature_);
    EXPECT_EQ(outcome(idp().response(deeper)), "refused");
    EXPECT_EQ(signed_part(idp().response(deeper)), "refused");
    EXPECT_EQ(outcome(idp().response(replaced(original_, "</ds:Signature>", "</ds:Signature>" + signature_))),
              "refused")
        << "one signature";
}

TEST_F(SamlForgeryTest, TheReferenceIsToTheElementItselfAndTheOnlyOne) {
    const std::string reference = cut(original_, "<ds:Reference ", "</ds:Reference>");
    const std::string good = idp().response(original_);
    for (const char* const uri :
         {"", "URI=\"\"", "URI=\"#_r1\"", "URI=\"#xpointer(/)\"", "URI=\"#xpointer(id('_a1'))\"",
          "URI=\"file:///etc/passwd\"", "URI=\"http://127.0.0.1:1/x\"", "URI=\"_a1\""})
        EXPECT_EQ(outcome(replaced(good, "URI=\"#_a1\"", uri)), "refused") << uri;
    EXPECT_EQ(outcome(replaced(good, reference, "")), "refused");
    EXPECT_EQ(outcome(replaced(good, reference, reference + reference)), "refused");
    EXPECT_EQ(
        outcome(replaced(good, "<ds:Reference ", "<ds:Reference Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" ")),
        "refused");
}

/// A signature by the right key over something else. Only what it is over counts.
TEST_F(SamlForgeryTest, ASignatureOverAnotherElementSignsNothingHere) {
    // Of the response, which the provider signs as well, put into the assertion.
    const std::string whole = idp().signed_response(evil_);
    const std::string of_response = cut(whole, "<ds:Signature ", "</ds:Signature>");
    const std::string moved = replaced(evil_, "</saml:Issuer>", "</saml:Issuer>" + of_response);
    EXPECT_EQ(outcome(idp().response(moved)), "refused");
    // Of a NameID, whose id the attacker chose.
    const std::string name =
        R"(<saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_n">a</saml:NameID>)";
    const std::string signed_name =
        sign_saml_element(replaced(name, ">a<", "><saml:Issuer></saml:Issuer>a<"), "_n", idp().signer());
    const std::string of_name = cut(signed_name, "<ds:Signature ", "</ds:Signature>");
    EXPECT_EQ(outcome(idp().response(replaced(evil_, "</saml:Issuer>", "</saml:Issuer>" + of_name))), "refused");
}

TEST_F(SamlForgeryTest, NoTransformsButTheTwo) {
    const std::string enveloped =
        R"(<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>)";
    const std::string exclusive =
        R"(<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>)";
    const std::string good = idp().response(original_);
    const auto with = [&](const std::string& transforms) {
        return outcome(replaced(good, enveloped + exclusive, transforms));
    };
    EXPECT_EQ(with(enveloped + exclusive), "alice@example.com");
    EXPECT_EQ(with(""), "refused");
    EXPECT_EQ(with(enveloped), "refused");
    EXPECT_EQ(with(exclusive + enveloped), "refused");
    EXPECT_EQ(with(enveloped + exclusive + exclusive), "refused");
    for (const char* const algorithm :
         {"http://www.w3.org/TR/1999/REC-xslt-19991116", "http://www.w3.org/TR/1999/REC-xpath-19991116",
          "http://www.w3.org/2002/06/xmldsig-filter2", "http://www.w3.org/2000/09/xmldsig#base64",
          "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"})
        EXPECT_EQ(with(enveloped + R"(<ds:Transform Algorithm=")" + algorithm + R"("></ds:Transform>)"), "refused")
            << algorithm;
    EXPECT_EQ(with(enveloped + replaced(exclusive, "></", "><ds:XPath>ancestor</ds:XPath></")), "refused");
}

TEST_F(SamlForgeryTest, OtherAlgorithmsCountForNothing) {
    const std::string good = idp().response(original_);
    for (const char* const method :
         {"http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
          "http://www.w3.org/2000/09/xmldsig#hmac-sha1", "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
          "http://www.w3.org/2000/09/xmldsig#dsa-sha1", "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
          "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", "none", ""})
        EXPECT_EQ(outcome(replaced(good, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", method)), "refused")
            << method;
    for (const char* const method :
         {"http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2001/04/xmldsig-more#md5", ""})
        EXPECT_EQ(outcome(replaced(good, "http://www.w3.org/2001/04/xmlenc#sha256", method)), "refused") << method;
    EXPECT_EQ(
        outcome(replaced(good, "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"",
                         "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"")),
        "refused");
}

/// An HMAC whose key is what everybody knows: the certificate.
TEST_F(SamlForgeryTest, APublicKeyIsNoSecret) {
    const std::string method = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    const std::string info = cut(original_, "<ds:SignedInfo>", "</ds:SignedInfo>");
    const std::string own_info =
        replaced(replaced(info, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", method),
                 cut(info, "<ds:DigestValue>", "</ds:DigestValue>"),
                 "<ds:DigestValue>" + base64_encode(sha256(evil_same_id_)) + "</ds:DigestValue>");
    const std::string canonical =
        replaced(own_info, "<ds:SignedInfo>", "<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">");
    for (const std::string& key : {idp().certificate, base64_encode(as_bytes(idp().certificate))}) {
        const std::string value = base64_encode(hmac_sha256(as_bytes(key), canonical));
        const std::string forged =
            replaced(evil_same_id_, "</saml:Issuer>",
                     "</saml:Issuer><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">" + own_info +
                         "<ds:SignatureValue>" + value + "</ds:SignatureValue></ds:Signature>");
        EXPECT_EQ(outcome(idp().response(forged)), "refused");
        EXPECT_EQ(signed_part(idp().response(forged)), "refused");
    }
}

/// Whoever signs brings his own certificate along, or says where to get it.
TEST_F(SamlForgeryTest, KeysOfTheMessageAreNotLookedAt) {
    const SamlBench attacker;
    const std::string forged = sign_saml_element(evil_same_id_, "_a1", attacker.signer());
    EXPECT_EQ(outcome(idp().response(forged)), "refused");
    const std::string info = cut(forged, "<ds:KeyInfo>", "</ds:KeyInfo>");
    for (const std::string& other :
         {std::string(), std::string("<ds:KeyInfo><ds:RetrievalMethod URI=\"http://127.0.0.1:1/key\"/></ds:KeyInfo>"),
          std::string("<ds:KeyInfo><ds:KeyName>idp</ds:KeyName></ds:KeyInfo>"),
          cut(original_, "<ds:KeyInfo>", "</ds:KeyInfo>")})
        EXPECT_EQ(outcome(idp().response(replaced(forged, info, other))), "refused") << other;
    EXPECT_EQ(outcome(idp().response(replaced(original_, cut(original_, "<ds:KeyInfo>", "</ds:KeyInfo>"), info))),
              "alice@example.com")
        << "nor where they are wrong";
}

TEST_F(SamlForgeryTest, NothingWithinASignatureIsHidden) {
    const std::string good = idp().response(original_);
    for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
             {"<ds:SignatureValue>", "x<ds:SignatureValue>"},
             {"<ds:SignatureValue>", "<!-- --><ds:SignatureValue>"},
             {"<ds:SignedInfo>", "<ds:SignedInfo></ds:SignedInfo><ds:SignedInfo>"},
             {"<ds:Transforms>", "<ds:Transforms><ds:Transforms></ds:Transforms>"},
             {"</ds:SignatureMethod>", "<ds:HMACOutputLength>1</ds:HMACOutputLength></ds:SignatureMethod>"},
             {"</ds:DigestMethod>", "<x></x></ds:DigestMethod>"}})
        EXPECT_EQ(outcome(replaced(good, from, to)), "refused") << to;
}

TEST_F(SamlForgeryTest, OddIdsAreRefused) {
    for (const char* const id : {"_a') or id('_r1", "#_a1", "_a 1", "_a/1", "_a&amp;1"}) {
        SamlAssertion said = idp().assertion();
        said.id = id;
        EXPECT_EQ(outcome(idp().response(idp().sign(said))), "refused") << id;
    }
    EXPECT_EQ(outcome(idp().response(replaced(original_, " ID=\"_a1\"", ""))), "refused");
    EXPECT_EQ(outcome(idp().response(replaced(original_, " ID=\"_a1\"", " Id=\"_a1\""))), "refused");
}

TEST_F(SamlForgeryTest, TruncatedOnesAreRefused) {
    const std::string good = idp().response(original_);
    for (std::size_t size = 0; size < good.size(); size += 7)
        EXPECT_EQ(outcome(good.substr(0, size)), "refused") << size;
    EXPECT_EQ(outcome(good + good), "refused");
    EXPECT_EQ(outcome(good + "x"), "refused");
}

}  // namespace
}  // namespace iamlocal::federation
