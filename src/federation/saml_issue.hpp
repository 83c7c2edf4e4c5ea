// SAML responses and metadata as an identity provider writes them: for the built-in one, and for tests of those who
// read them. What is signed is written in canonical form to begin with. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/key_transport.hpp"
#include "base/signing_key.hpp"
#include "federation/saml_assertion.hpp"

namespace iamlocal::federation {

/// The canonical text of an assertion, without a signature.
std::string write_saml_assertion(const SamlAssertion& assertion);

/// Who signs: its key, and the certificate of it in DER.
struct SamlSigner {
    const SigningKey& key;
    std::string_view certificate;
};

/// The text of an element in canonical form with `id`, signed (RSA or ECDSA with SHA-256): the signature stands behind
/// its first child, the Issuer.
std::string sign_saml_element(std::string_view canonical, std::string_view id, const SamlSigner& signer);

/// An EncryptedAssertion of any text, for the owner of a certificate (in DER) with an RSA key. Nothing for one that
/// has no such key.
std::optional<std::string> encrypt_saml_assertion(std::string_view assertion, std::string_view certificate,
                                                  AesMode mode, Entropy& entropy);

/// The canonical text of a response around an assertion, plain, signed or encrypted.
struct SamlResponseHead {
    std::string_view id;
    std::string_view issuer;
    std::string_view destination;
    Instant issued{};
};
std::string write_saml_response(const SamlResponseHead& head, std::string_view assertion);

/// The metadata of an identity provider, with padding so that CreateSAMLProvider takes it.
std::string write_saml_metadata(std::string_view entity_id, std::string_view sign_in_url, std::string_view certificate);

}  // namespace iamlocal::federation
