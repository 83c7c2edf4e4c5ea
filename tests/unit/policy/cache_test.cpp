#include "policy/cache.hpp"

#include <string>

#include <gtest/gtest.h>

#include "policy/document.hpp"

namespace iamlocal::policy {
namespace {

std::string document(std::string_view action) {
    return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":")" + std::string(action) +
           R"(","Resource":"*"}})";
}

TEST(Cache, ParsesOnce) {
    Cache cache;
    const auto first = cache.get(document("a:*"), DocumentKind::identity);
    ASSERT_TRUE(first->compiled());
    EXPECT_EQ(first->text, document("a:*"));
    EXPECT_EQ(cache.get(document("a:*"), DocumentKind::identity), first);
    EXPECT_EQ(cache.entries(), 1U);
}

TEST(Cache, TellsKindsAndTextsApart) {
    Cache cache;
    const auto identity = cache.get(document("a:*"), DocumentKind::identity);
    const auto boundary = cache.get(document("a:*"), DocumentKind::boundary);
    EXPECT_NE(identity, boundary);
    EXPECT_EQ(boundary->policy->kind, DocumentKind::boundary);
    EXPECT_NE(cache.get(document("b:*"), DocumentKind::identity), identity);
    EXPECT_EQ(cache.entries(), 3U);
}

TEST(Cache, RemembersWhatCannotBeParsed) {
    Cache cache;
    const auto broken = cache.get("{", DocumentKind::identity);
    EXPECT_EQ(broken->compiled(), nullptr);
    EXPECT_EQ(broken->text, "{");
    EXPECT_EQ(cache.get("{", DocumentKind::identity), broken);
    EXPECT_EQ(cache.entries(), 1U);
}

TEST(Cache, ReadsLeniently) {
    Cache cache;
    EXPECT_TRUE(cache.get(document("ec2: DescribeAccountAttributes"), DocumentKind::identity)->compiled());
}

TEST(Cache, DropsTheLeastRecentlyUsed) {
    Cache cache(2);
    const auto a = cache.get(document("a:*"), DocumentKind::identity);
    (void)cache.get(document("b:*"), DocumentKind::identity);
    EXPECT_EQ(cache.get(document("a:*"), DocumentKind::identity), a);
    (void)cache.get(document("c:*"), DocumentKind::identity);  // drops b
    EXPECT_EQ(cache.entries(), 2U);
    EXPECT_EQ(cache.get(document("a:*"), DocumentKind::identity), a);
    EXPECT_EQ(a.use_count(), 2);
}

TEST(Cache, WhatItHandedOutOutlivesItsEntry) {
    Cache cache(1);
    const auto a = cache.get(document("a:*"), DocumentKind::identity);
    (void)cache.get(document("b:*"), DocumentKind::identity);
    EXPECT_EQ(a.use_count(), 1);
    EXPECT_EQ(a->policy->statements.size(), 1U);
    EXPECT_NE(cache.get(document("a:*"), DocumentKind::identity), a);
}

TEST(Cache, IsBoundedByBytes) {
    Cache cache(1000, 100'000);
    for (int i = 0; i < 500; ++i) (void)cache.get(document("s" + std::to_string(i) + ":*"), DocumentKind::identity);
    EXPECT_LE(cache.bytes(), 100'000U);
    EXPECT_GT(cache.entries(), 10U);
    EXPECT_LT(cache.entries(), 500U);
    const std::size_t before = cache.entries();
    EXPECT_TRUE(cache.get(document("s:*") + std::string(50'000, ' '), DocumentKind::identity)->compiled());
    EXPECT_EQ(cache.entries(), before);  // too large to keep
}

TEST(Cache, OfNoSizeStillParses) {
    Cache cache(0, 0);
    EXPECT_TRUE(cache.get(document("a:*"), DocumentKind::identity)->compiled());
    EXPECT_EQ(cache.entries(), 0U);
}

}  // namespace
}  // namespace iamlocal::policy
