#include "trail/trail.hpp"

#include <algorithm>
#include <utility>

namespace iamlocal::trail {

void Trail::add(std::shared_ptr<Event> event) {
    if (!enabled()) return;
    std::size_t bytes = event->bytes();
    EventPtr dropped;  // freed when the lock is gone
    const std::lock_guard guard(mutex_);
    event->sequence = newest_.load(std::memory_order_relaxed) + 1;
    // Callers come in runs, and share what is known of them.
    if (ring_.empty() || ring_.back().event->caller != event->caller) bytes += event->caller->bytes();
    bytes_ += bytes;
    newest_.store(event->sequence, std::memory_order_release);
    ring_.push_back({std::move(event), bytes});
    while (bytes_ > budget_ && ring_.size() > 1) {
        bytes_ -= ring_.front().bytes;
        dropped = std::move(ring_.front().event);
        ring_.pop_front();
    }
}

Trail::Fill Trail::fill() const {
    const std::lock_guard guard(mutex_);
    return {ring_.size(), bytes_};
}

void Trail::clear() {
    std::deque<Kept> dropped;
    const std::lock_guard guard(mutex_);
    bytes_ = 0;
    forgotten_ = newest_.load(std::memory_order_relaxed);
    dropped.swap(ring_);
}

std::vector<EventPtr> Trail::all() const {
    std::vector<EventPtr> events;
    const std::lock_guard guard(mutex_);
    events.reserve(ring_.size());
    for (const Kept& kept : ring_) events.push_back(kept.event);
    return events;
}

Trail::Piece Trail::after(std::uint64_t after, std::size_t most) const {
    Piece piece;
    const std::lock_guard guard(mutex_);
    const std::uint64_t newest = newest_.load(std::memory_order_relaxed);
    after = std::max(after, forgotten_);
    if (newest <= after) return piece;
    const std::uint64_t oldest = newest + 1 - ring_.size();
    piece.lost = after + 1 < oldest ? oldest - after - 1 : 0;
    const std::size_t first = after < oldest ? 0 : after + 1 - oldest;
    const std::size_t last = std::min(ring_.size(), first + most);
    piece.events.reserve(last - first);
    for (std::size_t i = first; i < last; ++i) piece.events.push_back(ring_[i].event);
    return piece;
}

unsigned Trail::fill_since(std::uint64_t after) const {
    const std::lock_guard guard(mutex_);
    const std::uint64_t newest = newest_.load(std::memory_order_relaxed);
    after = std::max(after, forgotten_);
    if (newest <= after || ring_.empty()) return 0;
    const std::uint64_t behind = newest - after;
    if (behind > ring_.size()) return 100;
    const std::size_t share = bytes_ / ring_.size() * static_cast<std::size_t>(behind);
    return static_cast<unsigned>(std::min<std::size_t>(100, share * 100 / budget_));
}

}  // namespace iamlocal::trail
