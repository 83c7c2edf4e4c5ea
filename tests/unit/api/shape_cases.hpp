// Texts that a shape's pattern matches, and texts that it does not.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/fields.hpp"

namespace iamlocal {

struct ShapeCase {
    const char* shape;
    const protocol::TextRule* rule;
    std::vector<std::string> good;
    std::vector<std::string> bad;
};

inline void check_shapes(std::span<const ShapeCase> cases) {
    for (const ShapeCase& c : cases) {
        ASSERT_NE(c.rule->matches, nullptr) << c.shape;
        ASSERT_NE(c.rule->pattern, nullptr) << c.shape;
        for (const std::string& text : c.good) EXPECT_TRUE(c.rule->matches(text)) << c.shape << ": \"" << text << '"';
        for (const std::string& text : c.bad) EXPECT_FALSE(c.rule->matches(text)) << c.shape << ": \"" << text << '"';
    }
}

}  // namespace iamlocal
