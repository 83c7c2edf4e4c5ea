#include <gtest/gtest.h>

#include "base/entropy.hpp"
#include "base/encoding.hpp"
#include "metadata/instance_tokens.hpp"
#include "metadata/pod_tokens.hpp"

namespace iamlocal::metadata {
namespace {

constexpr Seconds now{std::chrono::seconds(1'800'000'000)};

TEST(InstanceTokens, AreGoodUntilTheyEnd) {
    SystemEntropy entropy;
    const InstanceTokens tokens(entropy);
    const std::string token = tokens.issue(now, std::chrono::seconds(10));
    EXPECT_TRUE(tokens.is_good(token, now));
    EXPECT_TRUE(tokens.is_good(token, now + std::chrono::seconds(9)));
    EXPECT_FALSE(tokens.is_good(token, now + std::chrono::seconds(10)));
    EXPECT_NE(token, tokens.issue(now, std::chrono::seconds(10)));
}

TEST(InstanceTokens, OthersAreNotGood) {
    SystemEntropy entropy;
    const InstanceTokens tokens(entropy);
    const InstanceTokens others(entropy);
    EXPECT_FALSE(others.is_good(tokens.issue(now, std::chrono::seconds(10)), now));
    std::string token = tokens.issue(now, std::chrono::seconds(10));
    token[20] = token[20] == 'A' ? 'B' : 'A';
    for (const std::string& text : {std::string(), std::string("x"), std::string("AAAA"), token})
        EXPECT_FALSE(tokens.is_good(text, now)) << text;
}

TEST(InstanceTokens, LivesAreBounded) {
    EXPECT_EQ(InstanceTokens::parse_lifetime("1"), std::chrono::seconds(1));
    EXPECT_EQ(InstanceTokens::parse_lifetime("21600"), std::chrono::hours(6));
    for (const char* text : {"", "0", "21601", "-1", "1s", " 1", "1.5", "99999999999999999999"})
        EXPECT_FALSE(InstanceTokens::parse_lifetime(text)) << text;
}

const Pod pod{"default", "app", "app-0", "3b7d1f7e-0000-4000-8000-000000000000"};

TEST(PodTokens, SayWhosePodItIs) {
    SystemEntropy entropy;
    PodTokens tokens(entropy);
    const std::string token = tokens.issue(pod, "blue", now, std::chrono::hours(24));
    const auto read = tokens.read(token, now);
    ASSERT_TRUE(std::holds_alternative<Pod>(read));
    EXPECT_EQ(std::get<Pod>(read).name_space, "default");
    EXPECT_EQ(std::get<Pod>(read).service_account, "app");
    EXPECT_EQ(std::get<Pod>(read).name, "app-0");
    EXPECT_EQ(std::get<Pod>(read).uid, pod.uid);
    const auto head = base64url_decode(token.substr(0, token.find('.')));
    ASSERT_TRUE(head);
    EXPECT_EQ(head->find("typ"), std::string::npos);
    EXPECT_NE(head->find(R"("kid":")"), std::string::npos);
}

std::string code_of(const PodTokens& tokens, std::string_view token, Seconds at) {
    const auto read = tokens.read(token, at);
    const auto* fault = std::get_if<PodTokenFault>(&read);
    return fault ? std::string(fault->code) : "good";
}

TEST(PodTokens, ThatEndedOrAreOthersAreNotGood) {
    SystemEntropy entropy;
    PodTokens tokens(entropy);
    PodTokens others(entropy);
    const std::string token = tokens.issue(pod, "blue", now, std::chrono::hours(1));
    EXPECT_EQ(code_of(tokens, token, now + std::chrono::minutes(59)), "good");
    EXPECT_EQ(code_of(tokens, token, now + std::chrono::hours(1)), "ExpiredTokenException");
    EXPECT_EQ(code_of(others, token, now), "InvalidTokenException");  // has no key yet
    others.issue(pod, "blue", now, std::chrono::hours(1));
    EXPECT_EQ(code_of(others, token, now), "InvalidTokenException");
    EXPECT_EQ(code_of(tokens, "x.y.z", now), "InvalidTokenException");
    EXPECT_EQ(code_of(tokens, token.substr(0, token.rfind('.')) + ".AAAA", now), "InvalidTokenException");
}

}  // namespace
}  // namespace iamlocal::metadata
