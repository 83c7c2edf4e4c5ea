// Exchanges of a whole state: a reset, or going back to a snapshot. A request that one of them has come in between of
// begins again, so that it sees one state and no mixture of two.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>

#include "db/backend.hpp"

namespace iamlocal::db {

/// Safe for threads.
class Exchanges {
  public:
    /// A number for the state that there is now; waits while one is being exchanged, for milliseconds.
    std::uint64_t settled() {
        const std::uint64_t count = count_.load(std::memory_order_acquire);
        return count % 2 == 0 ? count : wait();
    }
    /// Whether anything was exchanged since settled() gave this number, or is being exchanged.
    bool any_since(std::uint64_t settled) const noexcept { return count_.load(std::memory_order_acquire) != settled; }
    /// The same for the accounts of one stripe.
    bool any_since(std::uint64_t settled, std::size_t stripe) const noexcept {
        return any_since(settled) && newest_[stripe].load(std::memory_order_acquire) > settled;
    }

    /// As long as it lives, the state of these stripes is being exchanged. It begins before the new state can be seen,
    /// and ends when revisions tell of it.
    class Going {
      public:
        Going(Exchanges& exchanges, const Stripes& stripes);
        Going(const Going&) = delete;
        Going& operator=(const Going&) = delete;
        ~Going();

      private:
        Exchanges& exchanges_;
        const std::lock_guard<std::mutex> lock_;
    };

  private:
    std::uint64_t wait();

    std::mutex mutex_;                                                   ///< held by the one that is going on
    std::atomic<std::uint64_t> count_{0};                                ///< odd while one is going on
    std::array<std::atomic<std::uint64_t>, revision_stripes> newest_{};  ///< what `count_` was during the last one
};

}  // namespace iamlocal::db
