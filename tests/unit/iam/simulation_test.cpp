// What a client cannot bring about: documents in the store that no longer parse, and the JSON form of an answer.
#include <gmock/gmock.h>

#include "store/inline_policies.hpp"
#include "unit/iam/fixture.hpp"

namespace iamlocal::iam {
namespace {

using testing::HasSubstr;

const std::string allows_s3 = document(R"({"Effect":"Allow","Action":"s3:*","Resource":"*"})");

class SimulationTest : public IamTest {};

TEST_F(SimulationTest, AStoredPolicyThatCannotBeReadFailsTheSimulation) {
    const std::string id = create_user("alice");
    in_store([&](auto& tx) { store::inline_policies::put(tx, account, id, "broken", {R"({"Statement":)", 14}); });
    const auto simulate = [&] {
        run("SimulatePrincipalPolicy",
            {{"PolicySourceArn", "arn:aws:iam::111122223333:user/alice"}, {"ActionNames.member.1", "s3:GetObject"}});
    };
    const auto list_keys = [&] {
        run("GetContextKeysForPrincipalPolicy", {{"PolicySourceArn", "arn:aws:iam::111122223333:user/alice"}});
    };
    EXPECT_EQ(code_of(simulate), "PolicyEvaluation");
    EXPECT_EQ(code_of(list_keys), "PolicyEvaluation");
    EXPECT_THAT(message_of(simulate), HasSubstr("user_alice_broken"));
}

TEST_F(SimulationTest, DecisionDetailsAreAnObjectInJson) {
    const api::Operation* row = find_operation("SimulateCustomPolicy");
    ASSERT_NE(row, nullptr);
    const std::string bucket = document(
        R"({"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::b/*"})");
    std::string body;
    for (const auto& [name, value] : {std::pair<std::string, std::string>{"PolicyInputList.member.1", allows_s3},
                                      {"ActionNames.member.1", "s3:GetObject"},
                                      {"ResourceArns.member.1", "arn:aws:s3:::b/x"},
                                      {"CallerArn", "arn:aws:iam::111122223333:user/alice"},
                                      {"ResourceOwner", "arn:aws:iam::444455556666:root"},
                                      {"ResourcePolicy", bucket}})
        body += percent_encode(name) + "=" + percent_encode(value) + "&";
    protocol::Parameters parameters;
    ASSERT_FALSE(parameters.parse("", body));
    api::Call call{
        .env = env_, .caller = *caller_, .connection = *connection_, .now = now_, .facts = facts_, .policies = cache_};
    std::string json;
    protocol::AnswerWriter writer(protocol::AnswerFormat::json, json);
    const auto slow = row->run(*row, call, parameters, protocol::ShowValues::no, writer);
    ASSERT_NE(slow, nullptr);
    slow->work(writer);
    if (slow->has_finish()) slow->finish(call, writer);
    EXPECT_THAT(json, HasSubstr(R"("EvalDecisionDetails":{"IAM Policy":"allowed","Resource Policy":"allowed"})"));
    EXPECT_THAT(json, HasSubstr(R"("MissingContextValues":[])"));
}

}  // namespace
}  // namespace iamlocal::iam
