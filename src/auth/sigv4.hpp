// AWS Signature Version 4 in its three stages ("Create a signed AWS API request"): canonical request, string to sign,
// signature. Pure functions; read_signature() and check_presented() come first, verify_signature() last.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "auth/errors.hpp"
#include "auth/presented_signature.hpp"
#include "base/crypto.hpp"
#include "base/named.hpp"
#include "http/message/request.hpp"

namespace iamlocal::auth {

/// What a secret becomes for one day, region and service. As worth keeping secret as the secret itself; wipes itself.
class SigningKey {
  public:
    explicit SigningKey(const Digest& bytes) : bytes_(bytes) {}
    SigningKey(const SigningKey&) = default;
    SigningKey& operator=(const SigningKey&) = default;
    ~SigningKey();

    const Digest& reveal() const { return bytes_; }

  private:
    Digest bytes_;
};

/// Four HMACs: keep the result for as long as the scope stays the same.
///
/// @param date YYYYMMDD
SigningKey derive_signing_key(const Secret& secret, std::string_view date, std::string_view region,
                              std::string_view service);

/// Stage 1. The path is normalised and encoded once more than it was sent, as for every service but S3; the query is
/// sorted, without X-Amz-Signature; the payload's hash is that of the body as it came. A view of scratch.canonical.
std::string_view canonical_request(const http::Request& request, const Presented& presented, Scratch& scratch);

/// A canonical request as it may be shown to operators: with `...` for a session token, and for the values of the
/// query but the action, its version and the signature's parameters: a password may be among them.
std::string without_secrets(std::string_view canonical_request);

/// Stage 2. A view of scratch.string_to_sign.
std::string_view string_to_sign(const Presented& presented, std::string_view canonical_request, Scratch& scratch);

/// Stage 3: 64 lower-case hexadecimal digits.
std::array<char, 64> signature(std::string_view string_to_sign, const SigningKey& key);

/// Recomputes the signature and compares in constant time. nullopt if it is right.
///
/// A request is also refused when it lacks a header it claims to have signed, or when it signs an x-amz-content-sha256
/// that is not its body's hash (so UNSIGNED-PAYLOAD, which only S3 knows, is refused). What should have been signed is
/// then in scratch.canonical and scratch.string_to_sign.
[[nodiscard]] std::optional<SignatureError> verify_signature(const http::Request& request, const Presented& presented,
                                                             const SigningKey& key, Scratch& scratch);

}  // namespace iamlocal::auth
