// Events one behind the other in one piece of memory: keeping one allocates nothing, and they are forgotten together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "trail/event.hpp"

namespace iamlocal::trail {

class Block {
  public:
    /// `room`: bytes for events. `first`: the sequence number of the first one to come.
    Block(std::size_t room, std::uint64_t first);

    /// How much room an event takes.
    static std::size_t room_for(const EventTexts& texts);
    /// Copies the event; false where there is no room for it.
    bool add(const NewEvent& event);
    /// Forgets all. For a block that nobody else has.
    void restart(std::uint64_t first);

    [[nodiscard]] std::size_t room() const { return room_; }
    /// What its events take, with what is known of their callers.
    [[nodiscard]] std::size_t bytes() const { return used_ + caller_bytes_; }
    [[nodiscard]] std::uint64_t first() const { return first_; }
    [[nodiscard]] std::size_t size() const { return begins_.size(); }
    [[nodiscard]] const Event& operator[](std::size_t i) const;

  private:
    static std::size_t room_for(const Event::Parts& parts);

    std::size_t room_;
    std::uint64_t first_;
    std::unique_ptr<std::byte[]> memory_;
    std::size_t used_ = 0;
    std::vector<std::uint32_t> begins_;
    /// Calls come in runs, of which each has its caller once.
    std::vector<std::shared_ptr<const access::Portrait>> callers_;
    std::size_t caller_bytes_ = 0;
};

}  // namespace iamlocal::trail
