// A number that one thread counts up and any thread reads.
#pragma once

#include <atomic>
#include <cstdint>

namespace iamlocal {

/// Costs its thread as much as a plain number: nobody else writes, so no read and write have to be one step.
class Count {
  public:
    /// By the counting thread alone.
    void add(std::uint64_t by = 1) noexcept { set(value() + by); }
    /// The same, for a number that also falls.
    void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
    /// By any thread; perhaps what it was a moment ago.
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

}  // namespace iamlocal
