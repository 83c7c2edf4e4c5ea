// Where log lines go when nobody may wait for who reads them: a pipe that is full takes no line, and the server goes
// on.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace iamlocal {

/// Writes to a descriptor without waiting. What it does not take is dropped and counted, and a line of the log says how
/// many lines are missing as soon as there is room for it. Safe for threads.
class LineSink {
  public:
    /// `descriptor` stays the caller's. The rest is for the line about what is missing.
    LineSink(int descriptor, LogFormat format, const Clock& clock);
    LineSink(const LineSink&) = delete;
    LineSink& operator=(const LineSink&) = delete;
    ~LineSink();

    /// `lines` are whole, each with its newline.
    void write(std::string_view lines);
    /// How many lines were dropped since the beginning.
    std::uint64_t dropped() const { return all_dropped_.load(std::memory_order_relaxed); }

  private:
    void push(std::string_view& text);
    bool has_room() const;
    void tell_of_dropped();

    const LogFormat format_;
    const Clock& clock_;
    std::mutex mutex_;
    int descriptor_;
    int own_ = -1;               ///< the same file opened once more, so that it can be told not to wait; -1: it cannot
    bool waits_for_no_reader_;   ///< a file on a disk
    bool torn_ = false;          ///< the last line that was begun has no end
    std::uint64_t dropped_ = 0;  ///< of which the log has not told yet
    std::atomic<std::uint64_t> all_dropped_{0};
};

}  // namespace iamlocal
