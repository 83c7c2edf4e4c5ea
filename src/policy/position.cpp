#include "policy/position.hpp"

#include <algorithm>

namespace iamlocal::policy {

Position PositionCursor::at(std::size_t offset) {
    const std::size_t end = std::min(offset, text_.size());
    Position position = position_;
    for (; at_ < end; ++at_) {
        const auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte == '\n' || (byte == '\r' && !text_.substr(at_ + 1).starts_with('\n'))) {
            position = {position.line + 1, 1};
        } else if ((byte & 0xC0) != 0x80) {
            // UTF-16: one unit per character, two from U+10000 on; other bytes belong to the character before.
            position.column += byte >= 0xF0 ? 2 : 1;
        }
    }
    position_ = position;
    return position;
}

Position position_at(std::string_view text, std::size_t offset) { return PositionCursor(text).at(offset); }

}  // namespace iamlocal::policy
