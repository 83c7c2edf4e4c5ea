// The metadata of SAML 2.0 identity providers: who issues assertions, and with which certificates they are signed and
// encrypted. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace iamlocal::federation {

/// Somebody who issues assertions: an EntityDescriptor with an IDPSSODescriptor.
struct SamlIssuer {
    std::string entity_id;
    /// In DER, in the order of the document. A KeyDescriptor that does not say what it is for counts for both.
    std::vector<std::string> signing_certificates;
    std::vector<std::string> encryption_certificates;

    friend bool operator==(const SamlIssuer&, const SamlIssuer&) = default;
};

struct SamlMetadata {
    std::vector<SamlIssuer> issuers;  ///< one at least
    std::size_t keys = 0;             ///< how many certificates the issuers have in all
};

enum class MetadataFault {
    unreadable,  ///< no metadata, or with a certificate that is none
    no_issuer,   ///< metadata of nobody who issues assertions
};

/// Reads a document in UTF-8 without a byte order mark. Namespaces count, prefixes do not. What has a document type is
/// unreadable, and so is a certificate with an RSA key of less than 1024 bits or a repeated extension.
std::variant<SamlMetadata, MetadataFault> parse_saml_metadata(std::string_view document);

}  // namespace iamlocal::federation
