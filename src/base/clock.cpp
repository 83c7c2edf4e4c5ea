#include "base/clock.hpp"

namespace iamlocal {

using std::chrono::microseconds;

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now());
}

Instant AdjustableClock::now() const {
    const std::int64_t frozen = frozen_.load();
    if (frozen != running) return Instant(microseconds(frozen));
    return real_.now() + microseconds(offset_.load());
}

void AdjustableClock::advance(microseconds by) {
    std::int64_t frozen = frozen_.load();
    while (frozen != running) {
        if (frozen_.compare_exchange_weak(frozen, frozen + by.count())) return;
    }
    offset_ += by.count();
}

void AdjustableClock::freeze(Instant at) { frozen_ = at.time_since_epoch().count(); }

void AdjustableClock::reset() {
    offset_ = 0;
    frozen_ = running;
}

}  // namespace iamlocal
