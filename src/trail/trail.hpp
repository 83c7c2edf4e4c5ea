// The trail: the last calls, in a ring with a budget of bytes. Keeping one costs a request little more than copying its
// bytes; whoever reads makes records of them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "trail/block.hpp"
#include "trail/event.hpp"

namespace iamlocal::trail {

/// Safe for threads.
class Trail {
  public:
    /// `budget`: how many bytes the events may take, about; 0 keeps none.
    explicit Trail(std::size_t budget) : budget_(budget) {}

    bool enabled() const { return budget_ > 0; }
    /// Numbers the event and keeps it, in place of the oldest ones where there is no room.
    void add(const NewEvent& event);
    /// Forgets all, which loses none: it was wanted. Sequence numbers go on.
    void clear();

    /// How many events are kept, and how many bytes they take, about.
    struct Fill {
        std::uint64_t events = 0;
        std::uint64_t bytes = 0;
    };
    Fill fill() const;
    /// The sequence number of the newest event ever added; 0 before the first.
    std::uint64_t newest() const { return newest_.load(std::memory_order_acquire); }
    /// All that are kept, the oldest first.
    std::vector<EventPtr> all() const;
    /// Those with a sequence number greater than `after`, `most` at most.
    struct Piece {
        std::vector<EventPtr> events;
        std::uint64_t lost = 0;  ///< how many after it are gone, because newer ones have taken their places
    };
    Piece after(std::uint64_t after, std::size_t most) const;
    /// How full the ring is that began behind `after`, in percent: who falls behind by 100 loses events.
    unsigned fill_since(std::uint64_t after) const;

  private:
    /// `least`: the room that the event takes which is to come.
    void begin_block(std::size_t least);
    void drop_oldest();
    std::uint64_t kept_events() const;
    std::vector<EventPtr> copy(std::uint64_t from, std::size_t most) const;

    const std::size_t budget_;
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<Block>> blocks_;  ///< each has an event at least
    std::shared_ptr<Block> spare_;               ///< the last that was dropped, if nobody reads it; or null
    std::size_t bytes_ = 0;                      ///< of all blocks
    std::uint64_t forgotten_ = 0;                ///< the newest that was forgotten
    std::atomic<std::uint64_t> newest_{0};
};

}  // namespace iamlocal::trail
