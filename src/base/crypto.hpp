// Digests, HMAC-SHA-256, scrypt, authenticated encryption and constant-time comparison, over OpenSSL. The algorithms
// are fetched once: a fetch per call costs more than the hash itself in OpenSSL 3.0.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/entropy.hpp"

namespace iamlocal {

using Digest = std::array<unsigned char, 32>;

Digest sha256(std::string_view data);
/// For fingerprints and ids that AWS makes with them. Nobody may rely on these two: texts with the same digest can be
/// made.
std::array<unsigned char, 20> sha1(std::string_view data);
std::array<unsigned char, 16> md5(std::string_view data);
Digest hmac_sha256(std::span<const unsigned char> key, std::string_view data);

/// What is kept in place of a password: scrypt with N = 2^14, r = 8 and p = 1, which takes 16 MiB and tens of
/// milliseconds, so not on a thread that others wait for. Another cost would make all stored hashes worthless.
Digest password_hash(std::string_view password, std::string_view salt);

/// Overwrites secret bytes in a way that no optimiser drops.
void wipe(std::span<unsigned char> bytes) noexcept;

/// Compares without leaking where the difference is. Different lengths compare unequal at once.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// AES-256-GCM with a random nonce in front and the tag at the end. `key` has 32 bytes; `bound` is authenticated but
/// not stored: open() must be given the same text.
std::string seal(std::span<const unsigned char, 32> key, std::string_view plain, std::string_view bound,
                 Entropy& entropy);
/// By how many bytes that is longer than `plain`.
inline constexpr std::size_t seal_overhead = 28;
/// nullopt for a text that was forged, truncated, sealed with another key or bound to something else.
std::optional<std::string> open_sealed(std::span<const unsigned char, 32> key, std::string_view sealed,
                                       std::string_view bound);

}  // namespace iamlocal
