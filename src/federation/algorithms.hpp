// The algorithms of JSON Web Signatures (RFC 7518) that are known here: those of public keys.
#pragma once

#include <string_view>

#include "base/public_key.hpp"

namespace iamlocal::federation {

/// What an algorithm needs: an RSA key and a padding, or a key of one curve.
struct SignatureAlgorithm {
    std::string_view name;
    KeyKind kind;
    HashSize hash;
    RsaPadding padding = RsaPadding::pkcs1;
};

/// RS, PS and ES in 256, 384 and 512; null for any other name.
const SignatureAlgorithm* find_algorithm(std::string_view name);

}  // namespace iamlocal::federation
