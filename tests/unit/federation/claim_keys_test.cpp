#include "federation/claim_keys.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace iamlocal::federation {
namespace {

Claims claims_with(std::vector<Claims::Values> values) {
    Claims claims;
    claims.audience = {"client"};
    claims.values = std::move(values);
    return claims;
}

/// `name=a|b`, a list with brackets, what stays with a plus.
std::string keys_of(const Claims& claims, std::string_view provider = "idp.example.com") {
    std::vector<std::string> texts;
    for (const ClaimKey& key : claim_keys(claims, {"alice", "client"}, provider)) {
        const std::string values = fmt::format("{}", fmt::join(key.values, "|"));
        texts.push_back(
            fmt::format("{}{}={}", key.stays ? "+" : "", key.name, key.is_list ? "[" + values + "]" : values));
    }
    return fmt::format("{}", fmt::join(texts, " "));
}

TEST(ClaimKeys, AreFewForMostProviders) {
    EXPECT_EQ(keys_of(claims_with({{"groups", {"a"}, true}, {"iss", {"x"}, false}, {"repository", {"r"}, false}})),
              "+aud=client +sub=alice");
    EXPECT_EQ(keys_of(claims_with({{"amr", {"pwd", "otp"}, true}, {"email", {"a@example.com"}, false}})),
              "+aud=client +sub=alice +amr=[pwd|otp] email=a@example.com");
    EXPECT_EQ(keys_of(claims_with({{"amr", {"pwd"}, false}})), "+aud=client +sub=alice +amr=[pwd]") << "always a list";
}

TEST(ClaimKeys, KeepTheOriginalAudience) {
    Claims claims = claims_with({});
    claims.authorized_party = "client";
    claims.audience = {"backend"};
    EXPECT_EQ(keys_of(claims), "+aud=client +sub=alice oaud=backend");
    claims.audience = {"backend", "other"};
    EXPECT_EQ(keys_of(claims), "+aud=client +sub=alice oaud=[backend|other]");
}

TEST(ClaimKeys, AreMoreForGitHub) {
    const Claims claims =
        claims_with({{"repository", {"o/r"}, false}, {"actor_id", {"12"}, false}, {"jti", {"1"}, false}});
    const std::string more = "+aud=client +sub=alice actor_id=12 repository=o/r";
    EXPECT_EQ(keys_of(claims, "token.actions.githubusercontent.com"), more);
    EXPECT_EQ(keys_of(claims, "token.actions.githubusercontent.com/acme"), more);
    EXPECT_EQ(keys_of(claims, "token.actions.githubusercontent.com.evil.example"), "+aud=client +sub=alice");
}

}  // namespace
}  // namespace iamlocal::federation
