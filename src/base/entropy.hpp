// The door to randomness. Ids, secrets and nonces are made from an Entropy that is passed in.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <span>

namespace iamlocal {

class Entropy {
  public:
    virtual ~Entropy() = default;
    /// Fills `out` with random bytes. Must be callable from every worker at once. Throws std::runtime_error when the
    /// source fails: nothing may be made from a buffer that was not filled.
    virtual void fill(std::span<unsigned char> out) = 0;
};

/// OpenSSL's generator.
class SystemEntropy final : public Entropy {
  public:
    void fill(std::span<unsigned char> out) override;
};

/// Repeatable bytes for tests. Never for a server that others can reach.
class SeededEntropy final : public Entropy {
  public:
    explicit SeededEntropy(std::uint64_t seed) : generator_(seed) {}
    void fill(std::span<unsigned char> out) override;

  private:
    std::mutex mutex_;
    std::mt19937_64 generator_;
};

}  // namespace iamlocal
