#include "trail/block.hpp"

#include <new>
#include <type_traits>

namespace iamlocal::trail {

// A block is freed without a look at its events, whose texts begin where they end.
static_assert(std::is_trivially_destructible_v<Event>);

Block::Block(std::size_t room, std::uint64_t first)
    : room_(room), first_(first), memory_(std::make_unique_for_overwrite<std::byte[]>(room)) {}

std::size_t Block::room_for(const Event::Parts& parts) {
    std::size_t size = sizeof(Event);
    for (const std::string_view part : parts) size += part.size();
    constexpr std::size_t step = alignof(Event);
    return (size + step - 1) / step * step;
}

std::size_t Block::room_for(const EventTexts& texts) { return room_for(Event::parts_of(texts)); }

bool Block::add(const NewEvent& event) {
    const Event::Parts parts = Event::parts_of(event.texts);
    const std::size_t size = room_for(parts);
    if (size > room_ - used_) return false;
    if (callers_.empty() || callers_.back() != event.caller) {
        callers_.push_back(event.caller);
        caller_bytes_ += event.caller->bytes();
    }
    begins_.push_back(static_cast<std::uint32_t>(used_));
    new (memory_.get() + used_) Event(event.facts, *event.caller, first_ + begins_.size() - 1, parts);
    used_ += size;
    return true;
}

void Block::restart(std::uint64_t first) {
    first_ = first;
    used_ = 0;
    begins_.clear();
    callers_.clear();
    caller_bytes_ = 0;
}

const Event& Block::operator[](std::size_t i) const {
    return *std::launder(reinterpret_cast<const Event*>(memory_.get() + begins_[i]));
}

}  // namespace iamlocal::trail
