#include "base/characters.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

TEST(Characters, StayWhole) {
    EXPECT_EQ(whole_characters("abc", 3), "abc");
    EXPECT_EQ(whole_characters("abc", 2), "ab");
    EXPECT_EQ(whole_characters("aä", 2), "a");
    EXPECT_EQ(whole_characters("aä", 3), "aä");
    EXPECT_EQ(whole_characters("語", 2), "");
    EXPECT_EQ(whole_characters("\x80\x80", 1), "");
    EXPECT_EQ(whole_characters("", 0), "");
}

}  // namespace
}  // namespace iamlocal
