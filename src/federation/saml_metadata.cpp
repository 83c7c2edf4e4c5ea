#include "federation/saml_metadata.hpp"

#include <algorithm>
#include <optional>

#include "base/encoding.hpp"
#include "base/public_key.hpp"
#include "federation/xml.hpp"

namespace iamlocal::federation {
namespace {

using xml::Element;

constexpr std::string_view metadata_space = "urn:oasis:names:tc:SAML:2.0:metadata";
constexpr std::string_view signature_space = "http://www.w3.org/2000/09/xmldsig#";
constexpr int least_rsa_bits = 1024;

struct Unreadable {};

/// The base64 text of a certificate, which may be broken into lines.
std::string read_certificate(const Element& element) {
    std::string text = element.text;
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    std::optional<std::string> der = base64_decode(text);
    if (!der) throw Unreadable{};
    const std::optional<PublicKey> key = PublicKey::from_certificate(*der);
    if (!key || (key->kind() == KeyKind::rsa && key->bits() < least_rsa_bits)) throw Unreadable{};
    return *std::move(der);
}

std::vector<std::string> read_certificates(const Element& key_descriptor) {
    std::vector<std::string> certificates;
    for (const Element& info : key_descriptor.children) {
        if (!info.is(signature_space, "KeyInfo")) continue;
        for (const Element& data : info.children) {
            if (!data.is(signature_space, "X509Data")) continue;
            for (const Element& certificate : data.children)
                if (certificate.is(signature_space, "X509Certificate"))
                    certificates.push_back(read_certificate(certificate));
        }
    }
    return certificates;
}

void read_role(const Element& role, SamlMetadata& metadata, SamlIssuer& issuer) {
    for (const Element& descriptor : role.children) {
        if (!descriptor.is(metadata_space, "KeyDescriptor")) continue;
        const std::string* const use = descriptor.find("use");
        if (use != nullptr && *use != "signing" && *use != "encryption") throw Unreadable{};
        const std::vector<std::string> certificates = read_certificates(descriptor);
        metadata.keys += certificates.size();
        const auto add_to = [&](std::vector<std::string>& list) {
            list.insert(list.end(), certificates.begin(), certificates.end());
        };
        if (use == nullptr || *use == "signing") add_to(issuer.signing_certificates);
        if (use == nullptr || *use == "encryption") add_to(issuer.encryption_certificates);
    }
}

void read_entity(const Element& entity, SamlMetadata& metadata) {
    const std::string* const id = entity.find("entityID");
    if (id == nullptr || id->empty()) throw Unreadable{};
    SamlIssuer issuer{.entity_id = *id, .signing_certificates = {}, .encryption_certificates = {}};
    bool is_issuer = false;
    for (const Element& role : entity.children) {
        if (!role.is(metadata_space, "IDPSSODescriptor")) continue;
        is_issuer = true;
        read_role(role, metadata, issuer);
    }
    if (is_issuer) metadata.issuers.push_back(std::move(issuer));
}

/// An EntityDescriptor, or an EntitiesDescriptor with more of either.
void read_descriptor(const Element& element, SamlMetadata& metadata) {
    if (element.is(metadata_space, "EntityDescriptor")) return read_entity(element, metadata);
    for (const Element& child : element.children)
        if (child.is(metadata_space, "EntityDescriptor") || child.is(metadata_space, "EntitiesDescriptor"))
            read_descriptor(child, metadata);
}

}  // namespace

std::variant<SamlMetadata, MetadataFault> parse_saml_metadata(std::string_view document) {
    const std::optional<Element> root = xml::parse(document);
    if (!root || !(root->is(metadata_space, "EntityDescriptor") || root->is(metadata_space, "EntitiesDescriptor")))
        return MetadataFault::unreadable;
    SamlMetadata metadata;
    try {
        read_descriptor(*root, metadata);
    } catch (const Unreadable&) {
        return MetadataFault::unreadable;
    }
    if (metadata.issuers.empty()) return MetadataFault::no_issuer;
    return metadata;
}

}  // namespace iamlocal::federation
