// Signatures that did not match, with what should have been signed. AWS's answer no longer says it, so whoever looks
// for the difference asks for it by the request's id.
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal::access {

/// One of them. No secret: the canonical request is without its session token.
struct RejectedSignature {
    std::string id;  ///< the request's
    Instant time{};
    std::string access_key_id;
    std::string action;
    std::string canonical_request;
    std::string string_to_sign;

    /// A request may have headers of 64 KiB: what is longer than is good to read is cut.
    void shorten();
};

/// The last few. Safe for threads.
class RejectedSignatures {
  public:
    static constexpr std::size_t capacity = 100;

    void add(RejectedSignature rejected);
    void clear();
    std::optional<RejectedSignature> find(std::string_view id) const;

  private:
    mutable std::mutex mutex_;
    std::deque<RejectedSignature> kept_;  ///< the oldest first
};

}  // namespace iamlocal::access
