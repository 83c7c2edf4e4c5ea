#include "xmldsig/verify.hpp"

#include <gtest/gtest.h>

namespace iamlocal::xmldsig {
namespace {

TEST(Verify, NothingIsSignedWithoutASignature) { EXPECT_EQ(verify("<a ID='x'/>", "x", {}), std::nullopt); }

}  // namespace
}  // namespace iamlocal::xmldsig
