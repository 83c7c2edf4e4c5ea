#include "federation/issuer_presets.hpp"

#include <string>

#include <gtest/gtest.h>

#include "federation/algorithms.hpp"

namespace iamlocal::federation {
namespace {

using Given = nlohmann::ordered_json;

Given of(std::string_view preset, std::string_view given = "{}", std::string_view issuer = "https://idp.example.com") {
    const IssuerPreset* const found = find_issuer_preset(preset);
    return preset_claims(
        *found, Given::parse(given),
        {.issuer = issuer, .name = "ci", .id = "the-id", .issued = 1'000, .lifetime = found->lifetime});
}

TEST(IssuerPresets, AllHaveWhatEveryTokenNeeds) {
    EXPECT_EQ(issuer_presets().front().name, "");
    for (const IssuerPreset& preset : issuer_presets()) {
        EXPECT_NE(find_algorithm(preset.algorithm), nullptr) << preset.name;
        const Given claims = of(preset.name);
        EXPECT_EQ(claims["iss"], "https://idp.example.com");
        EXPECT_EQ(claims["jti"], "the-id");
        EXPECT_EQ(claims["iat"], 1'000);
        EXPECT_EQ(claims["exp"], 1'000 + preset.lifetime);
        EXPECT_TRUE(claims["sub"].is_string() && claims.contains("aud")) << preset.name;
        EXPECT_EQ(claims, of(preset.name)) << "the same for the same name";
    }
    EXPECT_EQ(find_issuer_preset("GitHub"), nullptr);
}

TEST(IssuerPresets, GivenClaimsStayAndNullLeavesOneOut) {
    for (const IssuerPreset& preset : issuer_presets()) {
        const Given claims =
            of(preset.name, R"({"sub": "me", "aud": ["a", "b"], "iss": "x", "exp": null, "extra": {"n": null}})");
        EXPECT_EQ(claims["sub"], "me");
        EXPECT_EQ(claims["aud"], Given({"a", "b"}));
        EXPECT_EQ(claims["iss"], "x");
        EXPECT_FALSE(claims.contains("exp"));
        EXPECT_EQ(claims["extra"].dump(), R"({"n":null})");
    }
}

TEST(IssuerPresets, SubjectsFollowFromOtherClaims) {
    EXPECT_EQ(of("github")["sub"], "repo:octo-org/octo-repo:ref:refs/heads/main");
    EXPECT_EQ(of("github", R"({"repository": "o/r", "ref": "refs/tags/v1"})")["sub"], "repo:o/r:ref:refs/tags/v1");
    EXPECT_EQ(of("github", R"({"repository": "o/r", "environment": "prod"})")["sub"], "repo:o/r:environment:prod");
    EXPECT_EQ(of("github", R"({"repository": "o/r", "event_name": "pull_request"})")["sub"], "repo:o/r:pull_request");
    EXPECT_EQ(of("gitlab")["sub"], "project_path:my-group/my-project:ref_type:branch:ref:main");
    EXPECT_EQ(of("gitlab", R"({"project_path": "g/h/p", "ref_type": "tag", "ref": "v1"})")["sub"],
              "project_path:g/h/p:ref_type:tag:ref:v1");
    EXPECT_EQ(of("eks")["sub"], "system:serviceaccount:default:default");
    EXPECT_EQ(of("eks", R"({"kubernetes.io": {"namespace": "prod", "serviceaccount": {"name": "api"}}})")["sub"],
              "system:serviceaccount:prod:api");
}

TEST(IssuerPresets, OtherClaimsFollow) {
    const Given github = of("github", R"({"repository": "o/r", "ref": "refs/tags/v1"})");
    EXPECT_EQ(github["repository_owner"], "o");
    EXPECT_EQ(github["ref_type"], "tag");
    EXPECT_EQ(github["job_workflow_ref"], "o/r/.github/workflows/ci.yml@refs/tags/v1");
    EXPECT_EQ(github["nbf"], 400);
    EXPECT_EQ(of("github", R"({"event_name": "pull_request"})")["ref"], "refs/pull/1/merge");
    const Given eks = of("eks", R"({"sub": "system:serviceaccount:prod:api"})");
    EXPECT_EQ(eks["aud"], Given::array({"sts.amazonaws.com"}));
    EXPECT_EQ(eks["kubernetes.io"]["namespace"], "prod");
    EXPECT_EQ(eks["kubernetes.io"]["serviceaccount"]["name"], "api");
    EXPECT_EQ(eks["kubernetes.io"]["pod"]["name"], "api-0");
    const Given gitlab = of("gitlab", R"({"project_path": "g/h/p"})", "https://gitlab.example.com");
    EXPECT_EQ(gitlab["namespace_path"], "g/h");
    EXPECT_EQ(gitlab["ci_config_ref_uri"], "gitlab.example.com/g/h/p//.gitlab-ci.yml@refs/heads/main");
    EXPECT_EQ(gitlab["aud"], "https://gitlab.example.com");
    EXPECT_EQ(of("cognito")["amr"], Given::array({"unauthenticated"}));
    EXPECT_EQ(of("cognito-user-pool", R"({"cognito:username": "bob"})")["email"], "bob@example.com");
}

TEST(IssuerPresets, OddClaimsBreakNothing) {
    for (const IssuerPreset& preset : issuer_presets())
        for (
            const char* given :
            {R"({"sub": 5, "ref": [], "repository": null, "project_path": {}, "kubernetes.io": 7, "event_name": true})",
             R"({"sub": "system:serviceaccount:", "repository": "", "project_path": "", "kubernetes.io": null})",
             R"({"sub": "system:serviceaccount:only", "kubernetes.io": {"serviceaccount": 1, "namespace": 2}})"})
            for (const char* issuer : {"https://a", "x", "", "://"})
                EXPECT_TRUE(of(preset.name, given, issuer).is_object());
}

TEST(IssuerPresets, IssuersAreThoseOfTheProviders) {
    EXPECT_EQ(find_issuer_preset("github")->url("ci"), "https://token.actions.githubusercontent.com");
    EXPECT_EQ(find_issuer_preset("gitlab")->url("ci"), "https://gitlab.com");
    EXPECT_EQ(find_issuer_preset("cognito")->url("ci"), "https://cognito-identity.amazonaws.com");
    const std::string eks = find_issuer_preset("eks")->url("one");
    EXPECT_TRUE(eks.starts_with("https://oidc.eks.us-east-1.amazonaws.com/id/"));
    EXPECT_EQ(eks.size(), 44 + 32U);
    EXPECT_NE(eks, find_issuer_preset("eks")->url("two"));
    EXPECT_EQ(find_issuer_preset("")->url("ci"), "");
}

}  // namespace
}  // namespace iamlocal::federation
