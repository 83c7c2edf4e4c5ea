// Lines and columns of a text, as documents, messages and explanations show them.
#pragma once

#include <cstddef>
#include <string_view>

namespace iamlocal::policy {

/// A place in the text: line and column from 1, columns in UTF-16 units as AWS's parser counts.
struct Position {
    std::size_t line = 1;
    std::size_t column = 1;
    bool operator==(const Position&) const = default;
};

/// The places of offsets that are asked for in ascending order, in one walk through the text.
class PositionCursor {
  public:
    explicit PositionCursor(std::string_view text)
        : text_(text), line_feed_(text.find('\n')), carriage_return_(text.find('\r')) {}

    /// One past the end for offsets behind it.
    Position at(std::size_t offset);

  private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_feed_;  ///< the next one, from at_ on; npos: there is none
    std::size_t carriage_return_;
    Position position_;
};

/// The place of a single byte, by PositionCursor::at().
[[nodiscard]] Position position_at(std::string_view text, std::size_t offset);

}  // namespace iamlocal::policy
