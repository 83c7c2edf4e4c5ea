#include "signin/grants.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iamlocal::signin {
namespace {

constexpr Seconds grants_start{std::chrono::seconds(1'800'000'000)};

TEST(Grants, AreFoundUntilTheyEnd) {
    SystemEntropy entropy;
    Grants grants;
    Grant grant;
    grant.kind = Grant::Kind::refresh;
    grant.client_id = "x";
    grant.expires = grants_start + std::chrono::seconds(10);
    const std::string text = grants.keep(grant, grants_start, entropy);
    EXPECT_EQ(text.size(), 43U);
    ASSERT_TRUE(grants.find(Grant::Kind::refresh, text, grants_start));
    EXPECT_EQ(grants.find(Grant::Kind::refresh, text, grants_start)->client_id, "x");
    EXPECT_FALSE(grants.find(Grant::Kind::code, text, grants_start));
    EXPECT_FALSE(grants.find(Grant::Kind::refresh, text + "x", grants_start));
    EXPECT_FALSE(grants.find(Grant::Kind::refresh, "", grants_start));
    EXPECT_FALSE(grants.find(Grant::Kind::refresh, text, grant.expires));
    grants.clear();
    EXPECT_FALSE(grants.find(Grant::Kind::refresh, text, grants_start));
}

TEST(Grants, WhatIsUsedOnceIsRememberedUntilItEnds) {
    constexpr std::chrono::seconds minute{60};
    Grants grants;
    EXPECT_TRUE(grants.use_once("proof", grants_start + minute, grants_start));
    EXPECT_FALSE(grants.use_once("proof", grants_start + minute, grants_start));
    EXPECT_TRUE(grants.use_once("other", grants_start + minute, grants_start));
    for (int i = 2; i < 20000; ++i)
        EXPECT_TRUE(grants.use_once(std::to_string(i), grants_start + minute, grants_start));
    EXPECT_FALSE(grants.use_once("one too many", grants_start + minute, grants_start));
    EXPECT_TRUE(grants.use_once("later", grants_start + 2 * minute, grants_start + 2 * minute));
}

TEST(Grants, AreTakenOnce) {
    SystemEntropy entropy;
    Grants grants;
    Grant grant;
    grant.kind = Grant::Kind::code;
    grant.expires = grants_start + std::chrono::seconds(10);
    const std::string text = grants.keep(grant, grants_start, entropy);
    EXPECT_FALSE(grants.take(Grant::Kind::refresh, text, grants_start));
    EXPECT_TRUE(grants.take(Grant::Kind::code, text, grants_start));
    EXPECT_FALSE(grants.take(Grant::Kind::code, text, grants_start));
}

}  // namespace
}  // namespace iamlocal::signin
