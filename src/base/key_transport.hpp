// How a message is encrypted for the owner of an RSA key, as XML Encryption has it: a fresh AES key under RSA-OAEP, and
// the text under that key. Over OpenSSL.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/entropy.hpp"
#include "base/named.hpp"

namespace iamlocal {

enum class OaepHash { sha1, sha224, sha256, sha384, sha512 };

/// What both sides of RSA-OAEP have to agree on.
struct Oaep {
    OaepHash digest = OaepHash::sha1;
    OaepHash mask = OaepHash::sha1;  ///< of the mask generation function MGF1
    std::string label = {};
};

/// Opens what seal_oaep() has made for the key's certificate. Nothing for another key, other parameters, or what is no
/// RSA key in PEM.
std::optional<Secret> open_oaep(const Secret& private_key_pem, const Oaep& oaep, std::string_view sealed);
/// `certificate`: in DER, of an RSA key. Nothing for another one, or a text too long for its key.
std::optional<std::string> seal_oaep(std::string_view certificate, const Oaep& oaep, const Secret& plain);

/// AES with a key of 16 or 32 bytes: CBC with XML Encryption's padding, or GCM with a tag of 16 bytes at the end; the
/// initialization vector stands in front.
enum class AesMode { cbc, gcm };

/// Nothing for a key of another length, or a text that this key has not made (GCM) or cannot have made (CBC: whoever
/// changes the text is not noticed, so it must be signed within).
std::optional<std::string> open_aes(AesMode mode, const Secret& key, std::string_view sealed);
std::string seal_aes(AesMode mode, const Secret& key, std::string_view plain, Entropy& entropy);

}  // namespace iamlocal
