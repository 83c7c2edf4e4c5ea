#include "policy/position.hpp"

#include <algorithm>

namespace iamlocal::policy {

namespace {

/// What a text without line breaks adds to the column, in UTF-16: one unit per character, two from U+10000 on; other
/// bytes belong to the character before.
std::size_t units_in(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        units += static_cast<std::size_t>((byte & 0xC0) != 0x80) + static_cast<std::size_t>(byte >= 0xF0);
    }
    return units;
}

}  // namespace

Position PositionCursor::at(std::size_t offset) {
    const std::size_t end = std::min(offset, text_.size());
    while (at_ < end) {
        if (line_feed_ < at_) line_feed_ = text_.find('\n', at_);
        if (carriage_return_ < at_) carriage_return_ = text_.find('\r', at_);
        const std::size_t line_end = std::min({end, line_feed_, carriage_return_});
        position_.column += units_in(text_.substr(at_, line_end - at_));
        at_ = line_end;
        if (at_ == end) break;
        // Both together are one break, and its first half is one unit of the line.
        if (at_ == carriage_return_ && text_.substr(at_ + 1).starts_with('\n'))
            ++position_.column;
        else
            position_ = {position_.line + 1, 1};
        ++at_;
    }
    return position_;
}

Position position_at(std::string_view text, std::size_t offset) { return PositionCursor(text).at(offset); }

}  // namespace iamlocal::policy
