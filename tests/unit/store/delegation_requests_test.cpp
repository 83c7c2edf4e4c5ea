#include "store/delegation_requests.hpp"

#include "store/account.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;

class DelegationRequestsTest : public StoreTest {
  protected:
    DelegationRequest example(std::string id) {
        return {
            .id = id,
            .requestor = other_account_,
            .requestor_name = "Example",
            .workflow_id = "of " + id,
            .owner_account = account_,
            .owner = {},
            .approver = {},
            .approver_session = "sealed",
            .description = "d",
            .message = "m",
            .template_arn = "arn",
            .parameters = {{"Name", "string", {"x"}}, {"None", "stringList", {}}, {"Two", "stringList", {"a", "b"}}},
            .policy = "{}",
            .redirect_url = {},
            .channel = "c",
            .session_duration = 300,
            .only_send_by_owner = true,
            .state = DelegationState::unassigned,
            .created = at(1),
            .updated = at(1),
            .expires = at(9),
            .notes = {},
            .rejection_reason = {}};
    }
};
IAMLOCAL_ON_BOTH_ENGINES(DelegationRequestsTest);

TEST_P(DelegationRequestsTest, ComesBackAsItWasMade) {
    const DelegationRequest request = example("r");
    delegation_requests::insert(tx_, request);
    EXPECT_EQ(delegation_requests::find(tx_, "r"), request);
    EXPECT_EQ(delegation_requests::find(tx_, "s"), std::nullopt);
    EXPECT_TRUE(delegation_requests::is_used(tx_, other_account_, "of r"));
    EXPECT_FALSE(delegation_requests::is_used(tx_, account_, "of r"));
}

TEST_P(DelegationRequestsTest, AWorkflowIdIsUsedOnce) {
    delegation_requests::insert(tx_, example("r"));
    DelegationRequest again = example("s");
    again.workflow_id = "of r";
    expect_violation(ConstraintViolation::Kind::unique, [&] { delegation_requests::insert(tx_, again); });
}

TEST_P(DelegationRequestsTest, ChangesOnlyFromTheStateThatWasRead) {
    DelegationRequest request = example("r");
    delegation_requests::insert(tx_, request);
    request.owner = "arn:o";
    request.approver = "arn:a";
    request.state = DelegationState::accepted;
    request.updated = at(2);
    request.expires = at(20);
    request.notes = "n";
    request.rejection_reason = "because";
    EXPECT_FALSE(delegation_requests::update(tx_, request, DelegationState::assigned));
    EXPECT_EQ(delegation_requests::find(tx_, "r"), example("r"));
    EXPECT_TRUE(delegation_requests::update(tx_, request, DelegationState::unassigned));
    EXPECT_EQ(delegation_requests::find(tx_, "r"), request);
}

TEST_P(DelegationRequestsTest, ListsWhatSomebodyOwns) {
    for (const char* const id : {"c", "a", "b", "unowned"}) {
        DelegationRequest request = example(id);
        if (request.id != "unowned") request.owner = request.id == "b" ? "arn:b" : "arn:o";
        if (request.id == "a") request.created = at(5);
        delegation_requests::insert(tx_, request);
    }
    const auto ids = [](const Page<DelegationRequest>& page) {
        std::string out;
        for (const DelegationRequest& request : page.items) out += request.id;
        return out;
    };
    const auto first = delegation_requests::page(tx_, account_, std::nullopt, {{}, 2});
    EXPECT_EQ(ids(first), "bc");
    EXPECT_EQ(first.items.front().parameters, example("b").parameters);
    EXPECT_EQ(ids(delegation_requests::page(tx_, account_, std::nullopt, {first.next, 2})), "a");
    EXPECT_EQ(ids(delegation_requests::page(tx_, account_, "arn:o", {{}, 9})), "ca");
    EXPECT_EQ(ids(delegation_requests::page(tx_, other_account_, std::nullopt, {{}, 9})), "");
}

TEST_P(DelegationRequestsTest, GoWithEitherAccount) {
    delegation_requests::insert(tx_, example("r"));
    account::erase(tx_, account_);
    EXPECT_EQ(delegation_requests::find(tx_, "r"), std::nullopt);
    delegation_requests::insert(tx_, example("r"));
    account::erase(tx_, other_account_);
    EXPECT_EQ(delegation_requests::find(tx_, "r"), std::nullopt);
    EXPECT_EQ(tx_.number("SELECT count(*) FROM delegation_parameters"), 0);
}

}  // namespace
}  // namespace iamlocal::store
