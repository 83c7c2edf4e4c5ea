#include "federation/saml_response.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "base/encoding.hpp"
#include "base/pem.hpp"
#include "base/x509.hpp"
#include "federation/saml_encryption.hpp"
#include "federation/saml_metadata.hpp"
#include "federation/xml.hpp"
#include "xmldsig/verify.hpp"

namespace iamlocal::federation {
namespace {

using xml::Element;

constexpr std::string_view success = "urn:oasis:names:tc:SAML:2.0:status:Success";
constexpr std::chrono::minutes redeemable_for{5};

SamlFault service_fault(std::string message) {
    return {.error = SamlFault::Error::invalid_identity_token,
            .message = std::move(message),
            .service_code = "AuthSamlInvalidSamlResponseException"};
}

SamlFault unusable() { return service_fault("Invalid base64 SAMLResponse"); }

SamlFault bad_signature() { return {.message = "Response signature invalid"}; }

SamlFault expired(std::string message) {
    return {.error = SamlFault::Error::expired_token, .message = std::move(message)};
}

/// Base64 as mail and forms break it.
std::optional<std::string> decode_response(std::string_view text) {
    std::string compact(text);
    std::erase_if(compact, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return base64_decode(compact);
}

std::size_t count_assertions(const Element& element) {
    std::size_t count = element.is(saml_space, "Assertion") || element.is(saml_space, "EncryptedAssertion") ? 1 : 0;
    for (const Element& child : element.children) count += count_assertions(child);
    return count;
}

bool bears_signature(const Element& element) {
    return std::any_of(element.children.begin(), element.children.end(),
                       [](const Element& child) { return child.is(xml_signature_space, "Signature"); });
}

bool has_failed(const Element& response) {
    for (const Element& status : response.children) {
        if (!status.is(saml_protocol_space, "Status")) continue;
        for (const Element& code : status.children) {
            const std::string* const value = code.find("Value");
            if (code.is(saml_protocol_space, "StatusCode") && (value == nullptr || *value != success)) return true;
        }
    }
    return false;
}

bool is_valid_at(const std::string& certificate, Instant now) {
    const std::optional<Certificate> parsed = Certificate::parse_pem(write_pem("CERTIFICATE", certificate));
    return parsed && parsed->not_before() <= now && now <= parsed->not_after();
}

/// Of AWS's sign-in endpoints, those of Regions and of providers with encryption included.
bool is_sign_in(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    constexpr std::string_view host = "signin.aws.amazon.com";
    if (!url.starts_with(scheme)) return false;
    url.remove_prefix(scheme.size());
    const std::size_t slash = url.find('/');
    if (slash == std::string_view::npos) return false;
    const std::string_view name = url.substr(0, slash);
    const std::string_view path = url.substr(slash);
    if (path != "/saml" && !(path.starts_with("/saml/acs/") && path.find('/', 10) == std::string_view::npos))
        return false;
    if (name == host) return true;
    if (name.size() <= host.size() + 1 || !name.ends_with(host) || name[name.size() - host.size() - 1] != '.')
        return false;
    const std::string_view region = name.substr(0, name.size() - host.size() - 1);
    return std::all_of(region.begin(), region.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

/// The parts of a response, one after the other. A step throws the fault.
class Reading {
  public:
    explicit Reading(const SamlTrust& trust) : trust_(trust) {}

    SamlAssertion read(std::string_view base64) {
        read_metadata();
        take_document(base64);
        const Element& assertion = find_assertion();
        const std::string id = signed_id(assertion);
        const std::string bytes = verified(document_, id, keys_of(assertion));
        // From here on nothing but what was signed counts.
        const std::optional<Element> element = xml::parse(bytes);
        std::optional<SamlAssertion> read = element ? read_saml_assertion(*element) : std::nullopt;
        if (!read || read->id != id || find_issuer(read->issuer) == nullptr) throw unusable();
        check_dates(*read);
        if (trust_.checks == SamlChecks::strict) check_strictly(*read);
        return *std::move(read);
    }

  private:
    void read_metadata() {
        auto parsed = parse_saml_metadata(trust_.metadata);
        if (auto* const metadata = std::get_if<SamlMetadata>(&parsed)) issuers_ = std::move(metadata->issuers);
    }

    void take_document(std::string_view base64) {
        std::optional<std::string> document = decode_response(base64);
        if (!document) throw unusable();
        document_ = *std::move(document);
        root_ = xml::parse(document_);
        if (!root_ || !root_->is(saml_protocol_space, "Response") || has_failed(*root_)) throw unusable();
        if (!bears_signature(*root_)) return;
        std::vector<std::string> keys;
        for (const SamlIssuer& issuer : issuers_)
            keys.insert(keys.end(), issuer.signing_certificates.begin(), issuer.signing_certificates.end());
        const std::string* const id = root_->find("ID");
        verified(document_, id == nullptr ? std::string() : *id, keys);
    }

    /// The response's only one, decrypted where it has to be; then `document_` is the assertion alone.
    const Element& find_assertion() {
        if (count_assertions(*root_) != 1) throw unusable();
        if (const Element* const plain = only_child(*root_, "Assertion")) {
            if (trust_.requires_encryption) throw unusable();
            return *plain;
        }
        const Element* const encrypted = only_child(*root_, "EncryptedAssertion");
        std::optional<std::string> opened =
            encrypted ? decrypt_assertion(*encrypted, trust_.private_keys) : std::nullopt;
        if (!opened) throw unusable();
        document_ = *std::move(opened);
        root_ = xml::parse(document_);
        if (!root_ || !root_->is(saml_space, "Assertion") || count_assertions(*root_) != 1) throw unusable();
        return *root_;
    }

    static std::string signed_id(const Element& assertion) {
        if (!bears_signature(assertion))
            throw service_fault(
                "Response (with optional signature) must contain an assertion with a mandatory signature");
        const std::string* const id = assertion.find("ID");
        if (id == nullptr || id->empty()) throw unusable();
        return *id;
    }

    const SamlIssuer* find_issuer(std::string_view id) const {
        const auto found = std::find_if(issuers_.begin(), issuers_.end(),
                                        [&](const SamlIssuer& issuer) { return issuer.entity_id == id; });
        return found == issuers_.end() ? nullptr : &*found;
    }

    std::vector<std::string> keys_of(const Element& assertion) const {
        const Element* const name = only_child(assertion, "Issuer");
        if (name == nullptr) throw unusable();
        const SamlIssuer* const issuer = find_issuer(trimmed(name->text));
        if (issuer == nullptr) throw service_fault("Issuer not present in specified provider");
        return issuer->signing_certificates;
    }

    std::string verified(std::string_view document, std::string_view id, std::vector<std::string> keys) const {
        if (trust_.checks == SamlChecks::strict)
            std::erase_if(keys, [&](const std::string& certificate) { return !is_valid_at(certificate, trust_.now); });
        std::optional<std::string> bytes = xmldsig::verify(document, id, keys);
        if (!bytes) throw bad_signature();
        return *std::move(bytes);
    }

    void check_dates(const SamlAssertion& assertion) const {
        const Instant now = trust_.now;
        if (assertion.confirmed_until <= now || (assertion.not_on_or_after && *assertion.not_on_or_after <= now) ||
            (assertion.session_end && *assertion.session_end <= now))
            throw expired("Response has expired");
        if (assertion.issued + redeemable_for < now)
            throw expired("Token must be redeemed within 5 minutes of issuance");
    }

    void check_strictly(const SamlAssertion& assertion) const {
        if (!is_sign_in(assertion.recipient)) throw service_fault("Response does not contain the required recipient");
        const bool is_meant = std::any_of(
            assertion.audiences.begin(), assertion.audiences.end(),
            [](const std::string& audience) { return audience == "urn:amazon:webservices" || is_sign_in(audience); });
        if (!is_meant) throw service_fault("Response does not contain the required audience");
        if (assertion.not_before && trust_.now < *assertion.not_before)
            throw service_fault("Response is not valid yet");
    }

    const SamlTrust& trust_;
    std::vector<SamlIssuer> issuers_;
    std::string document_;
    std::optional<Element> root_;
};

}  // namespace

std::string saml_message(const SamlFault& fault, std::string_view id) {
    if (fault.service_code.empty()) return fault.message;
    return fmt::format(
        "{} (Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: {}; Request ID: {}; Proxy: null)",
        fault.message, fault.service_code, id);
}

SamlFault no_saml_provider() {
    return {.message = "Specified provider doesn't exist", .service_code = "AuthSamlManifestNotFoundException"};
}

bool verifies_saml() { return xmldsig::is_built_in(); }

bool has_what_saml_needs() { return xmldsig::is_installed(); }

std::variant<SamlAssertion, SamlFault> verify_saml_response(std::string_view base64, const SamlTrust& trust) {
    try {
        return Reading(trust).read(base64);
    } catch (const SamlFault& fault) {
        return fault;
    }
}

}  // namespace iamlocal::federation
