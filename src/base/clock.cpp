#include "base/clock.hpp"

#include <algorithm>

namespace iamlocal {

using std::chrono::microseconds;

namespace {

using namespace std::chrono_literals;

constexpr Instant earliest = std::chrono::sys_days(1y / std::chrono::January / 1);
constexpr Instant latest = std::chrono::sys_days(10000y / std::chrono::January / 1) - microseconds(1);

bool has_form(Instant at) { return at >= earliest && at <= latest; }

}  // namespace

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
}

Instant AdjustableClock::now() const {
    const std::int64_t frozen = frozen_.load();
    if (frozen != running) return Instant(microseconds(frozen));
    // Time goes on after the clock was moved.
    return std::min(real_.now() + microseconds(offset_.load()), latest);
}

bool AdjustableClock::advance(microseconds by) {
    if (by < earliest - latest || by > latest - earliest) return false;
    std::int64_t frozen = frozen_.load();
    while (frozen != running) {
        if (!has_form(Instant(microseconds(frozen)) + by)) return false;
        if (frozen_.compare_exchange_weak(frozen, frozen + by.count())) return true;
    }
    std::int64_t offset = offset_.load();
    do {
        if (!has_form(real_.now() + microseconds(offset) + by)) return false;
    } while (!offset_.compare_exchange_weak(offset, offset + by.count()));
    return true;
}

bool AdjustableClock::freeze(Instant at) {
    if (!has_form(at)) return false;
    frozen_ = at.time_since_epoch().count();
    return true;
}

AdjustableClock::Position AdjustableClock::position() const {
    Position position{microseconds(offset_.load())};
    if (const std::int64_t frozen = frozen_.load(); frozen != running) position.frozen = Instant(microseconds(frozen));
    return position;
}

bool AdjustableClock::move_to(const Position& position) {
    const bool is_possible = position.offset >= earliest - latest && position.offset <= latest - earliest;
    if (!is_possible || !has_form(real_.now() + position.offset)) return false;
    if (position.frozen && !has_form(*position.frozen)) return false;
    offset_ = position.offset.count();
    frozen_ = position.frozen ? position.frozen->time_since_epoch().count() : running;
    return true;
}

void AdjustableClock::reset() {
    offset_ = 0;
    frozen_ = running;
}

}  // namespace iamlocal
