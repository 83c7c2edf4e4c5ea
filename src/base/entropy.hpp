// The door to randomness. Ids, secrets and nonces are made from an Entropy that is passed in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
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

/// The kernel's generator. A call of it costs more than a request id does, so what it gives is handed out in pieces,
/// and wiped when it is. Not to be used on after fork(): parent and child would be given the same.
class SystemEntropy final : public Entropy {
  public:
    SystemEntropy() = default;
    SystemEntropy(const SystemEntropy&) = delete;
    SystemEntropy& operator=(const SystemEntropy&) = delete;
    ~SystemEntropy() override;
    void fill(std::span<unsigned char> out) override;

  private:
    /// What getentropy() gives at most in one call.
    static constexpr std::size_t most = 256;

    std::mutex mutex_;
    std::array<unsigned char, most> stock_{};
    std::size_t used_ = most;  ///< of the stock
};

/// Repeatable bytes for tests: whoever knows the seed knows all of them. Never for a server that others can reach.
class SeededEntropy final : public Entropy {
  public:
    explicit SeededEntropy(std::uint64_t seed) { restart_with(seed); }
    /// Other bytes for each of the numbers, and the same for the same two.
    SeededEntropy(std::uint64_t seed, std::uint64_t number);
    void fill(std::span<unsigned char> out) override;
    /// Begins again.
    void restart();
    /// Begins again as if it had been made with this seed, and the same number.
    void restart_with(std::uint64_t seed);

  private:
    std::mutex mutex_;
    std::optional<std::uint64_t> number_;
    std::mt19937_64 begin_;
    std::mt19937_64 generator_;
};

}  // namespace iamlocal
