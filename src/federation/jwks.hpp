// JSON Web Key Sets, and whether one of their keys has signed a token.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/public_key.hpp"
#include "federation/jwt.hpp"

namespace iamlocal::federation {

/// A key as its set has it.
struct Jwk {
    std::optional<std::string> id;
    /// nullopt: a key that cannot verify signatures, but takes its id: one of another type or for encryption, one with
    /// `key_ops`, one whose numbers make no key, an RSA key of more than 8,192 bits or with an exponent of more than
    /// 32, or one whose certificate (`x5c`) is of another key.
    std::optional<PublicKey> key;
};

using KeySet = std::vector<Jwk>;

/// Nothing for what is no set, and for one of more than 100 RSA or 100 EC keys, more than 1,000 in all, or more than
/// 1 MiB, and for what parse_published_json() does not read.
std::optional<KeySet> parse_jwks(std::string_view text);

/// About how many bytes the set takes.
std::size_t memory_of(const KeySet& keys);

enum class Verified {
    yes,
    no_key,  ///< the token names no key of the set, or none where there are several
    no,      ///< the key has not signed it, or not in a way that this key may
};

/// Whether a key of the set has signed the token: the one that it names, the last of that name; the only one, if it
/// names none. Nothing that the token brings along (jku, jwk, x5u, x5c) is looked at. An RSA key verifies RS and PS in
/// 256, 384 and 512; a curve one of ES256, ES384 and ES512 alone. No other algorithm is known.
Verified verify(const Jwt& token, const KeySet& keys);

}  // namespace iamlocal::federation
