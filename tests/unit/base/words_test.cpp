#include "base/words.hpp"

#include <array>

#include <gtest/gtest.h>

#include "base/encoding.hpp"

namespace iamlocal {
namespace {

/// Eight times `other`, but `byte` at `at`.
std::uint64_t word_of(unsigned other, unsigned byte, std::size_t at) {
    std::array<char, 8> bytes;
    bytes.fill(static_cast<char>(other));
    bytes[at] = static_cast<char>(byte);
    return load_word(bytes.data());
}

TEST(Words, EachByteIsSeenBesideEachOther) {
    for (unsigned other = 0; other < 256; ++other) {
        for (unsigned byte = 0; byte < 256; ++byte) {
            for (const std::size_t at : {0U, 3U, 7U}) {
                const std::uint64_t word = word_of(other, byte, at);
                for (const unsigned limit : {1U, 0x20U, 0x80U})
                    ASSERT_EQ(any_less(word, limit) != 0, other < limit || byte < limit)
                        << other << ' ' << byte << ' ' << limit;
                for (const unsigned looked_for : {0U, 0x22U, 0x7fU, 0x80U, 0xffU})
                    ASSERT_EQ(any_equal(word, looked_for) != 0, other == looked_for || byte == looked_for)
                        << other << ' ' << byte;
                ASSERT_EQ(any_beyond_ascii(word) != 0, other >= 0x80 || byte >= 0x80);
                const auto folded = [](unsigned value) {
                    return static_cast<unsigned char>(fold_case(static_cast<char>(value)));
                };
                ASSERT_EQ(fold_case(word), word_of(folded(other), folded(byte), at)) << other << ' ' << byte;
            }
        }
    }
}

}  // namespace
}  // namespace iamlocal
