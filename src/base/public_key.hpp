// Public keys of other parties, for checking what they have signed: RSA and NIST's curves, over OpenSSL.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

namespace iamlocal {

enum class KeyKind { rsa, p256, p384, p521, other };
enum class HashSize { sha256, sha384, sha512 };
/// How an RSA key has signed: PKCS #1 v1.5, or PSS with a salt as long as the hash.
enum class RsaPadding { pkcs1, pss };

/// Copies share the key; safe for threads.
class PublicKey {
  public:
    /// Big-endian numbers. nullopt for a modulus below 1024 or above 16384 bits, an even one, and an exponent that is
    /// even, below 3, or longer than 64 bits.
    static std::optional<PublicKey> from_rsa(std::string_view modulus, std::string_view exponent);
    /// A point of p256, p384 or p521, its coordinates as long as the curve's numbers. nullopt if it is not on the
    /// curve.
    static std::optional<PublicKey> from_point(KeyKind curve, std::string_view x, std::string_view y);
    /// The key of an X.509 certificate in DER. nullopt for what is no certificate, or more than one, and where an
    /// extension is repeated, which RFC 5280 forbids.
    static std::optional<PublicKey> from_certificate(std::string_view der);

    KeyKind kind() const { return kind_; }
    int bits() const;
    bool is_same(const PublicKey& other) const;

    /// RSA keys only.
    bool verifies_rsa(RsaPadding padding, HashSize hash, std::string_view data, std::string_view signature) const;
    /// Keys of a curve only. The signature is two numbers as long as the curve's, as JSON Web Signatures have it.
    bool verifies_ecdsa(HashSize hash, std::string_view data, std::string_view signature) const;

  private:
    PublicKey(KeyKind kind, std::shared_ptr<void> key) : kind_(kind), key_(std::move(key)) {}
    static std::optional<PublicKey> of(void* key);

    KeyKind kind_;
    std::shared_ptr<void> key_;  ///< OpenSSL's EVP_PKEY
};

/// How many bytes a curve's numbers have; 0 for kinds that are no curve.
std::size_t coordinate_size(KeyKind kind);

}  // namespace iamlocal
