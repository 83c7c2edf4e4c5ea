// Walks tests/policy_cases: documents and a request in, decision and reasons out.
#include <filesystem>
#include <fstream>
#include <list>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policy/decide.hpp"
#include "unit/policy/support.hpp"

namespace iamlocal::policy {
namespace {

using Json = nlohmann::json;

Principal caller(PrincipalKind kind, std::string arn, std::string account, std::string id = {}) {
    Principal principal;
    principal.kind = kind;
    principal.arn = std::move(arn);
    principal.account = std::move(account);
    principal.unique_id = std::move(id);
    return principal;
}

/// The callers that cases name.
const std::map<std::string, Principal>& callers() {
    static const std::map<std::string, Principal> all = [] {
        std::map<std::string, Principal> table;
        table["alice"] = alice();
        table["alice_bounded"] = alice();
        table["alice_bounded"].has_boundary = true;
        table["alice_session"] = alice();
        table["alice_session"].kind = PrincipalKind::user_session;
        table["alice_session"].user_arn = alice().arn;
        table["carol"] =
            caller(PrincipalKind::user, "arn:aws:iam::111111111111:user/carol", "111111111111", "AIDACAROLCAROLCAROL1");
        table["dev"] = dev_session();
        table["ops"] = caller(PrincipalKind::role_session, "arn:aws:sts::111111111111:assumed-role/ops/s1",
                              "111111111111", "AROAOPSOPSOPSOPSOPS1");
        table["fred"] = caller(PrincipalKind::federated_user, "arn:aws:sts::111111111111:federated-user/fred",
                               "111111111111", "AIDAALICEALICEALICE1");
        table["fred"].user_arn = alice().arn;
        table["fred_of_root"] = table["fred"];
        table["fred_of_root"].user_arn = "arn:aws:iam::111111111111:root";
        table["root"] = caller(PrincipalKind::root, "arn:aws:iam::111111111111:root", "111111111111");
        table["root2"] = caller(PrincipalKind::root, "arn:aws:iam::222222222222:root", "222222222222");
        table["bob"] =
            caller(PrincipalKind::user, "arn:aws:iam::222222222222:user/bob", "222222222222", "AIDABOBBOBBOBBOBBOB1");
        table["guest"] = caller(PrincipalKind::role_session, "arn:aws:sts::222222222222:assumed-role/guest/s",
                                "222222222222", "AROAGUESTGUESTGUEST1");
        table["anonymous"] = caller(PrincipalKind::anonymous, {}, {});
        table["lambda"] = caller(PrincipalKind::service, "lambda.amazonaws.com", {});
        table["github"] = caller(PrincipalKind::web_identity, {}, {});
        table["github"].provider = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
        table["okta"] = caller(PrincipalKind::saml, {}, {});
        table["okta"].provider = "arn:aws:iam::111111111111:saml-provider/okta";
        return table;
    }();
    return all;
}

Principal principal_of(const Json& test_case) {
    const Json& value = test_case.value("principal", Json("alice"));
    if (value.is_string()) return callers().at(value.get<std::string>());
    Principal principal = callers().at(value.at("as").get<std::string>());
    for (const auto& [member, text] : value.items()) {
        if (member == "as") continue;
        std::map<std::string, std::string*> members{{"arn", &principal.arn},
                                                    {"account", &principal.account},
                                                    {"unique_id", &principal.unique_id},
                                                    {"provider", &principal.provider}};
        *members.at(member) = text.get<std::string>();
    }
    return principal;
}

MapContext context_of_case(const Json& test_case) {
    MapContext context;
    const Json values = test_case.value("context", Json::object());
    for (const auto& [key, value] : values.items()) {
        if (value.is_array()) {
            context.set(key, Values::list(value.get<std::vector<std::string>>()));
        } else {
            context.set(key, value.get<std::string>());
        }
    }
    return context;
}

/// Owns the compiled documents of one case.
class Documents {
  public:
    Documents(const Json& shared, bool lenient)
        : shared_(shared), strictness_(lenient ? Strictness::lenient : Strictness::strict) {}

    Policies list(const Json& documents, DocumentKind kind) {
        std::vector<SourcedPolicy>& sources = lists_.emplace_back();
        for (const Json& document : documents) {
            if (document.is_null()) {
                sources.push_back({});
                continue;
            }
            const Json& text = document.is_string() ? shared_.at(document.get<std::string>()) : document;
            policies_.push_back(parsed(text.dump(), kind, strictness_));
            sources.push_back({&policies_.back(), "policy", {}});
        }
        return sources;
    }

    std::span<const Policies> levels(const Json& levels, DocumentKind kind) {
        std::vector<Policies>& lists = levels_.emplace_back();
        for (const Json& level : levels) lists.push_back(list(level, kind));
        return lists;
    }

  private:
    const Json& shared_;
    Strictness strictness_;
    std::list<Policy> policies_;
    std::list<std::vector<SourcedPolicy>> lists_;
    std::list<std::vector<Policies>> levels_;
};

/// The document of a case that gives only a statement or a condition.
Json probe_document(const Json& test_case) {
    Json statement{{"Sid", "Probe"}, {"Effect", "Allow"}, {"Action", "*"}, {"Resource", "*"}};
    if (test_case.contains("condition")) statement["Condition"] = test_case["condition"];
    const Json elements = test_case.value("statement", Json::object());
    for (const auto& [element, value] : elements.items()) {
        statement[element] = value;
        if (element.starts_with("Not")) statement.erase(element.substr(3));
        if (value.is_null()) statement.erase(element);
    }
    Json document{{"Version", test_case.value("version", Json("2012-10-17"))}, {"Statement", statement}};
    if (document["Version"].is_null()) document.erase("Version");
    return document;
}

std::string_view name_of(Outcome outcome) {
    constexpr std::string_view names[]{"allowed", "explicit_deny", "implicit_deny"};
    return names[static_cast<std::size_t>(outcome)];
}

std::string_view name_of(PolicyType type) {
    constexpr std::string_view names[]{"identity", "boundary", "session", "resource", "trust", "scp", "rcp"};
    return names[static_cast<std::size_t>(type)];
}

void check(const Json& shared, const Json& test_case) {
    Documents documents(shared, test_case.value("lenient", false));
    PolicySet set;
    const bool probe = test_case.contains("statement") || test_case.contains("condition");
    set.identity =
        documents.list(probe ? Json::array({probe_document(test_case)}) : test_case.value("identity", Json::array()),
                       DocumentKind::identity);
    if (test_case.contains("boundary")) set.boundary = documents.list(test_case["boundary"], DocumentKind::boundary);
    if (test_case.contains("session")) set.session = documents.list(test_case["session"], DocumentKind::session);
    if (test_case.contains("resource_policy")) {
        set.resource = documents.list(test_case["resource_policy"], DocumentKind::resource);
    }
    if (test_case.contains("trust")) {
        set.resource = documents.list(test_case["trust"], DocumentKind::trust);
        set.resource_is_trust = true;
    }
    if (test_case.contains("scp")) set.scp = documents.levels(test_case["scp"], DocumentKind::scp);
    if (test_case.contains("rcp")) set.rcp = documents.levels(test_case["rcp"], DocumentKind::rcp);

    const Principal principal = principal_of(test_case);
    const MapContext context = context_of_case(test_case);
    const std::string action = test_case.value("action", "s3:GetObject");
    const std::string resource = test_case.value("resource", "*");
    const std::string owner = test_case.value("resource_account", "111111111111");
    const Request request{&principal, action, resource, owner, &context};

    const Decision decision = decide(set, request);
    EXPECT_EQ(name_of(decision.outcome), test_case.at("expect").get<std::string>());
    EXPECT_EQ(name_of(decision.decided_by), test_case.value("by", "identity"));
    if (test_case.contains("reason")) {
        EXPECT_EQ(reason(decision, action), test_case["reason"].get<std::string>());
    }

    Trace trace;
    const Decision traced = decide(set, request, trace);
    EXPECT_EQ(traced.outcome, decision.outcome);
    EXPECT_EQ(traced.decided_by, decision.decided_by);
    EXPECT_EQ(traced.policy, decision.policy);
    EXPECT_EQ(traced.statement, decision.statement);
    if (!test_case.contains("matched")) return;
    std::vector<std::string> matched;
    for (const MatchedStatement& statement : trace.decisive(traced.outcome)) {
        matched.push_back(statement.source->policy->statements[statement.statement].sid);
    }
    EXPECT_EQ(matched, test_case["matched"].get<std::vector<std::string>>());
}

TEST(PolicyCases, DecideAsExpected) {
    std::size_t cases = 0;
    for (const auto& entry : std::filesystem::directory_iterator(IAMLOCAL_SOURCE_DIR "/tests/policy_cases")) {
        if (entry.path().extension() != ".json") continue;
        std::ifstream file(entry.path());
        const Json content = Json::parse(file);
        for (const auto& [key, value] : content.items()) {
            ASSERT_TRUE(key == "documents" || key == "cases") << entry.path() << " has " << key;
        }
        const Json shared = content.value("documents", Json::object());
        for (const Json& test_case : content.at("cases")) {
            SCOPED_TRACE(entry.path().filename().string() + ": " + test_case.at("name").get<std::string>());
            try {
                check(shared, test_case);
            } catch (const std::exception& error) {
                ADD_FAILURE() << error.what();
            }
            ++cases;
        }
    }
    EXPECT_GE(cases, 250U) << "where are the cases?";
}

}  // namespace
}  // namespace iamlocal::policy
