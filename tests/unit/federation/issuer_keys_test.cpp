#include "federation/issuer_keys.hpp"

#include <gtest/gtest.h>

namespace iamlocal::federation {
namespace {

using namespace std::chrono_literals;

const Issuer idp{"https://idp.example.com", {}};

KeySet set_of(std::initializer_list<const char*> ids) {
    KeySet keys;
    for (const char* const id : ids) keys.push_back({id, std::nullopt});
    return keys;
}

/// A provider that answers when the test says so.
class Provider final : public KeyFetcher {
  public:
    void fetch(const Issuer& issuer, std::function<void(FetchedKeys)> done) override {
        asked.push_back(issuer);
        if (answers) return done(*answers);
        waiting.push_back(std::move(done));
    }
    void give_up() override {
        has_given_up = true;
        while (!waiting.empty()) answer({std::nullopt, 0, KeyFault::unreachable, "gave up"});
    }
    /// Answers the oldest question.
    void answer(FetchedKeys fetched) {
        const auto done = std::move(waiting.front());
        waiting.erase(waiting.begin());
        done(std::move(fetched));
    }

    std::optional<FetchedKeys> answers;  ///< at once
    std::vector<Issuer> asked;
    std::vector<std::function<void(FetchedKeys)>> waiting;
    bool has_given_up = false;
};

class KeyCacheTest : public testing::Test {
  protected:
    KeyCacheTest() : KeyCacheTest(KeyCache::Rules()) {}
    explicit KeyCacheTest(KeyCache::Rules rules)
        : cache_({{"https://given.example.com", set_of({"g"})}},
                 {&provider_, [this] { return now_; },
                  [this](std::string_view issuer, std::string_view complaint) {
                      reports_.push_back(std::string(issuer) + ": " + std::string(complaint));
                  }},
                 rules) {}

    /// What there is for a key id: the first id of the set, the fault, or "wait".
    std::string find(const Issuer& issuer, std::optional<std::string> key_id) {
        const auto found = cache_.find(issuer, key_id);
        return found ? text_of(*found) : "wait";
    }
    static std::string text_of(const KeyCache::Found& found) {
        if (found.keys) return found.keys->empty() ? "empty" : found.keys->front().id.value_or("nameless");
        return found.fault == KeyFault::unreachable ? "unreachable"
               : found.fault == KeyFault::unusable  ? "unusable"
                                                    : "?";
    }
    /// Waits as a request does; whether it may.
    bool wait(const Issuer& issuer) {
        return cache_.wait(issuer, [this] { ++called_; });
    }
    void publish(std::initializer_list<const char*> ids, std::size_t bytes = 100) {
        provider_.answers = FetchedKeys{set_of(ids), bytes};
    }
    void break_down(KeyFault fault) { provider_.answers = FetchedKeys{std::nullopt, 0, fault, "broken"}; }

    Provider provider_;
    KeyCache::SteadyTime now_{1000s};
    int called_ = 0;
    std::vector<std::string> reports_;
    KeyCache cache_;
};

TEST_F(KeyCacheTest, KeysThatWereGivenAreNeverFetched) {
    EXPECT_EQ(find({"https://given.example.com", {"aa"}}, "other"), "g");
    EXPECT_EQ(text_of(cache_.get({"https://given.example.com", {}})), "g");
    EXPECT_TRUE(provider_.asked.empty());
}

TEST_F(KeyCacheTest, OthersMayBeGivenInTheirPlace) {
    const auto before = cache_.find({"https://given.example.com", {}}, std::nullopt);
    cache_.give({{"https://given.example.com", set_of({"new"})}, {"https://second.example.com", set_of({"s"})}});
    EXPECT_EQ(find({"https://given.example.com", {}}, "new"), "new");
    EXPECT_EQ(find({"https://second.example.com", {}}, "s"), "s");
    EXPECT_EQ(text_of(*before), "g") << "whoever has them goes on with them";
    cache_.give({});
    EXPECT_EQ(find({"https://given.example.com", {}}, "new"), "wait");
}

TEST_F(KeyCacheTest, KeysAreFetchedOnceAndKept) {
    EXPECT_EQ(find(idp, "a"), "wait");
    EXPECT_TRUE(wait(idp));
    EXPECT_EQ(find(idp, "a"), "wait") << "the fetch that runs is waited for";
    EXPECT_TRUE(wait(idp));
    EXPECT_EQ(provider_.asked.size(), 1U);
    EXPECT_EQ(called_, 0);
    provider_.answer({set_of({"a"}), 100});
    EXPECT_EQ(called_, 2);
    EXPECT_EQ(find(idp, "a"), "a");
    EXPECT_EQ(find(idp, std::nullopt), "a") << "a token without a key's id is no reason to fetch";
    EXPECT_EQ(provider_.asked.size(), 1U);
}

TEST_F(KeyCacheTest, AnUnknownKeyIsAskedForAtABoundedRate) {
    publish({"a"});
    EXPECT_TRUE(wait(idp));
    publish({"b"});
    EXPECT_EQ(find(idp, "b"), "wait");
    EXPECT_TRUE(wait(idp));
    EXPECT_EQ(find(idp, "b"), "b") << "keys rotate at once";
    EXPECT_EQ(find(idp, "a"), "wait") << "the old key is unknown by now";
    for (int i = 0; i < 100; ++i)
        if (find(idp, "forged") == "wait") wait(idp);
    EXPECT_EQ(provider_.asked.size(), 5U);
    EXPECT_EQ(find(idp, "forged"), "b") << "who brings a forged id gets what is there";
    EXPECT_EQ(find(idp, "b"), "b");
    now_ += 5s;
    for (int i = 0; i < 100; ++i)
        if (find(idp, "forged") == "wait") wait(idp);
    EXPECT_EQ(provider_.asked.size(), 6U);
    now_ += 1h;
    for (int i = 0; i < 100; ++i)
        if (find(idp, "forged") == "wait") wait(idp);
    EXPECT_EQ(provider_.asked.size(), 11U) << "what was not used does not add up";
}

TEST_F(KeyCacheTest, OldKeysAreRefreshedWhileTheyServe) {
    publish({"a"});
    EXPECT_TRUE(wait(idp));
    now_ += 299s;
    EXPECT_EQ(find(idp, "a"), "a");
    EXPECT_EQ(provider_.asked.size(), 1U);
    now_ += 1s;
    provider_.answers.reset();
    EXPECT_EQ(find(idp, "a"), "a");
    EXPECT_EQ(find(idp, "a"), "a");
    EXPECT_EQ(provider_.asked.size(), 2U) << "one fetch at a time";
    provider_.answer({set_of({"c", "a"}), 100});
    EXPECT_EQ(find(idp, "a"), "c");
}

TEST_F(KeyCacheTest, ADeadProviderSKeysServeForAnHour) {
    publish({"a"});
    EXPECT_TRUE(wait(idp));
    break_down(KeyFault::unreachable);
    now_ += 3599s;
    EXPECT_EQ(find(idp, "a"), "a");
    EXPECT_EQ(reports_, std::vector<std::string>{"https://idp.example.com: broken"});
    EXPECT_EQ(find(idp, "b"), "wait");
    EXPECT_TRUE(wait(idp));
    EXPECT_EQ(text_of(cache_.get(idp)), "a");
    now_ += 1s;
    EXPECT_EQ(find(idp, "a"), "wait");
    EXPECT_TRUE(wait(idp));
    EXPECT_EQ(text_of(cache_.get(idp)), "unreachable");
}

TEST_F(KeyCacheTest, AFailureIsTriedAgainAtABoundedRate) {
    break_down(KeyFault::unusable);
    for (int i = 0; i < 20; ++i) {
        if (find(idp, "a") == "wait") {
            EXPECT_TRUE(wait(idp));
        }
        EXPECT_EQ(text_of(cache_.get(idp)), "unusable");
    }
    EXPECT_EQ(provider_.asked.size(), 5U);
    EXPECT_EQ(find(idp, "a"), "unusable") << "nobody waits then";
    EXPECT_FALSE(wait(idp));
    EXPECT_EQ(called_, 5);
}

TEST_F(KeyCacheTest, WhoKnowsTheServerOtherwiseHasOtherKeys) {
    publish({"a"});
    EXPECT_TRUE(wait(idp));
    EXPECT_EQ(find({idp.url, {"0123"}}, "a"), "wait");
    EXPECT_EQ(find({"https://idp.example.com/", {}}, "a"), "wait");
}

TEST_F(KeyCacheTest, WhatWasClearedIsFetchedAgain) {
    publish({"a"});
    EXPECT_TRUE(wait(idp));
    cache_.clear();
    EXPECT_EQ(find(idp, "a"), "wait");
    provider_.answers.reset();
    EXPECT_TRUE(wait(idp));
    cache_.clear();  // while they are fetched
    provider_.answer({set_of({"a"}), 100});
    EXPECT_EQ(called_, 2) << "who waits is called all the same";
    EXPECT_EQ(text_of(cache_.get(idp)), "unreachable");
}

TEST_F(KeyCacheTest, ClosingEndsAllWaiting) {
    EXPECT_TRUE(wait(idp));
    cache_.close();
    EXPECT_EQ(called_, 1);
    EXPECT_TRUE(provider_.has_given_up);
    EXPECT_FALSE(wait(idp));
    EXPECT_EQ(find(idp, "a"), "unreachable");
    EXPECT_EQ(find({"https://given.example.com", {}}, "g"), "g");
}

class SmallKeyCacheTest : public KeyCacheTest {
  protected:
    SmallKeyCacheTest() : KeyCacheTest(small()) {}
    static KeyCache::Rules small() {
        KeyCache::Rules rules;
        rules.most_issuers = 2;
        rules.most_bytes = 1000;
        rules.most_waiting = 2;
        return rules;
    }
    static Issuer other(int number) { return {"https://" + std::to_string(number), {}}; }
};

TEST_F(SmallKeyCacheTest, WhatNobodyUsesMakesRoom) {
    publish({"a"});
    EXPECT_TRUE(wait(other(1)));
    now_ += 1s;
    EXPECT_TRUE(wait(other(2)));
    now_ += 1s;
    EXPECT_EQ(find(other(1), "a"), "a");
    EXPECT_TRUE(wait(other(3)));
    EXPECT_EQ(find(other(1), "a"), "a");
    EXPECT_EQ(find(other(2), "a"), "wait");
    EXPECT_EQ(find(other(3), "a"), "a");
}

TEST_F(SmallKeyCacheTest, LargeSetsMakeRoomToo) {
    publish({"a"}, 600);
    EXPECT_TRUE(wait(other(1)));
    now_ += 1s;
    EXPECT_TRUE(wait(other(2)));
    EXPECT_EQ(find(other(1), "a"), "wait");
    EXPECT_EQ(find(other(2), "a"), "a");
}

TEST_F(SmallKeyCacheTest, OnlySoManyWait) {
    EXPECT_TRUE(wait(idp));
    EXPECT_TRUE(wait(idp));
    EXPECT_FALSE(wait(idp));
    provider_.answer({set_of({"a"}), 100});
    EXPECT_EQ(called_, 2);
    publish({"b"});
    EXPECT_TRUE(wait(idp));
}

TEST(KeyCacheAlone, FetchesNothingWithoutAFetcher) {
    KeyCache cache({}, {});
    const auto found = cache.find(idp, "a");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->fault, KeyFault::unreachable);
    EXPECT_FALSE(cache.wait(idp, [] {}));
}

}  // namespace
}  // namespace iamlocal::federation
