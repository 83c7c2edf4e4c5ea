// Eight bytes of a text at once, as one word: the loops over every byte that a request brings or gets go in such steps.
#pragma once

#include <cstdint>
#include <cstring>

namespace iamlocal {

/// Eight bytes, in the machine's order.
inline std::uint64_t load_word(const char* bytes) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

/// Eight times the same byte.
constexpr std::uint64_t repeated(std::uint64_t byte) { return byte * 0x0101010101010101U; }

/// Nonzero where one of the bytes is less than `limit`, which is 128 at most: such a byte borrows from its top bit, and
/// those of 128 and more do not count.
constexpr std::uint64_t any_less(std::uint64_t word, std::uint64_t limit) {
    return (word - repeated(limit)) & ~word & repeated(0x80);
}

/// Nonzero where one of the bytes is `byte`.
constexpr std::uint64_t any_equal(std::uint64_t word, std::uint64_t byte) { return any_less(word ^ repeated(byte), 1); }

/// Nonzero where one of the bytes is not ASCII.
constexpr std::uint64_t any_beyond_ascii(std::uint64_t word) { return word & repeated(0x80); }

/// ASCII letters in lower case. So much is added to the seven low bits of each byte that its top bit says "at least
/// 'A'", and "more than 'Z'".
constexpr std::uint64_t fold_case(std::uint64_t word) {
    const std::uint64_t low = word & repeated(0x7f);
    const std::uint64_t from_a = low + repeated(0x80 - 'A');
    const std::uint64_t past_z = low + repeated(0x7f - 'Z');
    return word | ((from_a & ~past_z & ~word & repeated(0x80)) >> 2);
}

}  // namespace iamlocal
