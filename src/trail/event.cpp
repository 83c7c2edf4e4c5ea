#include "trail/event.hpp"

#include <cstring>

#include "base/characters.hpp"

namespace iamlocal::trail {
namespace {

constexpr std::size_t most_user_agent = 1024;

}  // namespace

Event::Event(const EventTexts& texts) {
    const std::array<std::string_view, count> parts = {
        texts.request_id,    texts.region, texts.peer,      whole_characters(texts.user_agent, most_user_agent),
        texts.host,          texts.sent,   texts.answer,    texts.kinds,
        texts.error_message, texts.made,   texts.error_code};
    std::size_t size = 0;
    for (const std::string_view part : parts) size += part.size();
    text_ = std::make_unique_for_overwrite<char[]>(size);
    std::size_t end = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (!parts[i].empty()) std::memcpy(text_.get() + end, parts[i].data(), parts[i].size());
        end += parts[i].size();
        ends_[i] = static_cast<std::uint32_t>(end);
    }
}

EventTexts Event::texts() const {
    const auto part = [&](std::size_t i) {
        const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
        return std::string_view(text_.get() + begin, ends_[i] - begin);
    };
    return {part(0), part(1), part(2), part(3), part(4), part(5), part(6), part(7), part(8), part(9), part(10)};
}

}  // namespace iamlocal::trail
