// The tokens of IMDSv2: who has one can send a PUT and read its answer, which what tricks a program into fetching an
// address cannot.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/crypto.hpp"
#include "base/entropy.hpp"

namespace iamlocal::metadata {

/// Any number may live at once: a token is when it ends, sealed with a key that ends with the process. Safe for
/// threads.
class InstanceTokens {
  public:
    explicit InstanceTokens(Entropy& entropy) : entropy_(entropy) { entropy.fill(key_); }

    std::string issue(Seconds now, std::chrono::seconds lifetime) const;
    bool is_good(std::string_view token, Seconds now) const;

    /// The lifetime that a request may ask for, 1 to 21600 seconds; nothing for any other text.
    static std::optional<std::chrono::seconds> parse_lifetime(std::string_view text);

  private:
    Entropy& entropy_;
    Digest key_{};
};

}  // namespace iamlocal::metadata
