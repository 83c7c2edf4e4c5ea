#include "http/message/request.hpp"

#include <gtest/gtest.h>

namespace iamlocal::http {
namespace {

TEST(FindList, JoinsTheLinesOfAList) {
    const Header headers[] = {{"A", "1"}, {"b", ""}, {"a", "2"}, {"B", "x"}, {"C", "only"}, {"a", "3"}, {"b", "y"}};
    std::string buffer;
    EXPECT_EQ(find_list(headers, "a", buffer), "1, 2, 3");
    EXPECT_EQ(find_list(headers, "B", buffer), "x, y");
    EXPECT_EQ(find_list(headers, "c", buffer), "only");
    EXPECT_EQ(find_list(headers, "none", buffer), "");
}

}  // namespace
}  // namespace iamlocal::http
