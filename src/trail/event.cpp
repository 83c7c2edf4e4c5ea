#include "trail/event.hpp"

#include <cstring>

#include "base/characters.hpp"

namespace iamlocal::trail {
namespace {

constexpr std::size_t most_user_agent = 1024;

}  // namespace

Event::Parts Event::parts_of(const EventTexts& texts) {
    return {texts.request_id,    texts.region, texts.peer,      whole_characters(texts.user_agent, most_user_agent),
            texts.host,          texts.sent,   texts.answer,    texts.kinds,
            texts.error_message, texts.made,   texts.error_code};
}

Event::Event(const EventFacts& facts, const access::Portrait& caller, std::uint64_t sequence, const Parts& parts)
    : EventFacts(facts), sequence(sequence), caller(&caller) {
    char* const begin = reinterpret_cast<char*>(this + 1);
    std::size_t end = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!parts[i].empty()) std::memcpy(begin + end, parts[i].data(), parts[i].size());
        end += parts[i].size();
        ends_[i] = static_cast<std::uint32_t>(end);
    }
}

EventTexts Event::texts() const {
    const char* const begin = reinterpret_cast<const char*>(this + 1);
    const auto part = [&](std::size_t i) {
        const std::size_t first = i == 0 ? 0 : ends_[i - 1];
        return std::string_view(begin + first, ends_[i] - first);
    };
    return {part(0), part(1), part(2), part(3), part(4), part(5), part(6), part(7), part(8), part(9), part(10)};
}

}  // namespace iamlocal::trail
