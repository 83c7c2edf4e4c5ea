#include "metadata/door.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace iamlocal::metadata {
namespace {

const AccountId account("111122223333");
constexpr Seconds start{std::chrono::seconds(1'800'000'000)};

/// Two roles: one that everybody may have, and one that nobody may.
class FakeAccounts final : public Accounts {
  public:
    std::optional<Profile> find_profile(const NamedThing& profile) override {
        if (profile.name == "gone") return std::nullopt;
        Profile found{"arn:aws:iam::111122223333:instance-profile/" + profile.name, "AIPAEXAMPLE", {}};
        if (profile.name != "empty") found.role = NamedThing{account, profile.name};
        return found;
    }
    std::optional<Role> find_role(const NamedThing& role) override {
        if (role.name == "unknown") return std::nullopt;
        return Role{"AROA" + role.name + generation, "arn:aws:iam::111122223333:role/" + role.name};
    }
    std::variant<Session, Refused> assume(const Wish& wish) override {
        wishes.push_back(wish);
        if (wish.role.name == "closed" || wish.role.name == "unknown") return Refused{"no"};
        return Session{"ASIA" + std::to_string(wishes.size()), Secret("secret"), "token", now, now + wish.duration};
    }

    Seconds now = start;
    std::string generation;
    std::vector<Wish> wishes;
};

class Door : public testing::Test {
  protected:
    static Machine machine() {
        Machine machine;
        machine.account = account;
        machine.instance.profile = NamedThing{account, "web"};
        machine.containers["two"] = {NamedThing{account, "app"}, std::nullopt};
        machine.containers["three"] = {NamedThing{account, "app"}, Secret("pass")};
        machine.containers["four"] = {NamedThing{account, "closed"}, std::nullopt};
        machine.associations.push_back({"default", "app", NamedThing{account, "pod"}, true});
        machine.associations.push_back({"default", "plain", NamedThing{account, "pod"}, false});
        machine.associations.push_back({"default", "closed", NamedThing{account, "closed"}, false});
        return machine;
    }

    const http::Response& ask(std::string_view method, std::string_view path, std::vector<http::Header> headers = {}) {
        http::Request request;
        request.method = method;
        request.target = path;
        request.headers = headers;
        request.loopback = loopback;
        response.clear();
        answer(request, accounts.now, metadata, accounts, response);
        return response;
    }
    std::string token() {
        return ask("PUT", "/latest/api/token", {{"x-aws-ec2-metadata-token-ttl-seconds", "60"}}).body;
    }
    const http::Response& get(std::string_view path) {
        const std::string given = token();
        return ask("GET", path, {{"X-aws-ec2-metadata-token", given}});
    }
    void declare(const char* json) {
        metadata.declare(std::get<Machine>(declare_machine(metadata.configured(), json)));
    }
    std::string pod_token(const char* service_account) {
        return metadata.pod_tokens().issue({"default", service_account, "app-0", "uid-1"}, "iamlocal", accounts.now,
                                           std::chrono::hours(24));
    }

    SystemEntropy entropy;
    FakeAccounts accounts;
    Metadata metadata{machine(), entropy};
    http::Response response;
    bool loopback = true;
};

TEST_F(Door, TokensComeByPutAlone) {
    EXPECT_EQ(ask("PUT", "/latest/api/token").status, 400);
    EXPECT_EQ(ask("PUT", "/latest/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "0"}}).status, 400);
    EXPECT_EQ(ask("PUT", "/latest/api/token",
                  {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}, {"X-Forwarded-For", "1.2.3.4"}})
                  .status,
              403);
    EXPECT_EQ(ask("PUT", "/2021-03-23/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}}).status, 403);
    EXPECT_EQ(ask("GET", "/latest/api/token").status, 405);
    EXPECT_EQ(ask("PUT", "/latest/meta-data/").status, 405);
    EXPECT_EQ(ask("POST", "/latest/meta-data/").status, 405);
    EXPECT_EQ(ask("PUT", "/latest/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}}).status, 200);
    ASSERT_EQ(response.headers.size(), 1U);
    EXPECT_EQ(response.headers[0].second, "60");
}

TEST_F(Door, TokensAreNeeded) {
    EXPECT_EQ(ask("GET", "/latest/meta-data/").status, 401);
    EXPECT_EQ(ask("GET", "/latest/meta-data/", {{"X-aws-ec2-metadata-token", "x"}}).status, 401);
    const std::string given = token();
    EXPECT_EQ(ask("GET", "/latest/meta-data/", {{"X-aws-ec2-metadata-token", given}}).status, 200);
    accounts.now += std::chrono::seconds(60);
    EXPECT_EQ(ask("GET", "/latest/meta-data/", {{"X-aws-ec2-metadata-token", given}}).status, 401);
    declare(R"({"instance":{"tokens":"optional"}})");
    EXPECT_EQ(ask("GET", "/latest/meta-data/").status, 200);
    EXPECT_EQ(ask("GET", "/latest/meta-data/", {{"X-aws-ec2-metadata-token", given}}).status, 401);
}

TEST_F(Door, DirectoriesListWhatIsBelow) {
    EXPECT_TRUE(get("/").body.ends_with("\nlatest"));
    EXPECT_EQ(get("/latest/").body, "dynamic/\nmeta-data/");
    EXPECT_EQ(get("/latest/meta-data/placement").body, "availability-zone\nregion");
    EXPECT_EQ(get("/latest/meta-data/placement/availability-zone/").body, "us-east-1a");
    EXPECT_EQ(get("/2021-03-23/meta-data/placement/region").body, "us-east-1");
    EXPECT_EQ(get("/latest/meta-data/iam/security-credentials/").body, "web");
    for (const char* path : {"/latest/user-data", "/2000-01-01/meta-data/", "/latest/meta-data/iam/x",
                             "/latest/meta-dat", "/latest/meta-data/iam/security-credentials/other"})
        EXPECT_EQ(get(path).status, 404) << path;
    EXPECT_EQ(get("/latest/%zz").status, 400);
}

TEST_F(Door, NoProfileNoCredentials) {
    declare(R"({"instance":{"profile":null}})");
    EXPECT_EQ(get("/latest/meta-data/iam/info").status, 404);
    EXPECT_EQ(get("/latest/meta-data/iam/security-credentials/").status, 404);
    declare(R"({"instance":{"profile":"gone"}})");
    EXPECT_NE(get("/latest/meta-data/iam/info").body.find("InstanceProfileNotFound"), std::string::npos);
    declare(R"({"instance":{"profile":"empty"}})");
    EXPECT_NE(get("/latest/meta-data/iam/info").body.find("AIPAEXAMPLE"), std::string::npos);
    EXPECT_EQ(get("/latest/meta-data/iam/security-credentials/").status, 404);
    declare(R"({"instance":{"enabled":false}})");
    EXPECT_EQ(ask("PUT", "/latest/api/token", {{"X-aws-ec2-metadata-token-ttl-seconds", "60"}}).status, 403);
}

TEST_F(Door, CredentialsStayUntilTheyAreNearTheirEnd) {
    const auto key = [&] {
        return nlohmann::json::parse(get("/latest/meta-data/iam/security-credentials/web").body)["AccessKeyId"];
    };
    EXPECT_EQ(key(), "ASIA1");
    accounts.now += std::chrono::hours(5);
    EXPECT_EQ(key(), "ASIA1");
    accounts.now += std::chrono::minutes(30);
    EXPECT_EQ(key(), "ASIA2");
    accounts.generation = "again";  // another role of the same name
    EXPECT_EQ(key(), "ASIA3");
    accounts.now -= std::chrono::hours(1);
    EXPECT_EQ(key(), "ASIA4");
    EXPECT_EQ(accounts.wishes.back().service, "ec2.amazonaws.com");
    EXPECT_EQ(accounts.wishes.back().session_name, "i-1234567890abcdef0");
    EXPECT_EQ(accounts.wishes.back().context.front().second, "2.0");
    declare(R"({"instance":{"tokens":"optional"}})");
    ask("GET", "/latest/meta-data/iam/security-credentials-extended/web");
    EXPECT_EQ(nlohmann::json::parse(response.body)["AccountId"], "111122223333");
    EXPECT_EQ(accounts.wishes.back().context.front().second, "1.0");
}

TEST_F(Door, ARefusedRoleIsNoFailure) {
    declare(R"({"instance":{"profile":"closed"}})");
    const auto answered = nlohmann::json::parse(get("/latest/meta-data/iam/security-credentials/closed").body);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(answered["Code"], "AssumeRoleUnauthorizedAccess");
    EXPECT_FALSE(answered.contains("AccessKeyId"));
}

TEST_F(Door, ContainersHaveTheirOwnRoles) {
    const auto answered = nlohmann::json::parse(ask("GET", "/v2/credentials/two").body);
    EXPECT_EQ(answered["RoleArn"], "arn:aws:iam::111122223333:role/app");
    EXPECT_EQ(answered["Expiration"], "2027-01-15T14:00:00Z");
    EXPECT_EQ(accounts.wishes.back().source_arn, "arn:aws:ecs:us-east-1:111122223333:task/iamlocal/two");
    EXPECT_EQ(ask("GET", "/v2/credentials/none").status, 400);
    EXPECT_EQ(ask("POST", "/v2/credentials/two").status, 405);
    EXPECT_EQ(ask("GET", "/v2/credentials/four").status, 403);
    EXPECT_EQ(ask("GET", "/v2/credentials/three").status, 401);
    EXPECT_EQ(ask("GET", "/v2/credentials/three", {{"Authorization", "pas"}}).status, 401);
    EXPECT_EQ(ask("GET", "/v2/credentials/three", {{"Authorization", "pass"}}).status, 200);
}

TEST_F(Door, AnyRoleIsForThisMachineAlone) {
    EXPECT_EQ(ask("GET", "/role/app").status, 200);
    EXPECT_EQ(ask("GET", "/role/unknown").status, 403);
    EXPECT_EQ(ask("GET", "/role/a b").status, 400);
    loopback = false;
    EXPECT_EQ(ask("GET", "/role/app").status, 401);
    declare(R"({"authorization_token":"pass"})");
    EXPECT_EQ(ask("GET", "/role/app", {{"Authorization", "pass"}}).status, 200);
    loopback = true;
    EXPECT_EQ(ask("GET", "/role/app").status, 401);
    EXPECT_EQ(ask("GET", "/v2/credentials/two").status, 401);
}

TEST_F(Door, PodsShowTheirTokens) {
    EXPECT_EQ(ask("GET", "/v1/credentials").status, 400);
    EXPECT_EQ(response.body, "Service account token cannot be empty\n");
    EXPECT_EQ(ask("GET", "/v1/credentials", {{"Authorization", "x"}}).status, 400);
    const std::string app = pod_token("app");
    EXPECT_EQ(ask("GET", "/v1/credentials", {{"Authorization", app}}).status, 200);
    EXPECT_EQ(accounts.wishes.back().service, "pods.eks.amazonaws.com");
    EXPECT_EQ(accounts.wishes.back().session_name, "eks-iamlocal-app-0-uid-1");
    EXPECT_EQ(accounts.wishes.back().tags.size(), 6U);
    const std::string plain = pod_token("plain");
    EXPECT_EQ(ask("GET", "/v1/credentials", {{"Authorization", plain}}).status, 200);
    EXPECT_TRUE(accounts.wishes.back().tags.empty());
    const std::string closed = pod_token("closed");
    EXPECT_EQ(ask("GET", "/v1/credentials", {{"Authorization", closed}}).status, 400);
    EXPECT_NE(response.body.find("AccessDeniedException"), std::string::npos);
    const std::string other = pod_token("other");
    EXPECT_EQ(ask("GET", "/v1/credentials", {{"Authorization", other}}).status, 404);
    accounts.now += std::chrono::hours(24);
    EXPECT_EQ(ask("GET", "/v1/credentials", {{"Authorization", app}}).status, 400);
    EXPECT_NE(response.body.find("ExpiredTokenException"), std::string::npos);
}

}  // namespace
}  // namespace iamlocal::metadata
