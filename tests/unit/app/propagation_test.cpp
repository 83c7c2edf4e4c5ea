// Random requests to a pipeline whose changes are seen later: whatever was asked, and by whom, in the end the replica
// has every row of every table that the database has, and nothing was ever an internal failure.
#include "db/propagation.hpp"

#include <algorithm>
#include <map>
#include <rapidcheck.h>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "unit/app/client.hpp"
#include "unit/app/samples.hpp"
#include "unit/property.hpp"

namespace iamlocal::app {
namespace {

using namespace std::chrono_literals;

struct Table {
    const char* name;
    db::Sql sql;
};

/// The tables that hold rows of the store.
constexpr Table tables[] = {
    {"accounts", "SELECT * FROM accounts"},
    {"entities", "SELECT * FROM entities"},
    {"entity_counts", "SELECT * FROM entity_counts"},
    {"memberships", "SELECT * FROM memberships"},
    {"roles", "SELECT * FROM roles"},
    {"instance_profiles", "SELECT * FROM instance_profiles"},
    {"policies", "SELECT * FROM policies"},
    {"policy_versions", "SELECT * FROM policy_versions"},
    {"attachments", "SELECT * FROM attachments"},
    {"inline_policies", "SELECT * FROM inline_policies"},
    {"tags", "SELECT * FROM tags"},
    {"access_keys", "SELECT * FROM access_keys"},
    {"organizations", "SELECT * FROM organizations"},
    {"organization_accounts", "SELECT * FROM organization_accounts"},
    {"organization_units", "SELECT * FROM organization_units"},
    {"organization_policies", "SELECT * FROM organization_policies"},
    {"organization_targets", "SELECT * FROM organization_targets"},
    {"organization_exceptions", "SELECT * FROM organization_exceptions"},
    {"mfa_devices", "SELECT * FROM mfa_devices"},
    {"mfa_used_codes", "SELECT * FROM mfa_used_codes"},
    {"mfa_attempts", "SELECT * FROM mfa_attempts"},
    {"login_profiles", "SELECT * FROM login_profiles"},
    {"passwords", "SELECT * FROM passwords"},
    {"password_policies", "SELECT * FROM password_policies"},
    {"root_access_keys", "SELECT * FROM root_access_keys"},
    {"role_deletions", "SELECT * FROM role_deletions"},
    {"undeletable_roles", "SELECT * FROM undeletable_roles"},
    {"server_certificates", "SELECT * FROM server_certificates"},
    {"signing_certificates", "SELECT * FROM signing_certificates"},
    {"ssh_public_keys", "SELECT * FROM ssh_public_keys"},
    {"service_specific_credentials", "SELECT * FROM service_specific_credentials"},
    {"service_uses", "SELECT * FROM service_uses"},
    {"access_reports", "SELECT * FROM access_reports"},
    {"credential_reports", "SELECT * FROM credential_reports"},
    {"oidc_providers", "SELECT * FROM oidc_providers"},
    {"oidc_client_ids", "SELECT * FROM oidc_client_ids"},
    {"oidc_thumbprints", "SELECT * FROM oidc_thumbprints"},
    {"saml_providers", "SELECT * FROM saml_providers"},
    {"saml_private_keys", "SELECT * FROM saml_private_keys"},
    {"organization_services", "SELECT * FROM organization_services"},
    {"organization_delegates", "SELECT * FROM organization_delegates"},
    {"root_features", "SELECT * FROM root_features"},
    {"account_settings", "SELECT * FROM account_settings"},
    {"delegation_requests", "SELECT * FROM delegation_requests"},
    {"delegation_parameters", "SELECT * FROM delegation_parameters"},
    {"declared_templates", "SELECT * FROM declared_templates"},
    {"role_sources", "SELECT * FROM role_sources"},
    {"built_in_issuers", "SELECT * FROM built_in_issuers"},
    {"issuer_keys", "SELECT * FROM issuer_keys"},
    {"used_saml_assertions", "SELECT * FROM used_saml_assertions"},
    {"saml_identity_providers", "SELECT * FROM saml_identity_providers"},
};

/// All rows, by table and in an order of their own.
std::map<std::string, std::vector<std::string>> rows_of(db::Database& database) {
    constexpr int most_columns = 24;
    const auto connection = database.connect();
    db::Transaction tx(*connection, db::Access::read);
    std::map<std::string, std::vector<std::string>> rows;
    for (const auto& [name, sql] : tables) {
        std::vector<std::string>& found = rows[name];
        tx.each(sql, [&](const db::Row& row) {
            std::string line;
            for (int i = 0; i < most_columns; ++i)
                line.append(row.is_null(i) ? "-" : "'" + std::string(row.blob(i)) + "'").append("|");
            found.push_back(std::move(line));
        });
        std::sort(found.begin(), found.end());
    }
    return rows;
}

/// A bed with a propagation delay of ten seconds.
class LateBed {
  public:
    explicit LateBed(std::uint64_t seed) : LateBed(db::Database::in_memory(), seed) {}

    Bed& bed() { return bed_; }
    db::Database& database() { return *database_; }
    std::shared_ptr<db::Replicas> replicas() { return bed_.app().propagation().replicas(); }

  private:
    LateBed(std::unique_ptr<db::Database> database, std::uint64_t seed)
        : database_(database.get()), bed_(with_delay(seed), std::move(database)) {}

    static AppOptions with_delay(std::uint64_t seed) {
        AppOptions options;
        options.propagation = db::Lag{10s, seed};
        return options;
    }

    db::Database* database_;
    Bed bed_;
};

TEST(Propagation, TheTableOfTablesHasAll) {
    LateBed late(0);
    const auto connection = late.database().connect();
    db::Transaction tx(*connection, db::Access::read);
    tx.each("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'schema\\_%' ESCAPE '\\'",
            [](const db::Row& row) {
                const bool is_listed = std::any_of(std::begin(tables), std::end(tables),
                                                   [&](const auto& table) { return row.view(0) == table.name; });
                EXPECT_TRUE(is_listed) << row.view(0);
            });
}

TEST(Propagation, BothPipelinesSeeTheSame) {
    LateBed late(1);
    Bed& bed = late.bed();
    EXPECT_EQ(outcome(bed.iam({}, "CreateUser", {{"UserName", "bob"}})), "200");
    for (const char* const pipeline : {"first", "second"}) {
        SCOPED_TRACE(pipeline);
        EXPECT_EQ(outcome(bed.iam({}, "GetUser", {{"UserName", "bob"}})), "404 NoSuchEntity");
        bed.switch_pipeline();
    }
    bed.clock().advance(10s);
    for (const char* const pipeline : {"first", "second"}) {
        SCOPED_TRACE(pipeline);
        EXPECT_EQ(outcome(bed.iam({}, "GetUser", {{"UserName", "bob"}})), "200");
        bed.switch_pipeline();
    }
}

TEST(Propagation, AKeyThatAPipelineKnowsIsForgottenWhenItsEndIsVisible) {
    LateBed late(1);
    Bed& bed = late.bed();
    const Keys bob = bed.make_user("bob");
    bed.clock().advance(10s);
    EXPECT_EQ(outcome(bed.sts(bob, "GetCallerIdentity")), "200");
    bed.iam({}, "DeleteAccessKey", {{"UserName", "bob"}, {"AccessKeyId", bob.id}});
    EXPECT_EQ(outcome(bed.sts(bob, "GetCallerIdentity")), "200");
    bed.clock().advance(10s);
    EXPECT_EQ(outcome(bed.sts(bob, "GetCallerIdentity")), "403 InvalidClientTokenId");
}

constexpr const char* trusts_all = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},
    "Action":["sts:AssumeRole","sts:TagSession"]}})";
constexpr const char* allows_all =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
constexpr const char* allows_reading =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["iam:Get*","sts:*"],"Resource":"*"}})";

/// A request of a kind, about things of which there are few, so that they meet.
Parameters parameters_of(std::string_view action, const std::string& name, const std::string& other) {
    const std::string policy_arn = "arn:aws:iam::000000000000:policy/" + other;
    const auto contains = [&](std::string_view word) { return action.find(word) != std::string_view::npos; };
    Parameters parameters;
    const auto add = [&](const char* key, const std::string& value) { parameters.emplace_back(key, value); };
    if (contains("InstanceProfile")) add("InstanceProfileName", name);
    if (contains("Role")) add("RoleName", contains("InstanceProfile") ? other : name);
    if (contains("User") || contains("Key") || contains("LoginProfile"))
        add("UserName", contains("Group") ? other : name);
    if (contains("Group")) add("GroupName", name);
    if (contains("Attach") || contains("Detach")) add("PolicyArn", policy_arn);
    if (contains("Boundary")) add("PermissionsBoundary", policy_arn);
    if (action == "DeletePolicy" || contains("PolicyVersion")) add("PolicyArn", policy_arn);
    if (action == "CreatePolicy" || action == "PutUserPolicy" || action == "DeleteUserPolicy") add("PolicyName", other);
    if (action == "CreatePolicy" || action == "CreatePolicyVersion" || action == "PutUserPolicy")
        add("PolicyDocument", other == "x" ? allows_all : allows_reading);
    if (action == "CreatePolicyVersion") add("SetAsDefault", "true");
    if (action == "CreateRole") add("AssumeRolePolicyDocument", trusts_all);
    if (action == "UpdateUser") add("NewUserName", other);
    if (action == "CreateLoginProfile") add("Password", "Secret-Pass-1!");
    if (action == "TagUser" || action == "TagRole") {
        add("Tags.member.1.Key", other);
        add("Tags.member.1.Value", name);
    }
    if (action == "UntagUser") add("TagKeys.member.1", other);
    if (action == "AssumeRole") {
        parameters = {{"RoleArn", "arn:aws:iam::000000000000:role/" + name}, {"RoleSessionName", "session"}};
    }
    if (action == "CreateAccountAlias") add("AccountAlias", "alias-" + name);
    return parameters;
}

constexpr const char* actions[] = {
    "CreateUser",
    "DeleteUser",
    "UpdateUser",
    "GetUser",
    "CreateGroup",
    "DeleteGroup",
    "AddUserToGroup",
    "RemoveUserFromGroup",
    "CreateRole",
    "DeleteRole",
    "GetRole",
    "AssumeRole",
    "CreatePolicy",
    "DeletePolicy",
    "CreatePolicyVersion",
    "AttachUserPolicy",
    "DetachUserPolicy",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "PutUserPolicy",
    "DeleteUserPolicy",
    "TagUser",
    "UntagUser",
    "TagRole",
    "CreateAccessKey",
    "CreateAccessKey",
    "ListUsers",
    "CreateInstanceProfile",
    "AssumeRole",
    "GetUser",
    "GetCallerIdentity",
    "AddRoleToInstanceProfile",
    "CreateLoginProfile",
    "DeleteLoginProfile",
    "PutUserPermissionsBoundary",
    "CreateAccountAlias",
    "RemoveRoleFromInstanceProfile",
    "DeleteInstanceProfile",
};

TEST(Propagation, InTheEndTheReplicaHasWhatTheDatabaseHas) {
    check_property(25, 1, [] {
        LateBed late(*rc::gen::arbitrary<std::uint64_t>());
        Bed& bed = late.bed();
        std::vector<Keys> callers = {{}, {"111122223333", "test", {}}};
        bool caught_up = false;
        const int steps = *rc::gen::inRange(1, 120);
        for (int step = 0; step < steps; ++step) {
            if (*rc::gen::inRange(0, 6) == 0) bed.clock().advance(std::chrono::seconds(*rc::gen::inRange(0, 7)));
            if (*rc::gen::inRange(0, 4) == 0) bed.switch_pipeline();
            if (*rc::gen::inRange(0, 60) == 0) {
                late.database().catch_up(AccountId("000000000000"));
                caught_up = true;
            }
            const std::string action =
                *rc::gen::elementOf(std::vector<std::string>(std::begin(actions), std::end(actions)));
            const std::string name(1, *rc::gen::elementOf(std::string("xyz")));
            const std::string other(1, *rc::gen::elementOf(std::string("xyz")));
            const bool is_sts = action == "AssumeRole" || action == "GetCallerIdentity";
            const Keys& caller = callers[*rc::gen::inRange<std::size_t>(0, callers.size())];
            const http::Response answer =
                bed.call(caller, is_sts ? "sts" : "iam", action, parameters_of(action, name, other));
            RC_ASSERT(answer.status < 500);
            if (answer.status != 200) continue;
            const std::string id = element(answer.body, "AccessKeyId");
            const std::string secret = element(answer.body, "SecretAccessKey");
            if (!secret.empty()) callers.push_back({id, secret, element(answer.body, "SessionToken")});
        }
        bed.clock().advance(10s);
        late.replicas()->advance(bed.clock().now());
        for (const db::Sight sight : {db::Sight::reads, db::Sight::decisions})
            RC_ASSERT(rows_of(late.replicas()->database(sight)) == rows_of(late.database()));
        // An alias that one account has given up may be another's already, which then cannot catch up alone.
        RC_ASSERT(caught_up || late.replicas()->repairs() == 0u);
    });
}

}  // namespace
}  // namespace iamlocal::app
