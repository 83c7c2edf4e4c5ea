// Private keys of our own, for signing: made, kept in PEM, and told to others as public numbers. Over OpenSSL, whose
// generator also gives the randomness: it takes none from outside.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/named.hpp"
#include "base/public_key.hpp"

namespace iamlocal {

/// Of an RSA key: big-endian, without zeros in front.
struct RsaNumbers {
    std::string modulus;
    std::string exponent;
};

/// Of a curve's key: as long as the curve's numbers.
struct PointNumbers {
    std::string x;
    std::string y;
};

/// Copies share the key; safe for threads.
class SigningKey {
  public:
    /// `kind` is not `other`; RSA keys have 2048 bits. That may take a second for RSA, so not on a thread that others
    /// wait for. Throws std::runtime_error if it cannot be done.
    static SigningKey generate(KeyKind kind);
    /// A key of RSA or of p256, p384 or p521, not encrypted; nothing for what is no such key.
    static std::optional<SigningKey> parse_pem(std::string_view pem);

    KeyKind kind() const { return kind_; }
    /// PKCS #8.
    Secret pem() const;
    /// RSA keys only; throws std::logic_error for others.
    RsaNumbers rsa_numbers() const;
    /// Keys of a curve only; throws std::logic_error for others.
    PointNumbers point() const;

    /// RSA keys only; throws std::logic_error for others. A salt of PSS is as long as the hash.
    std::string sign_rsa(RsaPadding padding, HashSize hash, std::string_view data) const;
    /// Keys of a curve only; throws std::logic_error for others. Two numbers as long as the curve's, as JSON Web
    /// Signatures have it.
    std::string sign_ecdsa(HashSize hash, std::string_view data) const;

  private:
    friend class CertificateMaker;
    SigningKey(KeyKind kind, std::shared_ptr<void> key) : kind_(kind), key_(std::move(key)) {}
    static std::optional<SigningKey> of(void* key);

    KeyKind kind_;
    std::shared_ptr<void> key_;  ///< OpenSSL's EVP_PKEY
};

}  // namespace iamlocal
