#include "store/principals.hpp"

#include "catalogue/managed_policies.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PrincipalsTest : public StoreTest {
  protected:
    /// "origin name arn group text" of each policy; an AWS document by its length.
    static std::vector<std::string> describe(const PrincipalPolicies& policies) {
        std::vector<std::string> out;
        for (const GrantedPolicy& policy : policies.identity) out.push_back(describe(policy));
        return out;
    }
    static std::string describe(const GrantedPolicy& policy) {
        const char* const origins[] = {"inline", "customer", "aws"};
        std::string out = origins[static_cast<int>(policy.origin)];
        for (const std::string_view part : {std::string_view(policy.name), std::string_view(policy.arn),
                                            std::string_view(policy.group), policy.text()}) {
            out += '|';
            out += part.size() > 60 ? std::to_string(part.size()) : std::string(part);
        }
        return out;
    }

    const ManagedPolicy admin_ = *policies::find(tx_, account_, "arn:aws:iam::aws:policy/AdministratorAccess");
    const std::string admin_text_ =
        std::to_string(catalogue::managed_policies::document(*catalogue::managed_policies::find(admin_.arn)).size());
};
IAMLOCAL_ON_BOTH_ENGINES(PrincipalsTest);

TEST_P(PrincipalsTest, AUserHasItsOwnPoliciesAndItsGroups) {
    const User user = add_user("alice");
    const Group ops = add_group("Ops");
    const Group dev = add_group("dev");
    const ManagedPolicy policy = add_policy("p", "/x/", "{v1}");
    groups::add_member(tx_, account_, ops.id, user.id);
    groups::add_member(tx_, account_, dev.id, user.id);
    groups::add_member(tx_, account_, dev.id, add_user("bob").id);
    inline_policies::put(tx_, account_, user.id, "own", {"{own}", 5});
    inline_policies::put(tx_, account_, "AIDAbob", "bobs", {"{bobs}", 6});
    inline_policies::put(tx_, account_, ops.id, "of ops", {"{ops}", 5});
    inline_policies::put(tx_, account_, dev.id, "of dev", {"{dev}", 5});
    inline_policies::put(tx_, account_, add_group("others").id, "of others", {"{others}", 5});
    attachments::attach(tx_, account_, user.id, policy);
    attachments::attach(tx_, account_, dev.id, policy);
    attachments::attach(tx_, account_, dev.id, admin_);
    policies::add_version(tx_, account_, policy.id, "{v2}", at(1), true);
    policies::add_version(tx_, account_, policy.id, "{v3}", at(1), false);

    const PrincipalPolicies policies = load_user_policies(tx_, account_, user.id);
    EXPECT_THAT(describe(policies),
                ElementsAre("inline|own|||{own}", "customer|p|arn:aws:iam::111122223333:policy/x/p||{v2}",
                            "inline|of dev||dev|{dev}", "inline|of ops||Ops|{ops}",
                            "aws|AdministratorAccess|arn:aws:iam::aws:policy/AdministratorAccess|dev|" + admin_text_,
                            "customer|p|arn:aws:iam::111122223333:policy/x/p|dev|{v2}"));
    EXPECT_FALSE(policies.boundary);
    EXPECT_THAT(load_user_policies(tx_, other_account_, user.id).identity, IsEmpty());
}

TEST_P(PrincipalsTest, ARoleHasItsOwnPolicies) {
    const Role role = add_role("r");
    inline_policies::put(tx_, account_, role.id, "own", {"{own}", 5});
    attachments::attach(tx_, account_, role.id, admin_);
    EXPECT_THAT(describe(load_role_policies(tx_, account_, role.id)),
                ElementsAre("inline|own|||{own}", "aws|AdministratorAccess|" + admin_.arn + "||" + admin_text_));
}

TEST_P(PrincipalsTest, TheBoundaryIsLoadedOrKnownToBeGone) {
    const Role role = add_role("r");
    const User user = add_user("alice");
    const ManagedPolicy policy = add_policy("p");
    roles::set_boundary(tx_, account_, role.id, admin_.arn);
    users::set_boundary(tx_, account_, user.id, policy.arn);
    const PrincipalPolicies of_role = load_role_policies(tx_, account_, role.id);
    ASSERT_TRUE(of_role.boundary);
    ASSERT_EQ(of_role.boundary->size(), 1U);
    EXPECT_EQ(describe(of_role.boundary->front()), "aws|AdministratorAccess|" + admin_.arn + "||" + admin_text_);
    const PrincipalPolicies of_user = load_user_policies(tx_, account_, user.id);
    ASSERT_TRUE(of_user.boundary);
    ASSERT_EQ(of_user.boundary->size(), 1U);
    EXPECT_EQ(describe(of_user.boundary->front()), "customer|p|" + policy.arn + "||{v1}");

    policies::remove(tx_, account_, policy.id);
    const PrincipalPolicies gone = load_user_policies(tx_, account_, user.id);
    ASSERT_TRUE(gone.boundary);
    EXPECT_THAT(*gone.boundary, IsEmpty());
}

}  // namespace
}  // namespace iamlocal::store
