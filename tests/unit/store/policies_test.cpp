#include "store/policies.hpp"

#include "catalogue/managed_policies.hpp"
#include "unit/store/fixture.hpp"

namespace iamlocal::store {
namespace {

using db::ConstraintViolation;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* admin_arn = "arn:aws:iam::aws:policy/AdministratorAccess";

class PoliciesTest : public StoreTest {
  protected:
    std::vector<std::string> version_ids(const std::string& arn) {
        std::vector<std::string> out;
        for (const PolicyVersion& version : policies::versions(tx_, account_, arn, {}).items) {
            EXPECT_TRUE(version.document.empty());
            out.push_back(version.id + (version.is_default ? "*" : ""));
        }
        return out;
    }
    std::string list(const policies::Filter& filter, std::size_t limit = 1000) {
        return pages(limit, [&](PageRequest request) { return policies::page(tx_, account_, filter, request); });
    }
};
IAMLOCAL_ON_BOTH_ENGINES(PoliciesTest);

TEST_P(PoliciesTest, CustomersPoliciesAreFoundByTheirExactArn) {
    const ManagedPolicy policy{.account = account_,
                               .id = "ANPAx",
                               .name = "Deploy",
                               .path = "/ci/",
                               .arn = {},
                               .description = "text",
                               .created = at(400),
                               .updated = at(1),
                               .tags = {{"k", "v"}}};
    policies::insert(tx_, policy, "{doc}");
    const std::string arn = "arn:aws:iam::111122223333:policy/ci/Deploy";
    const auto found = policies::find(tx_, account_, arn);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->account, account_);
    EXPECT_EQ(found->id, "ANPAx");
    EXPECT_EQ(found->name, "Deploy");
    EXPECT_EQ(found->path, "/ci/");
    EXPECT_EQ(found->arn, arn);
    EXPECT_EQ(found->default_version, "v1");
    EXPECT_EQ(found->description, "text");
    EXPECT_EQ(found->created, at(400));
    EXPECT_EQ(found->updated, at(400));
    EXPECT_EQ(found->attachment_count, 0);
    EXPECT_EQ(found->boundary_usage_count, 0);
    EXPECT_FALSE(found->is_aws());
    EXPECT_TRUE(policies::exists(tx_, account_, arn));
    EXPECT_THAT(tags::all(tx_, account_, "ANPAx"), ElementsAre(Tag{"k", "v"}));

    for (const char* wrong :
         {"arn:aws:iam::111122223333:policy/Deploy", "arn:aws:iam::111122223333:policy/ci/deploy",
          "arn:aws:iam::111122223333:policy/ci/Deploy2", "arn:aws:iam::999988887777:policy/ci/Deploy",
          "arn:aws:iam::111122223333:role/ci/Deploy", "arn:aws:sts::111122223333:policy/ci/Deploy",
          "arn:aws:iam::aws:policy/ci/Deploy", "Deploy", "", "arn:aws:iam::111122223333:policy/"}) {
        SCOPED_TRACE(wrong);
        EXPECT_FALSE(policies::find(tx_, account_, wrong));
        EXPECT_FALSE(policies::exists(tx_, account_, wrong));
        EXPECT_FALSE(policies::find_version(tx_, account_, wrong, "v1"));
        EXPECT_THAT(policies::versions(tx_, account_, wrong, {}).items, IsEmpty());
    }
    EXPECT_FALSE(policies::find(tx_, other_account_, arn));
}

TEST_P(PoliciesTest, NamesAreUniqueInAnyCaseAndAtAnyPath) {
    add_policy("Deploy", "/a/");
    EXPECT_TRUE(policies::name_taken(tx_, account_, "DEPLOY"));
    EXPECT_FALSE(policies::name_taken(tx_, other_account_, "DEPLOY"));
    expect_violation(ConstraintViolation::Kind::unique, [&] { add_policy("deploy", "/b/"); });
    EXPECT_EQ(policies::count(tx_, account_), 1);
}

TEST_P(PoliciesTest, VersionNumbersAreNeverUsedTwice) {
    const ManagedPolicy policy = add_policy("p");
    const auto add = [&](std::string_view document, std::int64_t created, bool as_default) {
        return policies::add_version(tx_, account_, policy.id, document, at(created), as_default).id;
    };
    EXPECT_EQ(add("{v2}", 500, false), "v2");
    EXPECT_EQ(add("{v3}", 600, true), "v3");
    EXPECT_THAT(version_ids(policy.arn), ElementsAre("v3*", "v2", "v1"));
    EXPECT_TRUE(policies::remove_version(tx_, account_, policy.id, "v2"));
    EXPECT_FALSE(policies::remove_version(tx_, account_, policy.id, "v2"));
    policies::set_default_version(tx_, account_, policy.id, "v1");
    EXPECT_TRUE(policies::remove_version(tx_, account_, policy.id, "v3"));
    EXPECT_EQ(add("{v4}", 700, false), "v4");
    EXPECT_THAT(version_ids(policy.arn), ElementsAre("v4", "v1*"));
    EXPECT_EQ(policies::version_count(tx_, account_, policy.id), 2);

    const auto found = policies::find(tx_, account_, policy.arn);
    EXPECT_EQ(found->default_version, "v1");
    EXPECT_EQ(found->updated, at(700));
    const auto version = policies::find_version(tx_, account_, policy.arn, "v4");
    ASSERT_TRUE(version);
    EXPECT_EQ(version->document, "{v4}");
    EXPECT_EQ(version->created, at(700));
    EXPECT_FALSE(version->is_default);
    EXPECT_EQ(policies::find_default_version(tx_, account_, policy.arn)->document, "{v1}");
    for (const char* wrong : {"v2", "4", "v04", "V4", "v", "", "v4x", "v99999999999999999999"}) {
        SCOPED_TRACE(wrong);
        EXPECT_FALSE(policies::find_version(tx_, account_, policy.arn, wrong));
        EXPECT_FALSE(policies::remove_version(tx_, account_, policy.id, wrong));
    }
}

TEST_P(PoliciesTest, NumbersOfVersionsAreSkipped) {
    const ManagedPolicy policy = add_policy("p", "/a/");
    EXPECT_EQ(policies::newest_version(tx_, account_, policy.id), 1);
    policies::skip_versions(tx_, account_, policy.id, 6);
    EXPECT_EQ(policies::add_version(tx_, account_, policy.id, "{v7}", at(500), false).id, "v7");
    EXPECT_THAT(version_ids(policy.arn), ElementsAre("v7", "v1*"));
    EXPECT_EQ(policies::newest_version(tx_, account_, policy.id), 7);
}

TEST_P(PoliciesTest, ArnsAreFoundByName) {
    EXPECT_EQ(policies::arn_of_name(tx_, account_, "Deploy"), std::nullopt);
    add_policy("Deploy", "/a/");
    EXPECT_EQ(policies::arn_of_name(tx_, account_, "dEPLOY"), "arn:aws:iam::111122223333:policy/a/Deploy");
    EXPECT_EQ(policies::arn_of_name(tx_, other_account_, "Deploy"), std::nullopt);
}

TEST_P(PoliciesTest, VersionsPageNewestFirst) {
    const ManagedPolicy policy = add_policy("p");
    for (int i = 0; i < 4; ++i) policies::add_version(tx_, account_, policy.id, "{}", at(500), false);
    const Page<PolicyVersion> first = policies::versions(tx_, account_, policy.arn, {"", 3});
    ASSERT_EQ(first.items.size(), 3u);
    EXPECT_EQ(first.items[2].id, "v3");
    const Page<PolicyVersion> rest = policies::versions(tx_, account_, policy.arn, {first.next, 3});
    ASSERT_EQ(rest.items.size(), 2u);
    EXPECT_EQ(rest.items[1].id, "v1");
    EXPECT_TRUE(rest.items[1].is_default);
    EXPECT_EQ(rest.next, "");
}

TEST_P(PoliciesTest, RemovingTakesTheVersionsAlongUnlessAttached) {
    const ManagedPolicy policy = add_policy("p");
    const User user = add_user("alice");
    attachments::attach(tx_, account_, user.id, policy);
    expect_violation(ConstraintViolation::Kind::foreign_key, [&] { policies::remove(tx_, account_, policy.id); });
    EXPECT_TRUE(policies::find_version(tx_, account_, policy.arn, "v1"));
    attachments::detach(tx_, account_, user.id, policy.arn);
    policies::remove(tx_, account_, policy.id);
    EXPECT_FALSE(policies::exists(tx_, account_, policy.arn));
    EXPECT_EQ(tx_.number("SELECT count(*) FROM policy_versions"), 0);
}

TEST_P(PoliciesTest, AwsPoliciesAreBehindTheSameFunctions) {
    const auto policy = policies::find(tx_, account_, admin_arn);
    ASSERT_TRUE(policy);
    EXPECT_TRUE(policy->is_aws());
    EXPECT_EQ(policy->name, "AdministratorAccess");
    EXPECT_EQ(policy->path, "/");
    EXPECT_EQ(policy->default_version, "v1");
    EXPECT_EQ(policy->id, "ANPAIWMBCKSKIEE64ZLYK");
    EXPECT_TRUE(policies::exists(tx_, other_account_, admin_arn));
    EXPECT_FALSE(policies::exists(tx_, account_, "arn:aws:iam::aws:policy/NoSuchPolicy"));
    EXPECT_THAT(version_ids(admin_arn), ElementsAre("v1*"));
    const auto version = policies::find_version(tx_, account_, admin_arn, "v1");
    ASSERT_TRUE(version);
    EXPECT_THAT(version->document, testing::HasSubstr("\"Action\":\"*\""));
    EXPECT_FALSE(policies::find_version(tx_, account_, admin_arn, "v2"));
    EXPECT_EQ(policies::find_default_version(tx_, account_, admin_arn)->document, version->document);
}

TEST_P(PoliciesTest, AwsPoliciesHaveAllTheirVersions) {
    const std::string arn = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
    EXPECT_THAT(version_ids(arn), ElementsAre("v2*", "v1"));
    const auto first = policies::versions(tx_, account_, arn, {.after = {}, .limit = 1});
    ASSERT_EQ(first.items.size(), 1u);
    ASSERT_NE(first.next, "");
    const auto second = policies::versions(tx_, account_, arn, {.after = first.next, .limit = 1});
    ASSERT_EQ(second.items.size(), 1u);
    EXPECT_EQ(second.items[0].id, "v1");
    EXPECT_EQ(second.next, "");
    const auto older = policies::find_version(tx_, account_, arn, "v1");
    ASSERT_TRUE(older);
    EXPECT_FALSE(older->is_default);
    EXPECT_THAT(older->document, testing::HasSubstr("\"Action\":\"s3:*\""));
    EXPECT_EQ(policies::find_default_version(tx_, account_, arn)->id, "v2");
    for (const char* none : {"", "v", "v0", "v3", "v01", "2"}) {
        SCOPED_TRACE(none);
        EXPECT_FALSE(policies::find_version(tx_, account_, arn, none));
    }
}

TEST_P(PoliciesTest, CountsFollowAttachmentsAndBoundaries) {
    const ManagedPolicy own = add_policy("p");
    const ManagedPolicy aws = *policies::find(tx_, account_, admin_arn);
    for (const ManagedPolicy& policy : {own, aws}) {
        SCOPED_TRACE(policy.arn);
        const std::string tail = policy.is_aws() ? "1" : "2";
        attachments::attach(tx_, account_, add_user("u" + tail).id, policy);
        attachments::attach(tx_, account_, add_group("g" + tail).id, policy);
        roles::set_boundary(tx_, account_, add_role("r" + tail).id, policy.arn);
        const auto found = policies::find(tx_, account_, policy.arn);
        EXPECT_EQ(found->attachment_count, 2);
        EXPECT_EQ(found->boundary_usage_count, 1);
        const auto page = policies::page(tx_, account_, {.usage = policies::Usage::attached, .path_prefix = {}}, {});
        const auto listed = std::find_if(page.items.begin(), page.items.end(),
                                         [&](const ManagedPolicy& item) { return item.arn == policy.arn; });
        ASSERT_NE(listed, page.items.end());
        EXPECT_EQ(listed->attachment_count, 2);
        EXPECT_EQ(listed->boundary_usage_count, 1);
    }
    EXPECT_EQ(policies::find(tx_, other_account_, admin_arn)->attachment_count, 0);
}

TEST_P(PoliciesTest, ListsByScopeUsageAndPath) {
    using policies::Scope;
    using policies::Usage;
    add_policy("Zeta", "/x/");
    const ManagedPolicy alpha = add_policy("alpha", "/x/");
    const ManagedPolicy beta = add_policy("Beta");
    const User user = add_user("alice");
    attachments::attach(tx_, account_, user.id, alpha);
    attachments::attach(tx_, account_, user.id, *policies::find(tx_, account_, admin_arn));
    users::set_boundary(tx_, account_, user.id, beta.arn);
    roles::set_boundary(tx_, account_, add_role("r").id, "arn:aws:iam::aws:policy/ReadOnlyAccess");

    EXPECT_EQ(list({.scope = Scope::local, .path_prefix = {}}), "alpha Beta Zeta");
    EXPECT_EQ(list({.scope = Scope::local, .path_prefix = "/x/"}, 1), "alpha|Zeta");
    EXPECT_EQ(list({.usage = Usage::any, .path_prefix = {}}), "alpha Beta AdministratorAccess ReadOnlyAccess");
    EXPECT_EQ(list({.usage = Usage::attached, .path_prefix = {}}, 1), "alpha|AdministratorAccess");
    EXPECT_EQ(list({.usage = Usage::boundary, .path_prefix = {}}, 1), "Beta|ReadOnlyAccess");
    EXPECT_EQ(list({.scope = Scope::aws, .usage = Usage::boundary, .path_prefix = {}}), "ReadOnlyAccess");
    attachments::attach(tx_, account_, user.id, beta);
    EXPECT_EQ(list({.scope = Scope::local, .usage = Usage::boundary, .path_prefix = {}}), "Beta");
    EXPECT_EQ(list({.scope = Scope::local, .usage = Usage::attached, .path_prefix = {}}), "alpha Beta");
    EXPECT_THAT(list({.scope = Scope::aws, .path_prefix = "/service-role/"}),
                testing::HasSubstr("AWSLambdaBasicExecutionRole"));
}

TEST_P(PoliciesTest, EveryPageSizeListsEveryPolicyOnce) {
    for (const char* name : {"a", "b", "c"}) add_policy(name);
    for (const char* name : {"x", "y"}) add_policy(name, "/job-function/");
    const std::string whole = list({.path_prefix = {}}, 10'000);
    EXPECT_TRUE(whole.starts_with("a b c x y AIDevOps")) << whole.substr(0, 80);
    EXPECT_EQ(whole.find('|'), std::string::npos);
    const std::string part = list({.path_prefix = "/job-function/"}, 10'000);
    EXPECT_TRUE(part.starts_with("x y AWSManagementConsoleAdministratorAccess ")) << part;
    for (std::size_t limit : {1, 2, 3, 4, 7, 50, 999, 1000}) {
        SCOPED_TRACE(limit);
        const auto joined = [&](std::string_view prefix) {
            std::string names = list({.path_prefix = prefix}, limit);
            std::replace(names.begin(), names.end(), '|', ' ');
            return names;
        };
        EXPECT_EQ(joined("/job-function/"), part);
        if (limit >= 50) {
            EXPECT_TRUE(joined("") == whole);
        }
    }
}

class AttachmentsTest : public StoreTest {};
IAMLOCAL_ON_BOTH_ENGINES(AttachmentsTest);

TEST_P(AttachmentsTest, AreListedInOrderOfNames) {
    const Role role = add_role("r");
    const ManagedPolicy aws = *policies::find(tx_, account_, admin_arn);
    for (const ManagedPolicy& policy :
         {add_policy("zeta", "/x/"), add_policy("AdministratorAccess"), aws, add_policy("Beta", "/x/")}) {
        EXPECT_TRUE(attachments::attach(tx_, account_, role.id, policy));
        EXPECT_FALSE(attachments::attach(tx_, account_, role.id, policy)) << "twice is no error";
        EXPECT_TRUE(attachments::is_attached(tx_, account_, role.id, policy.arn));
    }
    EXPECT_EQ(attachments::count(tx_, account_, role.id), 4);
    const auto read = [&](std::string_view prefix) {
        return [this, &role, prefix](PageRequest request) {
            return attachments::page(tx_, account_, role.id, prefix, request);
        };
    };
    EXPECT_EQ(pages(1, read("")), "AdministratorAccess|AdministratorAccess|Beta|zeta");
    EXPECT_EQ(pages(3, read("")), "AdministratorAccess AdministratorAccess Beta|zeta");
    EXPECT_EQ(pages(2, read("/x/")), "Beta zeta");
    EXPECT_EQ(attachments::page(tx_, account_, role.id, "", {}).items[1].arn, admin_arn);
    EXPECT_TRUE(attachments::detach(tx_, account_, role.id, admin_arn));
    EXPECT_FALSE(attachments::detach(tx_, account_, role.id, admin_arn));
    EXPECT_EQ(attachments::count(tx_, account_, role.id), 3);
}

TEST_P(AttachmentsTest, EntitiesOfAPolicy) {
    using policies::Usage;
    const ManagedPolicy policy = add_policy("p");
    const User alice = add_user("alice", "/x/");
    const User bob = add_user("Bob");
    attachments::attach(tx_, account_, bob.id, policy);
    attachments::attach(tx_, account_, alice.id, policy);
    attachments::attach(tx_, account_, add_group("zoo").id, policy);
    attachments::attach(tx_, account_, add_role("r1").id, policy);
    add_role("unrelated");
    users::set_boundary(tx_, account_, alice.id, policy.arn);
    roles::set_boundary(tx_, account_, add_role("r2", "/x/").id, policy.arn);

    const auto list = [&](const attachments::EntityFilter& filter, std::size_t limit = 100) {
        return pages(limit, [&](PageRequest request) {
            return attachments::entities(tx_, account_, policy.arn, filter, request);
        });
    };
    EXPECT_EQ(list({.kind = {}, .path_prefix = {}}), "zoo r1 r2 alice Bob");
    EXPECT_EQ(list({.kind = {}, .path_prefix = {}}, 1), "zoo|r1|r2|alice|Bob");
    EXPECT_EQ(list({.kind = {}, .path_prefix = {}}, 2), "zoo r1|r2 alice|Bob");
    EXPECT_EQ(list({.kind = EntityKind::user, .path_prefix = {}}), "alice Bob");
    EXPECT_EQ(list({.kind = EntityKind::role, .usage = Usage::attached, .path_prefix = {}}), "r1");
    EXPECT_EQ(list({.kind = {}, .usage = Usage::boundary, .path_prefix = {}}), "r2 alice");
    EXPECT_EQ(list({.kind = {}, .path_prefix = "/x/"}), "r2 alice");
    const Page<PolicyEntity> page =
        attachments::entities(tx_, account_, policy.arn, {.kind = {}, .path_prefix = {}}, {});
    EXPECT_EQ(page.items[0].kind, EntityKind::group);
    EXPECT_EQ(page.items[0].id, "AGPAzoo");
    EXPECT_THAT(attachments::entities(tx_, account_, "arn:none", {.kind = {}, .path_prefix = {}}, {}).items, IsEmpty());
}

}  // namespace
}  // namespace iamlocal::store
