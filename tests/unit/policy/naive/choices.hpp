// Random decisions taken from a string of bytes: the same bytes make the same decisions, and fewer or smaller bytes
// make simpler ones, which is how a failing case shrinks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace iamlocal::naive {

class Choices {
  public:
    explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    /// A number below `count`, which is at most 256; 0 once the bytes are used up.
    std::size_t below(std::size_t count) { return next() % count; }

    /// True in about `share` of 100 cases; false once the bytes are used up.
    bool percent(unsigned share) { return next() * 100U >= (100U - share) * 256U; }

    /// One of a table, whose first entry is the simplest.
    template <class Table>
    const auto& pick(const Table& table) {
        return table[below(std::size(table))];
    }

    /// Up to `most` pieces of a table put together.
    template <class Table>
    std::string word(const Table& pieces, std::size_t most) {
        std::string text;
        for (std::size_t left = below(most + 1); left > 0; --left) text += pick(pieces);
        return text;
    }

  private:
    unsigned next() {
        if (bytes_.empty()) return 0;
        const unsigned byte = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return byte;
    }

    std::span<const std::uint8_t> bytes_;
};

}  // namespace iamlocal::naive
