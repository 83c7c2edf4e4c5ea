// What is in the store already: documents that cannot be read, and trust policies whose principals went and came.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/inline_policies.hpp"
#include "store/roles.hpp"
#include "unit/app/client.hpp"

namespace iamlocal::app {
namespace {

using testing::HasSubstr;

std::string trust_in(const std::string& principal) {
    return R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":")" + principal +
           R"("},"Action":"sts:AssumeRole"}})";
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

class StoredDocumentsTest : public testing::Test {
  protected:
    Keys make_user(const std::string& name, const std::string& account = "000000000000") {
        const Keys root{account, "test", {}};
        bed_.iam(root, "CreateUser", {{"UserName", name}});
        bed_.iam(root, "PutUserPolicy", {{"UserName", name}, {"PolicyName", "own"}, {"PolicyDocument", allow_all}});
        const http::Response answer = bed_.iam(root, "CreateAccessKey", {{"UserName", name}});
        return {element(answer.body, "AccessKeyId"), element(answer.body, "SecretAccessKey"), {}};
    }
    void remove_user(const std::string& name, const Keys& keys, const std::string& account = "000000000000") {
        const Keys root{account, "test", {}};
        bed_.iam(root, "DeleteAccessKey", {{"UserName", name}, {"AccessKeyId", keys.id}});
        bed_.iam(root, "DeleteUserPolicy", {{"UserName", name}, {"PolicyName", "own"}});
        EXPECT_EQ(outcome(bed_.iam(root, "DeleteUser", {{"UserName", name}})), "200");
    }
    void make_role(const std::string& name, const std::string& document) {
        const http::Response answer =
            bed_.iam({}, "CreateRole", {{"RoleName", name}, {"AssumeRolePolicyDocument", document}});
        EXPECT_EQ(outcome(answer), "200") << answer.body;
    }
    http::Response assume(const Keys& keys, const std::string& role) {
        return bed_.sts(keys, "AssumeRole",
                        {{"RoleArn", "arn:aws:iam::000000000000:role/" + role}, {"RoleSessionName", "run"}});
    }
    static Keys session_of(const http::Response& answer) {
        return {element(answer.body, "AccessKeyId"), element(answer.body, "SecretAccessKey"),
                element(answer.body, "SessionToken")};
    }
    std::string trust_of(const std::string& role) {
        return percent_decode(element(bed_.iam({}, "GetRole", {{"RoleName", role}}).body, "AssumeRolePolicyDocument"),
                              PlusIs::plus)
            .value();
    }
    /// Past the door of every operation.
    template <class Change>
    void in_the_store(Change change) {
        const auto connection = database_->connect();
        db::Transaction tx(*connection, db::Access::write);
        change(tx);
        tx.commit();
    }

    std::unique_ptr<db::Database> owned_ = db::Database::in_memory();
    db::Database* database_ = owned_.get();
    Bed bed_{{}, std::move(owned_)};
    const AccountId account_{"000000000000"};
};

TEST_F(StoredDocumentsTest, AnIdentityPolicyThatCannotBeReadDeniesAndIsInTheLogOnce) {
    const Keys alice = make_user("alice");
    EXPECT_EQ(outcome(bed_.iam(alice, "ListUsers")), "200");
    const std::string id = element(bed_.iam({}, "GetUser", {{"UserName", "alice"}}).body, "UserId");
    in_the_store([&](db::Transaction& tx) {
        store::inline_policies::put(tx, account_, id, "broken", {"{\n  \"Version\": \"2012-10-17\",", 10});
    });
    for (int i = 0; i < 4; ++i, bed_.switch_pipeline()) {
        EXPECT_EQ(message(bed_.iam(alice, "ListUsers")),
                  "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: iam:ListUsers on resource: "
                  "arn:aws:iam::000000000000:user/ with an explicit deny in an identity-based policy");
        bed_.iam({}, "CreateUser", {{"UserName", fmt::format("bob{}", i)}});  // the identity is loaded anew
    }
    EXPECT_EQ(count(bed_.logged(), "a stored policy cannot be read and denies everything"), 1u) << bed_.logged();
    EXPECT_THAT(bed_.logged(),
                HasSubstr("account=000000000000 owner=arn:aws:iam::000000000000:user/alice policy=broken"));
    bed_.iam({}, "DeleteUserPolicy", {{"UserName", "alice"}, {"PolicyName", "broken"}});
    EXPECT_EQ(outcome(bed_.iam(alice, "ListUsers")), "200");
}

TEST_F(StoredDocumentsTest, ATrustPolicyThatCannotBeReadDeniesAndIsInTheLogOnce) {
    const Keys alice = make_user("alice");
    make_role("job", trust_in("arn:aws:iam::000000000000:user/alice"));
    const std::string id = element(bed_.iam({}, "GetRole", {{"RoleName", "job"}}).body, "RoleId");
    in_the_store([&](db::Transaction& tx) { store::roles::set_trust_policy(tx, account_, id, "nonsense"); });
    for (int i = 0; i < 4; ++i, bed_.switch_pipeline())
        EXPECT_EQ(message(assume(alice, "job")),
                  "User: arn:aws:iam::000000000000:user/alice is not authorized to perform: sts:AssumeRole on "
                  "resource: arn:aws:iam::000000000000:role/job with an explicit deny in a resource-based policy");
    EXPECT_EQ(count(bed_.logged(), "a stored policy cannot be read and denies everything"), 1u) << bed_.logged();
    EXPECT_THAT(bed_.logged(), HasSubstr("owner=arn:aws:iam::000000000000:role/job"));
    EXPECT_EQ(trust_of("job"), "nonsense");
}

TEST_F(StoredDocumentsTest, ARoleThatWasMadeAnewIsNotTrusted) {
    const Keys alice = make_user("alice");
    make_role("caller", trust_in("000000000000"));
    bed_.iam({}, "PutRolePolicy", {{"RoleName", "caller"}, {"PolicyName", "own"}, {"PolicyDocument", allow_all}});
    make_role("job", trust_in("arn:aws:iam::000000000000:role/caller"));
    EXPECT_EQ(outcome(assume(session_of(assume(alice, "caller")), "job")), "200");
    EXPECT_THAT(trust_of("job"), HasSubstr("arn:aws:iam::000000000000:role/caller"));

    bed_.iam({}, "DeleteRolePolicy", {{"RoleName", "caller"}, {"PolicyName", "own"}});
    EXPECT_EQ(outcome(bed_.iam({}, "DeleteRole", {{"RoleName", "caller"}})), "200");
    make_role("caller", trust_in("000000000000"));
    bed_.iam({}, "PutRolePolicy", {{"RoleName", "caller"}, {"PolicyName", "own"}, {"PolicyDocument", allow_all}});
    EXPECT_EQ(outcome(assume(session_of(assume(alice, "caller")), "job")), "403 AccessDenied");
    EXPECT_THAT(trust_of("job"), testing::ContainsRegex(R"("AWS":"AROA[A-Z2-7]+")"));

    // Saved again, it means the one that is there now.
    bed_.iam({}, "UpdateAssumeRolePolicy",
             {{"RoleName", "job"}, {"PolicyDocument", trust_in("arn:aws:iam::000000000000:role/caller")}});
    EXPECT_EQ(outcome(assume(session_of(assume(alice, "caller")), "job")), "200");
}

TEST_F(StoredDocumentsTest, UsersOfOtherAccountsAreBoundLikewise) {
    const std::string other = "111122223333";
    const Keys eve = make_user("eve", other);
    make_role("job", trust_in("arn:aws:iam::111122223333:user/eve"));
    EXPECT_EQ(outcome(assume(eve, "job")), "200");
    remove_user("eve", eve, other);
    EXPECT_THAT(trust_of("job"), testing::ContainsRegex(R"("AWS":"AIDA[A-Z2-7]+")"));
    const Keys another = make_user("eve", other);
    EXPECT_EQ(outcome(assume(another, "job")), "403 AccessDenied");
    EXPECT_EQ(
        outcome(bed_.iam({}, "UpdateAssumeRolePolicy",
                         {{"RoleName", "job"}, {"PolicyDocument", trust_in("arn:aws:iam::111122223333:user/gone")}})),
        "400 MalformedPolicyDocument");
}

TEST_F(StoredDocumentsTest, ARenamedUserIsStillTheOneWhoIsTrusted) {
    const Keys alice = make_user("alice");
    make_role("job", trust_in("arn:aws:iam::000000000000:user/alice"));
    bed_.iam({}, "UpdateUser", {{"UserName", "alice"}, {"NewUserName", "alicia"}, {"NewPath", "/staff/"}});
    EXPECT_EQ(outcome(assume(alice, "job")), "200");
    EXPECT_THAT(trust_of("job"), HasSubstr("arn:aws:iam::000000000000:user/staff/alicia"));
    const Keys usurper = make_user("alice");
    EXPECT_EQ(outcome(assume(usurper, "job")), "403 AccessDenied");
}

TEST_F(StoredDocumentsTest, AnAccountIsShownAsItsRoot) {
    make_role("job", trust_in("999999999999"));
    EXPECT_EQ(trust_of("job"), trust_in("arn:aws:iam::999999999999:root"));
}

TEST_F(StoredDocumentsTest, ASessionPolicyThatIsGoneDeniesAndIsInTheLog) {
    const Keys alice = make_user("alice");
    make_role("job", trust_in("000000000000"));
    bed_.iam({}, "PutRolePolicy", {{"RoleName", "job"}, {"PolicyName", "own"}, {"PolicyDocument", allow_all}});
    bed_.iam({}, "CreatePolicy", {{"PolicyName", "narrow"}, {"PolicyDocument", allow_all}});
    const std::string arn = "arn:aws:iam::000000000000:policy/narrow";
    const Keys session = session_of(bed_.sts(alice, "AssumeRole",
                                             {{"RoleArn", "arn:aws:iam::000000000000:role/job"},
                                              {"RoleSessionName", "run"},
                                              {"PolicyArns.member.1.arn", arn}}));
    EXPECT_EQ(outcome(bed_.iam(session, "ListUsers")), "200");
    EXPECT_EQ(outcome(bed_.iam({}, "DeletePolicy", {{"PolicyArn", arn}})), "200");
    EXPECT_EQ(outcome(bed_.iam(session, "ListUsers")), "403 AccessDenied");
    EXPECT_THAT(bed_.logged(), HasSubstr("owner=arn:aws:iam::000000000000:role/job policy=" + arn));
    EXPECT_THAT(bed_.logged(), HasSubstr("there is no such policy"));
}

TEST_F(StoredDocumentsTest, ConditionsOnAnArnAreNotBound) {
    const Keys alice = make_user("alice");
    make_role(
        "job",
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole",
                  "Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::000000000000:user/alice"}}}})");
    EXPECT_EQ(outcome(assume(alice, "job")), "200");
    remove_user("alice", alice);
    EXPECT_EQ(outcome(assume(make_user("alice"), "job")), "200");
    EXPECT_EQ(outcome(assume(make_user("bob"), "job")), "403 AccessDenied");
}

}  // namespace
}  // namespace iamlocal::app
