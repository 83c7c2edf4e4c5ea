// X.509 certificates that a key of our own signs for itself, as identity providers publish their keys.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/entropy.hpp"
#include "base/signing_key.hpp"

namespace iamlocal {

/// For whom a certificate is, and how long.
struct CertificateSubject {
    std::string_view common_name;  ///< 1 to 64 bytes of UTF-8
    Seconds not_before{};
    Seconds not_after{};
};

/// In PEM, version 3, signed with SHA-256, for signatures and not for issuing others. Throws std::runtime_error for a
/// name that a certificate cannot have.
std::string self_signed_certificate(const SigningKey& key, const CertificateSubject& subject, Entropy& entropy);

}  // namespace iamlocal
