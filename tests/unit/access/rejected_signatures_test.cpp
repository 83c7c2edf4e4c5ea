// Requests whose signature was not the right one, kept for those who ask what should have been signed.
#include "access/rejected_signatures.hpp"

#include <string>

#include <gtest/gtest.h>

namespace iamlocal::access {
namespace {

TEST(RejectedSignature, IsCutBetweenCharacters) {
    RejectedSignature rejected;
    rejected.canonical_request = "x";
    for (int i = 0; i < 6000; ++i) rejected.canonical_request += "\u00fc";  // two bytes each
    rejected.string_to_sign = "short";
    rejected.shorten();
    EXPECT_EQ(rejected.canonical_request.size(), 8191U);
    EXPECT_EQ(rejected.canonical_request.back(), '\xbc');
    EXPECT_EQ(rejected.string_to_sign, "short");
}

}  // namespace
}  // namespace iamlocal::access
