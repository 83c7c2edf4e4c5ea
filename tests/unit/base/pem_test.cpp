#include "base/pem.hpp"

#include <gtest/gtest.h>

namespace iamlocal {
namespace {

using Blocks = std::vector<PemBlock>;

TEST(Pem, IsReadAndWritten) {
    EXPECT_EQ(parse_pem("-----BEGIN THING-----\nYWJj\n-----END THING-----\n"), (Blocks{{"THING", "abc"}}));
    EXPECT_EQ(write_pem("A THING", "abc"), "-----BEGIN A THING-----\nYWJj\n-----END A THING-----\n");
    for (const std::size_t size : {1, 47, 48, 49, 96, 1000}) {
        SCOPED_TRACE(size);
        const std::string bytes(size, '\xfe');
        EXPECT_EQ(parse_pem(write_pem("X", bytes)), (Blocks{{"X", bytes}}));
    }
}

TEST(Pem, HasLinesOf64Characters) {
    EXPECT_EQ(write_pem("X", std::string(49, '\0')),
              "-----BEGIN X-----\n" + std::string(64, 'A') + "\nAA==\n-----END X-----\n");
}

TEST(Pem, MayHaveSeveralBlocksAndAnyWhiteSpace) {
    EXPECT_EQ(
        parse_pem("\r\n -----BEGIN A-----\r\nYW\r\n Jj\r\n-----END A-----\n\n-----BEGIN B-----YQ==-----END B-----\t"),
        (Blocks{{"A", "abc"}, {"B", "a"}}));
}

TEST(Pem, IsNothingElse) {
    for (const char* text : {
             "",
             " \n",
             "YWJj",
             "-----BEGIN A-----\nYWJj\n",
             "-----BEGIN A-----\nYWJj\n-----END B-----\n",
             "-----BEGIN A-----\nYWJj\n-----END A----\n",
             "-----BEGIN A-----\n-----END A-----\n",
             "-----BEGIN A-----\nYWJ\n-----END A-----\n",
             "-----BEGIN A-----\nYW Jj;\n-----END A-----\n",
             "-----BEGIN A----\nYWJj\n-----END A-----\n",
             "-----BEGIN -----\nYWJj\n-----END -----\n",
             "-----BEGIN a-----\nYWJj\n-----END a-----\n",
             "-----BEGIN A-----\nProc-Type: 4,ENCRYPTED\n\nYWJj\n-----END A-----\n",
             "subject=/CN=x\n-----BEGIN A-----\nYWJj\n-----END A-----\n",
             "-----BEGIN A-----\nYWJj\n-----END A-----\nand more\n",
         })
        EXPECT_EQ(parse_pem(text), std::nullopt) << text;
}

}  // namespace
}  // namespace iamlocal
