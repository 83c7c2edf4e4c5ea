#include "federation/issuer_presets.hpp"

#include <algorithm>
#include <utility>

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace iamlocal::federation {
namespace {

using PresetJson = nlohmann::ordered_json;

constexpr std::string_view usual_audience = "sts.amazonaws.com";
constexpr std::int64_t hour = 3600;

/// Sets what is not given. Null counts as given: it is to be left out.
void add(PresetJson& claims, const char* name, PresetJson value) {
    if (!claims.contains(name)) claims[name] = std::move(value);
}

/// The text of a claim, or another one where it is no text.
std::string text_or(const PresetJson& claims, const char* name, std::string_view otherwise) {
    const auto found = claims.find(name);
    return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string(otherwise);
}

bool has_text(const PresetJson& claims, const char* name) {
    const auto found = claims.find(name);
    return found != claims.end() && found->is_string();
}

/// The part of a path before its last slash.
std::string parent_of(const std::string& path) { return path.substr(0, std::min(path.rfind('/'), path.size())); }

// Values that are made up, always the same for the same seed

std::string made_up_hex(std::string_view seed) { return hex_encode(sha1(seed)); }

std::string made_up_uuid(std::string_view seed) {
    const std::string digits = made_up_hex(seed);
    return digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-4" + digits.substr(13, 3) + "-a" + digits.substr(17, 3) +
           "-" + digits.substr(20, 12);
}

std::string seed_of(const PresetToken& token, std::string_view what) {
    return std::string(token.name).append("/").append(what);
}

// The providers

std::string no_url(std::string_view) { return {}; }

void complete_plain(PresetJson& claims, const PresetToken& token) {
    add(claims, "sub", "test");
    add(claims, "aud", usual_audience);
    add(claims, "nbf", token.issued);
}

std::string github_url(std::string_view) { return "https://token.actions.githubusercontent.com"; }

std::string github_subject(const PresetJson& claims, const std::string& repository, const std::string& ref) {
    const std::string prefix = "repo:" + repository + ":";
    if (has_text(claims, "environment")) return prefix + "environment:" + text_or(claims, "environment", "");
    if (text_or(claims, "event_name", "") == "pull_request") return prefix + "pull_request";
    return prefix + "ref:" + ref;
}

/// "OpenID Connect reference" of GitHub Actions. The audience is the one that the action for AWS asks for.
void complete_github(PresetJson& claims, const PresetToken& token) {
    constexpr std::int64_t not_before = -600;
    const std::string repository = text_or(claims, "repository", "octo-org/octo-repo");
    const bool is_pull_request = text_or(claims, "event_name", "push") == "pull_request";
    const std::string ref = text_or(claims, "ref", is_pull_request ? "refs/pull/1/merge" : "refs/heads/main");
    const std::string workflow_ref = repository + "/.github/workflows/ci.yml@" + ref;
    const std::string sha = text_or(claims, "sha", made_up_hex(seed_of(token, ref)));
    add(claims, "sub", github_subject(claims, repository, ref));
    add(claims, "aud", usual_audience);
    add(claims, "ref", ref);
    add(claims, "sha", sha);
    add(claims, "repository", repository);
    add(claims, "repository_owner", parent_of(repository));
    add(claims, "repository_owner_id", "65");
    add(claims, "run_id", "1");
    add(claims, "run_number", "1");
    add(claims, "run_attempt", "1");
    add(claims, "repository_visibility", "private");
    add(claims, "repository_id", "74");
    add(claims, "actor_id", "12");
    add(claims, "actor", "octocat");
    add(claims, "workflow", "ci");
    add(claims, "head_ref", is_pull_request ? "feature" : "");
    add(claims, "base_ref", is_pull_request ? "main" : "");
    add(claims, "event_name", "push");
    add(claims, "ref_protected", "false");
    add(claims, "ref_type", ref.starts_with("refs/tags/") ? "tag" : "branch");
    add(claims, "workflow_ref", workflow_ref);
    add(claims, "workflow_sha", sha);
    add(claims, "job_workflow_ref", workflow_ref);
    add(claims, "job_workflow_sha", sha);
    add(claims, "runner_environment", "github-hosted");
    add(claims, "nbf", token.issued + not_before);
}

std::string eks_url(std::string_view name) {
    std::string id = made_up_hex(name).substr(0, 32);
    for (char& c : id) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    return "https://oidc.eks.us-east-1.amazonaws.com/id/" + id;
}

/// Projected tokens of service accounts, as EKS mounts them for roles: `sub` is the service account's, and what is
/// bound stands below `kubernetes.io`.
void complete_eks(PresetJson& claims, const PresetToken& token) {
    constexpr std::string_view subject_prefix = "system:serviceaccount:";
    PresetJson bound = PresetJson::object();
    if (claims.contains("kubernetes.io") && claims["kubernetes.io"].is_object()) bound = claims["kubernetes.io"];
    PresetJson account = PresetJson::object();
    if (bound.contains("serviceaccount") && bound["serviceaccount"].is_object()) account = bound["serviceaccount"];
    std::string space = "default";
    std::string name = "default";
    const std::string subject = text_or(claims, "sub", "");
    if (subject.starts_with(subject_prefix)) {
        const std::string rest = subject.substr(subject_prefix.size());
        space = rest.substr(0, rest.find(':'));
        name = rest.substr(std::min(space.size() + 1, rest.size()));
    }
    space = text_or(bound, "namespace", space);
    name = text_or(account, "name", name);
    add(claims, "sub", std::string(subject_prefix).append(space).append(":").append(name));
    add(claims, "aud", PresetJson::array({usual_audience}));
    add(claims, "nbf", token.issued);
    const std::string pod = name + "-0";
    add(account, "name", name);
    add(account, "uid", made_up_uuid(seed_of(token, space + "/" + name)));
    add(bound, "namespace", space);
    add(bound, "node", {{"name", "ip-10-0-0-1.ec2.internal"}, {"uid", made_up_uuid(seed_of(token, "node"))}});
    add(bound, "pod", {{"name", pod}, {"uid", made_up_uuid(seed_of(token, space + "/pod/" + pod))}});
    bound["serviceaccount"] = std::move(account);
    if (!claims.contains("kubernetes.io") || claims["kubernetes.io"].is_object())
        claims["kubernetes.io"] = std::move(bound);
}

std::string gitlab_url(std::string_view) { return "https://gitlab.com"; }

/// "OpenID Connect authentication using ID tokens" of GitLab CI/CD; numbers are texts there.
void complete_gitlab(PresetJson& claims, const PresetToken& token) {
    constexpr std::int64_t not_before = -5;
    const std::string project = text_or(claims, "project_path", "my-group/my-project");
    const std::string ref = text_or(claims, "ref", "main");
    const std::string type = text_or(claims, "ref_type", "branch");
    const std::string path = (type == "tag" ? "refs/tags/" : "refs/heads/") + ref;
    const std::string sha = text_or(claims, "sha", made_up_hex(seed_of(token, path)));
    const std::string_view scheme = "https://";
    const std::string host(token.issuer.substr(token.issuer.starts_with(scheme) ? scheme.size() : 0));
    add(claims, "sub", "project_path:" + project + ":ref_type:" + type + ":ref:" + ref);
    add(claims, "aud", token.issuer);
    add(claims, "namespace_id", "72");
    add(claims, "namespace_path", parent_of(project));
    add(claims, "project_id", "20");
    add(claims, "project_path", project);
    add(claims, "user_id", "1");
    add(claims, "user_login", "sample-user");
    add(claims, "user_email", "sample-user@example.com");
    add(claims, "user_access_level", "developer");
    add(claims, "pipeline_id", "574");
    add(claims, "pipeline_source", "push");
    add(claims, "job_id", "302");
    add(claims, "ref", ref);
    add(claims, "ref_type", type);
    add(claims, "ref_path", path);
    add(claims, "ref_protected", "true");
    add(claims, "runner_id", 1);
    add(claims, "runner_environment", "gitlab-hosted");
    add(claims, "sha", sha);
    add(claims, "project_visibility", "private");
    add(claims, "ci_config_ref_uri", host + "/" + project + "//.gitlab-ci.yml@" + path);
    add(claims, "ci_config_sha", sha);
    add(claims, "nbf", token.issued + not_before);
}

std::string cognito_url(std::string_view) { return "https://cognito-identity.amazonaws.com"; }

/// What GetOpenIdToken of Cognito's identity pools gives: the audience is the pool, the subject an identity in it.
void complete_cognito(PresetJson& claims, const PresetToken& token) {
    const std::string pool = text_or(claims, "aud", "us-east-1:" + made_up_uuid(seed_of(token, "pool")));
    add(claims, "sub", "us-east-1:" + made_up_uuid(seed_of(token, "identity")));
    add(claims, "aud", pool);
    add(claims, "amr", PresetJson::array({"unauthenticated"}));
}

std::string user_pool_id(std::string_view name) { return "us-east-1_" + made_up_hex(name).substr(0, 9); }

std::string cognito_user_pool_url(std::string_view name) {
    return "https://cognito-idp.us-east-1.amazonaws.com/" + user_pool_id(name);
}

/// ID tokens of Cognito's user pools: the audience is the app client.
void complete_cognito_user_pool(PresetJson& claims, const PresetToken& token) {
    const std::string user = text_or(claims, "cognito:username", "janedoe");
    add(claims, "sub", made_up_uuid(seed_of(token, user)));
    add(claims, "aud", made_up_hex(seed_of(token, "client")).substr(0, 26));
    add(claims, "cognito:username", user);
    add(claims, "email", user + "@example.com");
    add(claims, "email_verified", true);
    add(claims, "token_use", "id");
    add(claims, "auth_time", token.issued);
    add(claims, "event_id", made_up_uuid(token.id));
    add(claims, "origin_jti", made_up_uuid(seed_of(token, user + "/origin")));
}

constexpr IssuerPreset known_presets[] = {
    {"", "RS256", "JWT", hour, no_url, complete_plain},
    {"cognito", "RS512", "JWS", 600, cognito_url, complete_cognito},
    {"cognito-user-pool", "RS256", "", hour, cognito_user_pool_url, complete_cognito_user_pool},
    {"eks", "RS256", "", 24 * hour, eks_url, complete_eks},
    {"github", "RS256", "JWT", 300, github_url, complete_github},
    {"gitlab", "RS256", "JWT", hour, gitlab_url, complete_gitlab},
};

}  // namespace

std::span<const IssuerPreset> issuer_presets() { return known_presets; }

const IssuerPreset* find_issuer_preset(std::string_view name) {
    const auto* const found = std::find_if(std::begin(known_presets), std::end(known_presets),
                                           [&](const IssuerPreset& preset) { return preset.name == name; });
    return found == std::end(known_presets) ? nullptr : found;
}

nlohmann::ordered_json preset_claims(const IssuerPreset& preset, nlohmann::ordered_json given,
                                     const PresetToken& token) {
    PresetJson claims = std::move(given);
    add(claims, "iss", token.issuer);
    add(claims, "jti", token.id);
    add(claims, "iat", token.issued);
    add(claims, "exp", token.issued + token.lifetime);
    preset.complete(claims, token);
    for (auto claim = claims.begin(); claim != claims.end();)
        claim = claim->is_null() ? claims.erase(claim) : std::next(claim);
    return claims;
}

}  // namespace iamlocal::federation
