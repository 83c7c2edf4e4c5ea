// A text whose pieces stand on the lines, and where possible in the columns, where they stand in another one: so places
// in what was made lead to what somebody wrote.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace iamlocal::tools {

class PlacedText {
  public:
    void raw(std::string_view text) {
        out_.append(text);
        column_ += text.size();
    }

    /// Lines and columns count from 0. What lies behind, such as what an alias stands for, stays where the text is now.
    void move_to(std::size_t line, std::size_t column) {
        if (line > line_) {
            out_.append(line - line_, '\n');
            line_ = line;
            column_ = 0;
        }
        if (line == line_ && column > column_) {
            out_.append(column - column_, ' ');
            column_ = column;
        }
    }

    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    std::string out_;
    std::size_t line_ = 0;
    std::size_t column_ = 0;
};

}  // namespace iamlocal::tools
