#include "access/credentials.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "store/migrations.hpp"

namespace iamlocal::access {
namespace {

class CredentialCacheTest : public testing::Test {
  protected:
    CredentialCacheTest() { database_->migrate(store::schema()); }

    /// Root of an account.
    bool find(CredentialCache& cache, int account) {
        const std::string id = fmt::format("{:012}", account);
        auth::Presented presented;
        presented.access_key_id = id;
        const auto found = cache.find(presented, Seconds{});
        return std::holds_alternative<Credential*>(found) &&
               std::get<Credential*>(found)->identity->account == AccountId(id);
    }

    SeededEntropy entropy_{1};
    std::unique_ptr<db::Database> database_ = db::Database::in_memory();
    std::unique_ptr<db::Connection> connection_ = database_->connect();
    const store::Keyring keyring_ = store::Keyring::random(entropy_);
    const RootKey root_;
    policy::Cache policies_;
    const FixedClock clock_{Instant{}};
    Log log_{LogLevel::error, LogFormat::text, clock_, [](std::string_view) {}};
    UnreadableLog unreadable_{log_};
};

TEST_F(CredentialCacheTest, IsBoundedInBytes) {
    CredentialCache probe(*connection_, keyring_, root_, policies_, unreadable_);
    ASSERT_TRUE(find(probe, 1));
    const std::size_t one = probe.bytes();
    EXPECT_GT(one, 0U);
    ASSERT_TRUE(find(probe, 1));
    EXPECT_EQ(probe.bytes(), one);

    CredentialCache cache(*connection_, keyring_, root_, policies_, unreadable_, 10 * one);
    for (int round = 0; round < 2; ++round) {
        for (int account = 0; account < 25; ++account) {
            ASSERT_TRUE(find(cache, account));
            EXPECT_LE(cache.bytes(), 10 * one);
            EXPECT_EQ(cache.bytes(), cache.entries() * one);
        }
    }
    EXPECT_GT(cache.entries(), 1U);

    CredentialCache tiny(*connection_, keyring_, root_, policies_, unreadable_, 1);
    for (int account = 0; account < 3; ++account) {
        ASSERT_TRUE(find(tiny, account)) << "one that is too large is kept alone";
        EXPECT_EQ(tiny.entries(), 1U);
    }
}

}  // namespace
}  // namespace iamlocal::access
