#include "tools/printable.hpp"

#include <gtest/gtest.h>

namespace iamlocal::tools {
namespace {

TEST(Printable, KeepsText) {
    for (const char* text : {"", "plain", "two\nlines\tand a tab", "\u00e4\u00a0\u20ac\U0001F600\uFFFD"})
        EXPECT_EQ(printable(text), text);
}

TEST(Printable, ReplacesWhatTerminalsObeyAndXmlCannotHave) {
    EXPECT_EQ(printable("\x1b[2J\r\x7f"), "?[2J??");
    EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a?b");
    EXPECT_EQ(printable("\u009b2J"), "?2J");
    EXPECT_EQ(printable("a\uFFFE\uFFFFb"), "a??b");
    EXPECT_EQ(printable("a\xff"
                        "b\xc3"),
              "a?b?");
    EXPECT_EQ(printable("\xed\xa0\x80"), "???");
}

}  // namespace
}  // namespace iamlocal::tools
