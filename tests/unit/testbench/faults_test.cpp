#include "testbench/faults.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace iamlocal::testbench {
namespace {

const std::vector<std::string> known_operations = {"iam:GetUser", "iam:ListUsers", "sts:AssumeRole"};

FaultRule rule_of(std::string_view text) {
    auto read = parse_fault_rule(nlohmann::json::parse(text), known_operations);
    EXPECT_TRUE(std::holds_alternative<FaultRule>(read)) << text << ": " << std::get<std::string>(read);
    return std::get<FaultRule>(std::move(read));
}

constexpr FaultQuestion get_user{"iam:GetUser", "arn:aws:iam::000000000000:user/alice", "000000000000"};
constexpr FaultQuestion list_users{"iam:ListUsers", "arn:aws:iam::111122223333:root", "111122223333"};

TEST(FaultRule, IsWrittenAsItIsRead) {
    for (
        const char* text :
        {R"({"error":"Throttling","status":400,"message":"Rate exceeded"})",
         R"({"action":"iam:Get*","principal":"arn:*","account":"000000000000","probability":0.5,"seed":18446744073709551615,"count":3,"wait":1,"cut":true,"after":true})",
         R"({"half":true,"after":true})", R"({"wait":50000})", R"({"wait":1,"after":true})",
         R"({"error":"Own","status":599})"}) {
        EXPECT_EQ(write_fault_rule(rule_of(text)).dump(), text);
    }
}

TEST(FaultRule, SaysInWordsWhatHappens) {
    EXPECT_EQ(rule_of(R"({"error":"Throttling"})").fault.words(), "Throttling");
    EXPECT_EQ(rule_of(R"({"wait":250,"cut":true,"after":true})").fault.words(),
              "250 ms later, connection cut, after the operation");
    EXPECT_EQ(rule_of(R"({"half":true})").fault.words(), "half of the answer, after the operation");
}

TEST(Faults, NoneStrikesWhereThereIsNone) {
    Faults faults;
    EXPECT_FALSE(faults.any());
    EXPECT_EQ(faults.draw(get_user), nullptr);
}

TEST(Faults, StrikesAsOftenAsIsSaid) {
    Faults faults;
    faults.replace({rule_of(R"({"action":"iam:get*","error":"Throttling","count":2})")});
    EXPECT_TRUE(faults.any());
    EXPECT_EQ(faults.draw(list_users), nullptr);
    EXPECT_EQ(faults.draw(get_user)->words(), "Throttling (rule 1)");
    EXPECT_EQ(faults.list().front().struck, 1);
    EXPECT_EQ(faults.list().front().rule.count, 1);
    EXPECT_NE(faults.draw(get_user), nullptr);
    EXPECT_FALSE(faults.any());
    EXPECT_EQ(faults.draw(get_user), nullptr);
}

TEST(Faults, ForgetsThoseOfAnAccount) {
    Faults faults;
    faults.replace({rule_of(R"({"account":"111122223333","cut":true})"), rule_of(R"({"action":"sts:*","cut":true})")});
    EXPECT_NE(faults.draw(list_users), nullptr);
    EXPECT_EQ(faults.draw(get_user), nullptr);
    faults.clear(AccountId("111122223333"));
    EXPECT_EQ(faults.draw(list_users), nullptr);
    EXPECT_EQ(faults.list().size(), 1);
    faults.clear();
    EXPECT_FALSE(faults.any());
}

TEST(Faults, DrawsAsOftenAsTheProbabilitySays) {
    for (const double probability : {0.01, 0.3, 0.99}) {
        Faults faults;
        FaultRule rule = rule_of(R"({"cut":true,"seed":5})");
        rule.probability = probability;
        faults.replace({rule});
        int struck = 0;
        for (int i = 0; i < 10000; ++i) struck += faults.draw(get_user) != nullptr ? 1 : 0;
        EXPECT_NEAR(struck, 10000 * probability, 200) << probability;
    }
}

TEST(Faults, HasRoomForAHundred) {
    Faults faults;
    for (std::size_t i = 0; i < most_fault_rules; ++i) EXPECT_EQ(faults.add(rule_of(R"({"cut":true})")), i + 1);
    EXPECT_FALSE(faults.add(rule_of(R"({"cut":true})")));
}

}  // namespace
}  // namespace iamlocal::testbench
