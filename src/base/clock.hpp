// The door to the time of day. Everything below `main` asks a Clock, once per request.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace iamlocal {

/// An instant in UTC, to the microsecond.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;
/// What AWS stores and prints: whole seconds.
using Seconds = std::chrono::sys_seconds;
/// Of the few dates that AWS shows more exactly.
using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
  public:
    virtual ~Clock() = default;
    /// Must be callable from every worker at once.
    virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
  public:
    Instant now() const override;
};

/// Stands still until told otherwise; for tests.
class FixedClock final : public Clock {
  public:
    explicit FixedClock(Instant start) : micros_(start.time_since_epoch().count()) {}
    Instant now() const override { return Instant(std::chrono::microseconds(micros_.load())); }
    void set(Instant now) { micros_ = now.time_since_epoch().count(); }
    void advance(std::chrono::microseconds by) { micros_ += by.count(); }

  private:
    std::atomic<std::int64_t> micros_;
};

/// Another clock that can be shifted or frozen while it runs: the test bench's clock, so that expiry is testable.
class AdjustableClock final : public Clock {
  public:
    explicit AdjustableClock(const Clock& real) : real_(real) {}
    Instant now() const override;

    /// What the other clock says, wherever this one was moved to.
    Instant real_now() const { return real_.now(); }

    /// Moves the clock by `by`; a frozen clock stays frozen at the moved instant. False, and nothing has moved, if that
    /// were outside of the years 1 to 9999, for which times have a form.
    bool advance(std::chrono::microseconds by);
    /// Stands still at `at` until reset() or another freeze(). False as for advance().
    bool freeze(Instant at);
    /// Back to the real clock.
    void reset();

    /// Where the clock was moved to.
    struct Position {
        std::chrono::microseconds offset{0};  ///< from the other clock, where it runs
        std::optional<Instant> frozen = {};
        friend bool operator==(const Position&, const Position&) = default;
    };
    Position position() const;
    /// False, and nothing has moved, where it would show a time without a form.
    bool move_to(const Position& position);

  private:
    static constexpr std::int64_t running = INT64_MIN;
    const Clock& real_;
    std::atomic<std::int64_t> offset_{0};
    std::atomic<std::int64_t> frozen_{running};
};

}  // namespace iamlocal
