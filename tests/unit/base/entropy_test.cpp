#include "base/entropy.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

/// More than the system gives at once, and pieces that do not fall on its ends.
TEST(SystemEntropy, FillsPiecesOfAnySize) {
    SystemEntropy entropy;
    for (const std::size_t size : std::initializer_list<std::size_t>{0, 1, 16, 255, 256, 257, 5000}) {
        std::vector<unsigned char> bytes(size + 1, 0x5a);
        entropy.fill(std::span(bytes).first(size));
        EXPECT_EQ(bytes.back(), 0x5a) << size;
        // Of 32 random bytes all the same would be a chance of 2^-248.
        if (size < 32) continue;
        EXPECT_NE(std::count(bytes.end() - 33, bytes.end() - 1, bytes[size - 1]), 32) << size;
    }
}

TEST(SystemEntropy, GivesNothingTwice) {
    SystemEntropy entropy;
    constexpr std::size_t count = 2000;
    using Piece = std::array<unsigned char, 12>;
    std::array<std::vector<Piece>, 2> pieces{std::vector<Piece>(count), std::vector<Piece>(count)};
    std::vector<std::jthread> threads;
    for (std::vector<Piece>& mine : pieces)
        threads.emplace_back([&] {
            for (Piece& piece : mine) entropy.fill(piece);
        });
    threads.clear();
    std::set<Piece> all(pieces[0].begin(), pieces[0].end());
    all.insert(pieces[1].begin(), pieces[1].end());
    EXPECT_EQ(all.size(), 2 * count);
}

TEST(SeededEntropy, IsRepeatable) {
    std::array<unsigned char, 16> one{};
    std::array<unsigned char, 16> same{};
    std::array<unsigned char, 16> other{};
    SeededEntropy(7).fill(one);
    SeededEntropy(7).fill(same);
    SeededEntropy(8).fill(other);
    EXPECT_EQ(one, same);
    EXPECT_NE(one, other);
}

TEST(SeededEntropy, GivesTheSameForTheSameNumbers) {
    using Piece = std::array<unsigned char, 16>;
    const auto first_of = [](SeededEntropy&& entropy) {
        Piece piece{};
        entropy.fill(piece);
        return piece;
    };
    const Piece first = first_of(SeededEntropy(7, 0));
    SeededEntropy seeded_later(5, 0);
    seeded_later.restart_with(7);
    EXPECT_EQ(first_of(std::move(seeded_later)), first);
    EXPECT_EQ(first_of(SeededEntropy(7, 0)), first);
    EXPECT_NE(first_of(SeededEntropy(7, 1)), first);
    EXPECT_NE(first_of(SeededEntropy(8, 0)), first);
    EXPECT_NE(first_of(SeededEntropy(7 + (std::uint64_t{1} << 32), 0)), first);
}

TEST(SeededEntropy, BeginsAgain) {
    SeededEntropy entropy(7, 0);
    std::array<unsigned char, 16> first{};
    std::array<unsigned char, 16> second{};
    entropy.fill(first);
    entropy.fill(second);
    EXPECT_NE(first, second);
    entropy.restart();
    entropy.fill(second);
    EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace iamlocal
