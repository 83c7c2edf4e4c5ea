// X.509 certificates and the private keys that belong to them, over OpenSSL: what IAM wants to know of them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

struct evp_pkey_st;
struct x509_st;

namespace iamlocal {

/// Of any kind that OpenSSL knows.
class PrivateKey {
  public:
    /// One key in PEM, PKCS#8 or the older forms, not encrypted. Curve parameters may stand before it.
    static std::optional<PrivateKey> parse_pem(std::string_view text);

  private:
    friend class Certificate;
    struct Free {
        void operator()(evp_pkey_st* key) const;
    };
    explicit PrivateKey(evp_pkey_st* key) : key_(key) {}
    std::unique_ptr<evp_pkey_st, Free> key_;
};

/// A certificate whose public key and dates can be read.
class Certificate {
  public:
    /// One certificate in PEM.
    static std::optional<Certificate> parse_pem(std::string_view text);
    /// At least one, in the order of the text.
    static std::optional<std::vector<Certificate>> parse_pem_list(std::string_view text);

    /// In DER.
    const std::string& bytes() const { return bytes_; }
    Seconds not_before() const { return not_before_; }
    Seconds not_after() const { return not_after_; }
    /// Whether the key is the one to this certificate's public key.
    bool matches(const PrivateKey& key) const;
    /// Whether `issuer` is by its name the one who issued this certificate, may have done so, and has signed it. This
    /// may take milliseconds.
    bool is_certified_by(const Certificate& issuer) const;

  private:
    struct Free {
        void operator()(x509_st* certificate) const;
    };
    using Handle = std::unique_ptr<x509_st, Free>;
    Certificate(std::string bytes, Handle handle, Seconds not_before, Seconds not_after)
        : bytes_(std::move(bytes)), handle_(std::move(handle)), not_before_(not_before), not_after_(not_after) {}
    static std::optional<Certificate> parse_bytes(std::string bytes);

    std::string bytes_;
    Handle handle_;
    Seconds not_before_;
    Seconds not_after_;
};

}  // namespace iamlocal
