#include "base/nearest.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

TEST(Nearest, IsWhatSomebodyMayHaveMeant) {
    const std::string flags[] = {"--listen", "--workers", "--database", "--data-dir"};
    EXPECT_EQ(find_nearest("--listne", flags), "--listen") << "two letters swapped";
    EXPECT_EQ(find_nearest("--worker", flags), "--workers");
    EXPECT_EQ(find_nearest("--DATADIR", flags), "--data-dir");
    EXPECT_EQ(find_nearest("--databse", flags), "--database");
    EXPECT_EQ(find_nearest("--listen", flags), "--listen");
    EXPECT_EQ(find_nearest("--colour", flags), "");
    EXPECT_EQ(find_nearest("", flags), "");
    EXPECT_EQ(find_nearest("--listen" + std::string(1000, 'n'), flags), "");
    EXPECT_EQ(find_nearest("--listen", {}), "");
}

TEST(Nearest, IsWhatSomebodyDidNotTypeToTheEnd) {
    const std::string flags[] = {"--database",    "--data-dir",   "--database-freshness",
                                 "--enforcement", "--log-format", "--log-level"};
    EXPECT_EQ(find_nearest("--data", flags), "--data-dir") << "where a word ends";
    EXPECT_EQ(find_nearest("--enforce", flags), "--enforcement");
    EXPECT_EQ(find_nearest("--LOG", flags), "--log-level") << "the shortest";
    EXPECT_EQ(find_nearest("--databas", flags), "--database") << "a slip of the pen comes first";
    EXPECT_EQ(find_nearest("--da", flags), "") << "too few letters";
    EXPECT_EQ(find_nearest("---", flags), "");
    EXPECT_EQ(find_nearest("--logs", flags), "");
    const std::string names[] = {"ReadOnlyAccess", "IAMReadOnlyAccess"};
    EXPECT_EQ(find_nearest("readonly", names), "ReadOnlyAccess");
}

TEST(Nearest, Distance) {
    EXPECT_EQ(edit_distance("getobject", "getobject", 4), 0U);
    EXPECT_EQ(edit_distance("getobjct", "getobject", 4), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting", 4), 3U);
    EXPECT_EQ(edit_distance("kitten", "sitting", 3), 3U);
    EXPECT_EQ(edit_distance("a", "abcdefgh", 4), 4U);
    EXPECT_EQ(edit_distance("", "ab", 4), 2U);
    EXPECT_EQ(edit_distance("teh", "the", 4), 1U);
}

}  // namespace
}  // namespace iamlocal
