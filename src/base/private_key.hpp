// Private keys that somebody hands over in PEM.
#pragma once

#include <string_view>

namespace iamlocal {

/// Whether a text has a private key in PEM, of RSA or of an elliptic curve, in PKCS #8 or in the form of its own kind.
/// Not one that is encrypted: there is no password for it.
bool is_private_key(std::string_view pem);

}  // namespace iamlocal
