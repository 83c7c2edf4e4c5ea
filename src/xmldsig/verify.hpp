// Signatures in XML documents, as SAML has them: enveloped in the element that they sign. Over xmlsec1 and libxml2,
// which are seen here only; a build without them knows no signature.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace iamlocal::xmldsig {

/// Whether this build can verify anything.
bool is_built_in();
/// Whether the libraries are there, too. Loads them, the first time: not on a thread that others wait for.
bool is_installed();

/// The element whose attribute `ID` this is, as it was signed: in canonical form, without the signature, a document of
/// its own. Whatever is to be known of the element must be read from there, never from `document`.
///
/// Nothing unless the document has neither a document type nor an id twice; the element has one signature as its child,
/// of one reference to that id and nothing else, with the transforms of an enveloped signature in exclusive canonical
/// form alone, by RSA or ECDSA with SHA-256, SHA-384 or SHA-512; and the public key of one of the `certificates` (in
/// DER) verifies it. Certificates and keys that the signature itself brings are not looked at, nor is the time. Safe
/// for threads.
std::optional<std::string> verify(std::string_view document, std::string_view id,
                                  std::span<const std::string> certificates);

}  // namespace iamlocal::xmldsig
