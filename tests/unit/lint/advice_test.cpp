// What explanations advise is held against what validate finds: nobody is advised to open a hole.
#include <random>
#include <set>
#include <string>
#include <variant>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "catalogue/service_reference.hpp"
#include "lint/lint.hpp"
#include "policy/caller.hpp"
#include "policy/explanation.hpp"
#include "unit/policy/support.hpp"

namespace iamlocal::lint {
namespace {

using policy::DocumentKind;
using policy::MapContext;
using policy::Policies;
using policy::PolicyType;
using policy::ResourcePolicyPart;
using policy::SourcedPolicy;

class Random {
  public:
    explicit Random(unsigned seed) : numbers_(seed) {}
    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(numbers_); }
    template <class List>
    const auto& of(const List& list) {
        return list[below(std::size(list))];
    }

  private:
    std::mt19937 numbers_;
};

/// An ARN of a type: each part of the caller's choice becomes a short name.
std::string arn_of(std::string_view form) {
    std::string arn;
    while (!form.empty()) {
        const std::size_t at = std::min(form.find("${"), form.size());
        arn.append(form.substr(0, at));
        if (at == form.size()) break;
        const std::size_t end = form.find('}', at);
        const std::string_view name = form.substr(at + 2, end - at - 2);
        if (name == "Partition")
            arn.append("aws");
        else if (name == "Region")
            arn.append("us-east-1");
        else
            arn.append(name.starts_with("Account") ? "111111111111" : "x1");
        form.remove_prefix(end + 1);
    }
    return arn;
}

struct Asked {
    std::string action;
    std::string resource;
};

/// What validate says of a document that is more than a suggestion.
std::multiset<std::string_view> warnings(const std::string& document, DocumentKind kind) {
    std::multiset<std::string_view> codes;
    for (const Finding& finding : lint(document, kind))
        if (finding.severity != Severity::suggestion) codes.insert(finding.code);
    return codes;
}

std::string document_of(const std::string& statement) {
    return R"({"Version":"2012-10-17","Statement":[)" + statement + "]}";
}

/// Whether the names themselves are fine: the reference has ARNs of which validate knows nothing better.
bool is_sound(const Asked& asked) {
    return warnings(document_of(R"({"Effect":"Allow","Action":")" + asked.action + R"(","Resource":")" +
                                asked.resource + "\"}"),
                    DocumentKind::identity)
        .empty();
}

/// An action of a service and a resource that it has.
Asked random_question(Random& random) {
    for (;;) {
        const auto* service =
            catalogue::service_reference::find_service(random.of(catalogue::service_reference::prefixes()));
        if (!service || service->actions.empty()) continue;
        const catalogue::Action& action = random.of(service->actions);
        Asked asked{service->prefix + ":" + action.name, "*"};
        if (action.resources.empty()) return asked;
        const auto* type = service->find_resource_type(random.of(action.resources).type);
        if (type) asked.resource = arn_of(random.of(type->arns));
        if (is_sound(asked)) return asked;
    }
}

constexpr std::string_view callers[] = {"arn:aws:iam::111111111111:user/alice",
                                        "arn:aws:sts::111111111111:assumed-role/dev/s1",
                                        "222222222222",
                                        "arn:aws:iam::222222222222:role/other",
                                        "ec2.amazonaws.com",
                                        "accounts.google.com",
                                        "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com",
                                        "arn:aws:iam::111111111111:oidc-provider/oidc.example.com/id/A1",
                                        "arn:aws:iam::111111111111:saml-provider/corp",
                                        "*"};

constexpr std::string_view conditions[] = {
    R"({"StringEquals":{"aws:PrincipalTag/team":"blue"}})",
    R"({"StringEquals":{"aws:RequestTag/team":"blue"}})",
    R"({"Bool":{"aws:MultiFactorAuthPresent":"true"}})",
    R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}})",
    R"({"StringNotEquals":{"aws:RequestedRegion":"us-east-1"}})",
    R"({"StringEquals":{"sts:ExternalId":"x-42"}})",
    R"({"StringLike":{"token.actions.githubusercontent.com:sub":"repo:acme/app:ref:refs/heads/main"},)"
    R"("StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}})",
    R"({"StringEquals":{"aws:PrincipalAccount":"999999999999"}})",
    R"({"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::999999999999:role/ops"}})",
    R"({"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}})",
    R"({"StringEquals":{"aws:PrincipalTag/team":"${aws:RequestTag/team}"}})"};

MapContext random_context(Random& random, const policy::Principal& caller) {
    MapContext context;
    for (const auto& [key, value] : policy::caller_keys(caller)) context.set(key, value);
    context.set("aws:CurrentTime", "2026-11-28T00:00:00Z");
    context.set("aws:SourceIp", "203.0.113.7");
    context.set("aws:RequestedRegion", "us-east-1");
    if (random.below(2)) context.set("aws:MultiFactorAuthPresent", "false");
    if (random.below(2)) context.set("aws:PrincipalTag/team", "red");
    if (random.below(2)) context.set("aws:RequestTag/team", "red");
    if (random.below(2)) context.set("aws:SourceAccount", "111111111111");
    if (random.below(2)) context.set("SAML:aud", "https://signin.aws.amazon.com/saml");
    for (const char* host : {"token.actions.githubusercontent.com", "oidc.example.com/id/A1", "accounts.google.com"}) {
        if (random.below(2)) context.set(std::string(host) + ":sub", "repo:other/app:ref:refs/heads/main");
        if (random.below(2)) context.set(std::string(host) + ":aud", "sts.amazonaws.com");
    }
    return context;
}

struct Tally {
    std::size_t additions = 0;
    std::size_t kept = 0;
    std::size_t lacking = 0;
    std::size_t obstacles = 0;
};

/// `statement` brings no finding that `before`, a statement of the same action and resource, does not have.
void expect_no_hole(PolicyType type, const std::string& statement, const std::string& before) {
    const DocumentKind kind = policy::document_kind(type);
    auto found = warnings(document_of(statement), kind);
    if (!before.empty())
        for (const std::string_view code : warnings(document_of(before), kind)) {
            const auto known = found.find(code);
            if (known != found.end()) found.erase(known);
        }
    EXPECT_TRUE(found.empty()) << name_of(type) << " " << statement << "\nbefore: " << before
                               << "\nfound: " << testing::PrintToString(found);
}

TEST(Advice, BringsNoFindingThatWasNotThere) {
    Random random(2026);
    Tally tally;
    for (int i = 0; i < 6000; ++i) {
        const policy::Principal caller = policy::parse_caller(random.of(callers)).value();
        const bool trust = random.below(3) == 0;
        Asked asked = random.below(20) ? random_question(random) : Asked{"iam:PassRole", "*"};
        if (trust) {
            const bool web = caller.kind == policy::PrincipalKind::web_identity;
            const bool saml = caller.kind == policy::PrincipalKind::saml;
            asked = {web    ? "sts:AssumeRoleWithWebIdentity"
                     : saml ? "sts:AssumeRoleWithSAML"
                            : "sts:AssumeRole",
                     "arn:aws:iam::111111111111:role/ops"};
        }
        const MapContext context = random_context(random, caller);
        // One statement that fits, but for what may be a condition that fails; or none.
        const std::string condition(random.of(conditions));
        const auto fitting = [&](PolicyType type) {
            nlohmann::ordered_json statement{{"Effect", "Allow"}};
            if (type == PolicyType::trust || type == PolicyType::resource) {
                statement["Principal"] = caller.provider.empty()
                                             ? nlohmann::ordered_json{{"AWS", "*"}}
                                             : nlohmann::ordered_json{{"Federated", caller.provider}};
                if (caller.kind == policy::PrincipalKind::service) statement["Principal"] = {{"Service", caller.arn}};
            }
            statement["Action"] = asked.action;
            if (type != PolicyType::trust) statement["Resource"] = asked.resource;
            statement["Condition"] = nlohmann::ordered_json::parse(condition);
            return statement.dump();
        };
        std::string texts[3];
        policy::Policy parsed[3];
        SourcedPolicy sources[3];
        const PolicyType types[] = {PolicyType::identity, PolicyType::boundary,
                                    trust ? PolicyType::trust : PolicyType::resource};
        policy::PolicySet set;
        for (std::size_t k = 0; k < 3; ++k) {
            texts[k] = document_of(fitting(types[k]));
            parsed[k] = policy::parsed(texts[k], policy::document_kind(types[k]), policy::Strictness::lenient);
            sources[k] = {&parsed[k], "given", {}, texts[k]};
        }
        const auto some = [&](std::size_t k) { return Policies{&sources[k], random.below(2)}; };
        set.identity = some(0);
        if (random.below(2)) set.boundary = some(1);
        if (trust || random.below(2)) set.resource = some(2);
        if (trust) set.resource_part = ResourcePolicyPart::trust;
        const Policies no_scp[] = {Policies{}, Policies{}};
        if (random.below(3) == 0) set.scp = no_scp;
        if (random.below(4) == 0) set.rcp = no_scp;
        const policy::Request request{&caller, asked.action, asked.resource, "111111111111", &context};
        const policy::Explanation explanation = policy::explain(set, request);
        for (const policy::Addition& addition : explanation.additions) {
            ++tally.additions;
            expect_no_hole(addition.type, addition.statement, {});
        }
        for (const policy::Lack& lack : explanation.lacks) {
            ++tally.lacking;
            if (lack.instead.empty()) continue;
            ++tally.kept;
            EXPECT_TRUE(nlohmann::json::parse(lack.instead).contains("Condition")) << lack.instead;
            expect_no_hole(lack.type, lack.instead, fitting(lack.type));
        }
        tally.obstacles += explanation.obstacle.empty() ? 0 : 1;
    }
    // The property is about something.
    EXPECT_GT(tally.additions, 1000u);
    EXPECT_GT(tally.kept, 100u);
    EXPECT_GT(tally.lacking, 500u);
    EXPECT_GT(tally.obstacles, 50u);
}

}  // namespace
}  // namespace iamlocal::lint
