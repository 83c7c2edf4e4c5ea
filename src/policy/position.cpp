#include "policy/position.hpp"

namespace iamlocal::policy {

Position PositionCursor::at(std::size_t offset) {
    for (; at_ < offset && at_ < text_.size(); ++at_) advance(static_cast<unsigned char>(text_[at_]));
    return position_;
}

void PositionCursor::advance(unsigned char byte) {
    const bool ends_line = byte == '\n' || (byte == '\r' && !text_.substr(at_ + 1).starts_with('\n'));
    if (ends_line) {
        ++position_.line;
        position_.column = 1;
        return;
    }
    // UTF-16: one unit per character, two from U+10000 on; continuation bytes belong to the character before.
    if ((byte & 0xC0) != 0x80) position_.column += byte >= 0xF0 ? 2 : 1;
}

Position position_at(std::string_view text, std::size_t offset) { return PositionCursor(text).at(offset); }

}  // namespace iamlocal::policy
