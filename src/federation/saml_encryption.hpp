// Encrypted assertions: XML Encryption with the algorithms that AWS takes. Whatever is decrypted is nobody's word until
// a signature in it is verified.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/named.hpp"
#include "federation/xml.hpp"

namespace iamlocal::federation {

/// The text of an EncryptedAssertion, by one of the private keys (in PEM): AES of 128 or 256 bits in CBC or GCM, under
/// a key that RSA-OAEP has encrypted. Nothing for other algorithms, for what these keys do not open, and for what is
/// not of that form.
std::optional<std::string> decrypt_assertion(const xml::Element& encrypted, std::span<const Secret> private_keys);

}  // namespace iamlocal::federation
