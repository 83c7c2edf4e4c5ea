#include "signin/grants.hpp"

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
