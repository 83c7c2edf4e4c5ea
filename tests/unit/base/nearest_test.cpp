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

}  // namespace
}  // namespace iamlocal
