#include "trail/trail.hpp"

#include <algorithm>
#include <utility>

namespace iamlocal::trail {
namespace {

/// What is forgotten at once is a small part of what is kept, and larger than most events.
constexpr std::size_t blocks_of_a_budget = 16;
constexpr std::size_t most_of_a_block = 64 * 1024;

}  // namespace

void Trail::add(const NewEvent& event) {
    if (!enabled()) return;
    const std::lock_guard guard(mutex_);
    std::size_t before = blocks_.empty() ? 0 : blocks_.back()->bytes();
    if (blocks_.empty() || !blocks_.back()->add(event)) {
        begin_block(Block::room_for(event.texts));
        before = 0;
        blocks_.back()->add(event);
    }
    bytes_ += blocks_.back()->bytes() - before;
    newest_.store(newest_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    while (bytes_ > budget_ && blocks_.size() > 1) drop_oldest();
}

void Trail::begin_block(std::size_t least) {
    const std::size_t room = std::max(least, std::min(budget_ / blocks_of_a_budget, most_of_a_block));
    const std::uint64_t first = newest_.load(std::memory_order_relaxed) + 1;
    if (spare_ && spare_->room() == room) {
        spare_->restart(first);
        blocks_.push_back(std::move(spare_));
    } else {
        blocks_.push_back(std::make_shared<Block>(room, first));
    }
}

/// Memory that was just in use is nearer to the processor than what the allocator would find.
void Trail::drop_oldest() {
    bytes_ -= blocks_.front()->bytes();
    // Readers take blocks under the lock: who has the only pointer goes on having it.
    if (blocks_.front().use_count() == 1) spare_ = std::move(blocks_.front());
    blocks_.pop_front();
}

std::uint64_t Trail::kept_events() const {
    return blocks_.empty() ? 0 : newest_.load(std::memory_order_relaxed) + 1 - blocks_.front()->first();
}

Trail::Fill Trail::fill() const {
    const std::lock_guard guard(mutex_);
    return {kept_events(), bytes_};
}

void Trail::clear() {
    std::deque<std::shared_ptr<Block>> dropped;  // freed when the lock is gone
    const std::lock_guard guard(mutex_);
    bytes_ = 0;
    forgotten_ = newest_.load(std::memory_order_relaxed);
    dropped.swap(blocks_);
}

/// `from`: the sequence number of one that is kept.
std::vector<EventPtr> Trail::copy(std::uint64_t from, std::size_t most) const {
    std::vector<EventPtr> events;
    events.reserve(most);
    auto block = std::upper_bound(blocks_.begin(), blocks_.end(), from,
                                  [](std::uint64_t wanted, const auto& other) { return wanted < other->first(); });
    if (block != blocks_.begin()) --block;
    for (; block != blocks_.end() && events.size() < most; ++block)
        for (std::size_t i = from > (*block)->first() ? from - (*block)->first() : 0;
             i < (*block)->size() && events.size() < most; ++i)
            events.emplace_back(*block, &(**block)[i]);
    return events;
}

std::vector<EventPtr> Trail::all() const {
    const std::lock_guard guard(mutex_);
    return copy(0, kept_events());
}

Trail::Piece Trail::after(std::uint64_t after, std::size_t most) const {
    Piece piece;
    const std::lock_guard guard(mutex_);
    const std::uint64_t newest = newest_.load(std::memory_order_relaxed);
    after = std::max(after, forgotten_);
    if (newest <= after) return piece;
    const std::uint64_t oldest = newest + 1 - kept_events();
    piece.lost = after + 1 < oldest ? oldest - after - 1 : 0;
    const std::uint64_t from = std::max(after + 1, oldest);
    piece.events = copy(from, std::min<std::uint64_t>(newest + 1 - from, most));
    return piece;
}

unsigned Trail::fill_since(std::uint64_t after) const {
    const std::lock_guard guard(mutex_);
    const std::uint64_t newest = newest_.load(std::memory_order_relaxed);
    after = std::max(after, forgotten_);
    const std::uint64_t kept = kept_events();
    if (newest <= after || kept == 0) return 0;
    const std::uint64_t behind = newest - after;
    if (behind > kept) return 100;
    const double share = static_cast<double>(bytes_) * static_cast<double>(behind) / static_cast<double>(kept);
    return static_cast<unsigned>(std::min(100.0, share * 100 / static_cast<double>(budget_)));
}

}  // namespace iamlocal::trail
