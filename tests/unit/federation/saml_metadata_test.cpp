#include "federation/saml_metadata.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "unit/federation/certificates.hpp"

namespace iamlocal::federation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string key(std::string_view certificate, std::string_view attributes = R"(use="signing")") {
    return fmt::format(
        R"(<KeyDescriptor {}><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>)",
        attributes, certificate);
}

std::string entity(std::string_view keys, std::string_view id = "https://idp.example.com") {
    return fmt::format(
        R"(<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{}"><IDPSSODescriptor>{}</IDPSSODescriptor></EntityDescriptor>)",
        id, keys);
}

SamlMetadata read(const std::string& document) {
    const auto parsed = parse_saml_metadata(document);
    EXPECT_TRUE(std::holds_alternative<SamlMetadata>(parsed)) << document;
    return std::holds_alternative<SamlMetadata>(parsed) ? std::get<SamlMetadata>(parsed) : SamlMetadata{};
}

void expect_fault(MetadataFault fault, const std::string& document) {
    const auto parsed = parse_saml_metadata(document);
    ASSERT_TRUE(std::holds_alternative<MetadataFault>(parsed)) << document;
    EXPECT_EQ(std::get<MetadataFault>(parsed), fault) << document;
}

TEST(SamlMetadata, CertificatesByTheirUse) {
    const SamlMetadata metadata =
        read(entity(key(rsa_certificate) + key(ec_certificate, R"(use="encryption")") + key(ec_certificate, "")));
    ASSERT_EQ(metadata.issuers.size(), 1U);
    EXPECT_EQ(metadata.keys, 3U);
    const SamlIssuer& issuer = metadata.issuers[0];
    const std::string rsa = *base64_decode(rsa_certificate);
    const std::string ec = *base64_decode(ec_certificate);
    EXPECT_EQ(issuer.entity_id, "https://idp.example.com");
    EXPECT_THAT(issuer.signing_certificates, ElementsAre(rsa, ec));
    EXPECT_THAT(issuer.encryption_certificates, ElementsAre(ec, ec));
}

TEST(SamlMetadata, ACertificateMayBeBrokenIntoLines) {
    std::string lines = "\n";
    for (std::size_t at = 0; at < ec_certificate.size(); at += 64)
        lines.append(ec_certificate.substr(at, 64)) += "\r\n\t";
    EXPECT_THAT(read(entity(key(lines))).issuers[0].signing_certificates, ElementsAre(*base64_decode(ec_certificate)));
}

TEST(SamlMetadata, WhatAwsAcceptsToo) {
    EXPECT_THAT(read(entity("")).issuers[0].signing_certificates, IsEmpty());
    EXPECT_THAT(read(entity("<KeyDescriptor/>")).issuers[0].signing_certificates, IsEmpty());
    const SamlMetadata encryption = read(entity(key(ec_certificate, R"(use="encryption")")));
    EXPECT_THAT(encryption.issuers[0].signing_certificates, IsEmpty());
    const SamlMetadata around =
        read(R"(<m:EntitiesDescriptor xmlns:m="urn:oasis:names:tc:SAML:2.0:metadata"><m:EntitiesDescriptor>)" +
             entity("", "one") + "</m:EntitiesDescriptor>" + entity("", "two") +
             R"(<m:EntityDescriptor entityID="of nobody"/></m:EntitiesDescriptor>)");
    ASSERT_EQ(around.issuers.size(), 2U);
    EXPECT_EQ(around.issuers[0].entity_id, "one");
    EXPECT_EQ(around.issuers[1].entity_id, "two");
}

TEST(SamlMetadata, PrefixesDoNotCount) {
    EXPECT_EQ(read(R"(<x:EntityDescriptor xmlns:x="urn:oasis:names:tc:SAML:2.0:metadata" entityID="i">)"
                   R"(<x:IDPSSODescriptor/></x:EntityDescriptor>)")
                  .issuers[0]
                  .entity_id,
              "i");
}

TEST(SamlMetadata, MetadataOfNobodyWhoIssuesAssertions) {
    expect_fault(MetadataFault::no_issuer,
                 R"(<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="i"/>)");
    expect_fault(MetadataFault::no_issuer, R"(<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"/>)");
    // An element of that name in another namespace is something else.
    expect_fault(MetadataFault::no_issuer, R"(<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" )"
                                           R"(entityID="i"><IDPSSODescriptor xmlns="urn:x"/></EntityDescriptor>)");
}

TEST(SamlMetadata, WhatIsNoMetadata) {
    expect_fault(MetadataFault::unreadable, "");
    expect_fault(MetadataFault::unreadable, "no xml");
    expect_fault(MetadataFault::unreadable, R"(<EntityDescriptor entityID="i"><IDPSSODescriptor/></EntityDescriptor>)");
    expect_fault(MetadataFault::unreadable,
                 R"(<Other xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="i"><IDPSSODescriptor/></Other>)");
    expect_fault(MetadataFault::unreadable, entity("", ""));
    expect_fault(MetadataFault::unreadable, "<!DOCTYPE a>" + entity(""));
    expect_fault(MetadataFault::unreadable, "\xef\xbb\xbf" + entity(""));
    expect_fault(MetadataFault::unreadable, entity("<KeyDescriptor use=\"both\"/>"));
}

TEST(SamlMetadata, CertificatesThatAreNone) {
    const std::string der = *base64_decode(ec_certificate);
    for (const std::string& wrong : {
             std::string(),
             std::string("aaaa"),
             std::string("no base64!"),
             std::string(ec_certificate.substr(4)),
             std::string(ec_certificate.substr(0, ec_certificate.size() - 4)),
             base64_encode(as_bytes(der + "x")),
             std::string(short_certificate),
             std::string(repeating_certificate),
         }) {
        expect_fault(MetadataFault::unreadable, entity(key(wrong)));
        expect_fault(MetadataFault::unreadable, entity(key(wrong, R"(use="encryption")")));
    }
}

}  // namespace
}  // namespace iamlocal::federation
