#include "federation/saml_issue.hpp"

#include <array>

#include <fmt/format.h>

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/time_format.hpp"

namespace iamlocal::federation {
namespace {

constexpr std::string_view ds = R"( xmlns:ds="http://www.w3.org/2000/09/xmldsig#")";
/// The algorithms of digests, signatures and encryption of all that is written here.
constexpr std::string_view exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#";
constexpr std::string_view envelope = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
constexpr std::string_view digest_method = "http://www.w3.org/2001/04/xmlenc#sha256";
constexpr std::string_view rsa_method = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
constexpr std::string_view ecdsa_method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
/// The least that CreateSAMLProvider takes.
constexpr std::size_t least_metadata = 1000;

/// Text and attributes as canonical XML escapes them.
std::string escaped(std::string_view text, bool in_attribute) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>' && !in_attribute)
            out += "&gt;";
        else if (c == '"' && in_attribute)
            out += "&quot;";
        else if (c == '\r')
            out += "&#xD;";
        else if ((c == '\t' || c == '\n') && in_attribute)
            out += c == '\t' ? "&#x9;" : "&#xA;";
        else
            out += c;
    }
    return out;
}

std::string tagged(std::string_view name, std::string_view value) {
    return fmt::format("<{0}>{1}</{0}>", name, escaped(value, false));
}

std::string attribute(std::string_view name, std::string_view value) {
    return fmt::format(" {}=\"{}\"", name, escaped(value, true));
}

std::string instant(std::string_view name, Instant at) {
    return attribute(name, format_iso8601(std::chrono::floor<std::chrono::milliseconds>(at)));
}

std::string subject_of(const SamlAssertion& assertion) {
    std::string out = "<saml:Subject>";
    if (!assertion.subject.empty())
        out.append("<saml:NameID")
            .append(attribute("Format", assertion.format))
            .append(">")
            .append(escaped(assertion.subject, false))
            .append("</saml:NameID>");
    out.append(R"(<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">)");
    out.append("<saml:SubjectConfirmationData").append(instant("NotOnOrAfter", assertion.confirmed_until));
    out.append(attribute("Recipient", assertion.recipient)).append("></saml:SubjectConfirmationData>");
    return out.append("</saml:SubjectConfirmation></saml:Subject>");
}

std::string conditions_of(const SamlAssertion& assertion) {
    std::string out = "<saml:Conditions";
    if (assertion.not_before) out += instant("NotBefore", *assertion.not_before);
    if (assertion.not_on_or_after) out += instant("NotOnOrAfter", *assertion.not_on_or_after);
    out += ">";
    if (!assertion.audiences.empty()) {
        out += "<saml:AudienceRestriction>";
        for (const std::string& audience : assertion.audiences) out += tagged("saml:Audience", audience);
        out += "</saml:AudienceRestriction>";
    }
    return out.append("</saml:Conditions>");
}

std::string statements_of(const SamlAssertion& assertion) {
    std::string out = "<saml:AuthnStatement" + instant("AuthnInstant", assertion.issued);
    if (assertion.session_end) out += instant("SessionNotOnOrAfter", *assertion.session_end);
    out +=
        "><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"
        "</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>";
    if (assertion.attributes.empty()) return out;
    out += "<saml:AttributeStatement>";
    for (const SamlAttribute& known : assertion.attributes) {
        out.append("<saml:Attribute").append(attribute("Name", known.name)).append(">");
        for (const std::string& value : known.values) out += tagged("saml:AttributeValue", value);
        out += "</saml:Attribute>";
    }
    return out.append("</saml:AttributeStatement>");
}

/// What a signature is made of: the same text stands in the signature, and with the namespace is signed.
std::string signed_info(std::string_view canonical, std::string_view id, bool is_rsa, std::string_view name_space) {
    return fmt::format(
        R"(<ds:SignedInfo{}><ds:CanonicalizationMethod Algorithm="{}"></ds:CanonicalizationMethod>)"
        R"(<ds:SignatureMethod Algorithm="{}"></ds:SignatureMethod><ds:Reference URI="#{}"><ds:Transforms>)"
        R"(<ds:Transform Algorithm="{}"></ds:Transform><ds:Transform Algorithm="{}"></ds:Transform></ds:Transforms>)"
        R"(<ds:DigestMethod Algorithm="{}"></ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference>)"
        R"(</ds:SignedInfo>)",
        name_space, exclusive, is_rsa ? rsa_method : ecdsa_method, escaped(id, true), envelope, exclusive,
        digest_method, base64_encode(sha256(canonical)));
}

std::string encrypted_part(std::string_view method, std::string_view info, std::string_view sealed) {
    return fmt::format(
        R"(<xenc:EncryptionMethod Algorithm="{}"></xenc:EncryptionMethod>{}<xenc:CipherData><xenc:CipherValue>{})"
        R"(</xenc:CipherValue></xenc:CipherData>)",
        method, info, base64_encode(as_bytes(sealed)));
}

}  // namespace

std::string write_saml_assertion(const SamlAssertion& assertion) {
    return fmt::format(R"(<saml:Assertion xmlns:saml="{}"{}{} Version="2.0">{}{}{}{}</saml:Assertion>)", saml_space,
                       attribute("ID", assertion.id), instant("IssueInstant", assertion.issued),
                       tagged("saml:Issuer", assertion.issuer), subject_of(assertion), conditions_of(assertion),
                       statements_of(assertion));
}

std::string sign_saml_element(std::string_view canonical, std::string_view id, const SamlSigner& signer) {
    const bool is_rsa = signer.key.kind() == KeyKind::rsa;
    const std::string to_sign = signed_info(canonical, id, is_rsa, ds);
    const std::string value = is_rsa ? signer.key.sign_rsa(RsaPadding::pkcs1, HashSize::sha256, to_sign)
                                     : signer.key.sign_ecdsa(HashSize::sha256, to_sign);
    const std::string signature = fmt::format(
        "<ds:Signature{}>{}<ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>",
        ds, signed_info(canonical, id, is_rsa, ""), base64_encode(as_bytes(value)),
        base64_encode(as_bytes(signer.certificate)));
    constexpr std::string_view issuer_end = "Issuer>";
    const std::size_t place = canonical.find(issuer_end, canonical.find("</")) + issuer_end.size();
    return std::string(canonical.substr(0, place)).append(signature).append(canonical.substr(place));
}

std::optional<std::string> encrypt_saml_assertion(std::string_view assertion, std::string_view certificate,
                                                  AesMode mode, Entropy& entropy) {
    std::array<unsigned char, 32> bytes{};
    entropy.fill(bytes);
    const Secret key(std::string(bytes.begin(), bytes.end()));
    wipe(bytes);
    const std::optional<std::string> sealed_key = seal_oaep(certificate, {}, key);
    if (!sealed_key) return std::nullopt;
    const std::string info =
        fmt::format("<ds:KeyInfo{}><xenc:EncryptedKey>{}</xenc:EncryptedKey></ds:KeyInfo>", ds,
                    encrypted_part("http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p", "", *sealed_key));
    const std::string_view method = mode == AesMode::gcm ? "http://www.w3.org/2009/xmlenc11#aes256-gcm"
                                                         : "http://www.w3.org/2001/04/xmlenc#aes256-cbc";
    return fmt::format(
        R"(<saml:EncryptedAssertion xmlns:saml="{}"><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" )"
        R"(Type="http://www.w3.org/2001/04/xmlenc#Element">{}</xenc:EncryptedData></saml:EncryptedAssertion>)",
        saml_space, encrypted_part(method, info, seal_aes(mode, key, assertion, entropy)));
}

std::string write_saml_response(const SamlResponseHead& head, std::string_view assertion) {
    return fmt::format(
        R"(<samlp:Response xmlns:samlp="{0}"{1}{2}{3} Version="2.0"><saml:Issuer xmlns:saml="{4}">{5}</saml:Issuer>)"
        R"(<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode>)"
        R"(</samlp:Status>{6}</samlp:Response>)",
        saml_protocol_space, attribute("Destination", head.destination), attribute("ID", head.id),
        instant("IssueInstant", head.issued), saml_space, escaped(head.issuer, false), assertion);
}

std::string write_saml_metadata(std::string_view entity_id, std::string_view sign_in_url,
                                std::string_view certificate) {
    std::string out = fmt::format(
        R"(<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata"{}>)"
        R"(<IDPSSODescriptor protocolSupportEnumeration="{}"><KeyDescriptor use="signing"><ds:KeyInfo{}><ds:X509Data>)"
        R"(<ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>)"
        R"(<NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat>)"
        R"(<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"{}/></IDPSSODescriptor>)"
        R"(</EntityDescriptor>)",
        attribute("entityID", entity_id), saml_protocol_space, ds, base64_encode(as_bytes(certificate)),
        attribute("Location", sign_in_url));
    if (out.size() < least_metadata) out.append(least_metadata - out.size(), '\n');
    return out;
}

}  // namespace iamlocal::federation
