// RSA public keys in the two forms in which people have them: the line that SSH writes (RFC 4253), and X.509's
// SubjectPublicKeyInfo in PEM (RFC 8017, RFC 5280). Both hold the same two numbers, written the same way.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace iamlocal {

class RsaPublicKey {
  public:
    /// Either form. Nothing for other kinds of keys, and for what is neither. Whether the numbers make a good key is
    /// not looked at, but that both are positive.
    static std::optional<RsaPublicKey> parse(std::string_view text);
    /// What ssh_bytes() gives.
    static std::optional<RsaPublicKey> parse_ssh_bytes(std::string_view bytes);

    /// The form that SSH sends, and makes fingerprints of.
    std::string ssh_bytes() const;
    /// `ssh-rsa AAAA…`, without a comment or a newline.
    std::string ssh_line() const;
    /// `-----BEGIN PUBLIC KEY-----` …, with a final newline.
    std::string pem() const;

    std::size_t modulus_bits() const;
    /// Whether keys are made like that: modulus and exponent are odd, and the exponent is not 1.
    bool is_plausible() const;

    friend bool operator==(const RsaPublicKey&, const RsaPublicKey&) = default;

  private:
    RsaPublicKey(std::string_view exponent, std::string_view modulus) : exponent_(exponent), modulus_(modulus) {}
    static std::optional<RsaPublicKey> of_numbers(std::string_view exponent, std::string_view modulus);
    static std::optional<RsaPublicKey> parse_public_key_info(std::string_view der);

    // Big-endian, with a zero byte in front where the highest bit is set: SSH's mpint and DER's INTEGER agree.
    std::string exponent_;
    std::string modulus_;
};

}  // namespace iamlocal
