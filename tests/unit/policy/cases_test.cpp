// Walks tests/policy_cases: documents and a request in, decision and reasons out.
#include <filesystem>
#include <fstream>
#include <list>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
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
        std::map<std::string, std::string*> members{
            {"arn", &principal.arn},           {"account", &principal.account},   {"unique_id", &principal.unique_id},
            {"role_arn", &principal.role_arn}, {"user_arn", &principal.user_arn}, {"provider", &principal.provider}};
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

/// Policies of a few statements are decided without an index; Padding::some makes each long enough to have one.
enum class Padding { none, some };

/// Statements that never apply, so that a document has more of them.
Json padded(Json document, DocumentKind kind) {
    Json statement{{"Effect", "Deny"}, {"Action", "sts:Nothing"}};
    const bool has_principal =
        kind == DocumentKind::trust || kind == DocumentKind::resource || kind == DocumentKind::rcp;
    if (has_principal) statement["Principal"] = {{"AWS", "999999999999"}};
    if (kind != DocumentKind::trust) statement["Resource"] = "*";
    Json& statements = document["Statement"];
    if (!statements.is_array()) statements = Json::array({statements});
    for (int i = 0; i < 5; ++i) statements.push_back(statement);
    return document;
}

/// Owns the compiled documents of one case.
class Documents {
  public:
    Documents(const Json& shared, bool lenient, Padding padding)
        : shared_(shared), strictness_(lenient ? Strictness::lenient : Strictness::strict), padding_(padding) {}

    Policies list(const Json& documents, DocumentKind kind) {
        std::vector<SourcedPolicy>& sources = lists_.emplace_back();
        for (const Json& document : documents) {
            if (document.is_null()) {
                sources.push_back({});
                continue;
            }
            const Json& json = document.is_string() ? shared_.at(document.get<std::string>()) : document;
            if (json.contains("unreadable")) {
                const auto result = parse(json["unreadable"].dump(), kind, Strictness::lenient);
                if (std::holds_alternative<Policy>(result)) throw std::runtime_error("the document can be read");
                sources.push_back({});
                continue;
            }
            policies_.push_back(padding_ == Padding::some ? parsed(padded(json, kind).dump(), kind, Strictness::lenient)
                                                          : parsed(json.dump(), kind, strictness_));
            if (padding_ == Padding::some && policies_.back().index.empty())
                throw std::logic_error("there is no index");
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
    Padding padding_;
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

/// The policies of a case, as long as its documents live.
PolicySet policies_of(const Json& test_case, Documents& documents) {
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
        set.resource_part = ResourcePolicyPart::trust;
    }
    if (test_case.contains("scp")) set.scp = documents.levels(test_case["scp"], DocumentKind::scp);
    if (test_case.contains("rcp")) set.rcp = documents.levels(test_case["rcp"], DocumentKind::rcp);
    return set;
}

/// The message of a case that does not say it.
std::string usual_reason(const std::string& outcome, const std::string& by, const std::string& action) {
    static const std::map<std::string, std::pair<std::string, std::string>> names{
        {"identity", {"an ", "identity-based policy"}}, {"boundary", {"a ", "permissions boundary"}},
        {"session", {"a ", "session policy"}},          {"resource", {"a ", "resource-based policy"}},
        {"trust", {"a ", "resource-based policy"}},     {"scp", {"a ", "service control policy"}},
        {"rcp", {"a ", "resource control policy"}},
    };
    if (outcome == "allowed") return {};
    const auto& [article, name] = names.at(by);
    if (outcome == "implicit_deny" && by != "scp" && by != "rcp") {
        return "because no " + name + " allows the " + action + " action";
    }
    return "with an explicit deny in " + article + name;
}

/// The Sids of the statements that decided, of a case that may leave them out.
std::vector<std::string> expected_matches(const Json& test_case) {
    if (test_case.contains("matched")) return test_case["matched"].get<std::vector<std::string>>();
    if (test_case.at("expect") == "implicit_deny") return {};
    if (!test_case.contains("statement") && !test_case.contains("condition")) {
        throw std::runtime_error("the case does not say which statements matched");
    }
    return {"Probe"};
}

void check(const Json& shared, const Json& test_case, Padding padding) {
    static const std::set<std::string> members{
        "name",      "principal",       "action",   "resource", "resource_account",
        "context",   "identity",        "boundary", "session",  "trust",
        "scp",       "resource_policy", "rcp",      "version",  "statement",
        "condition", "lenient",         "expect",   "by",       "matched",
        "reason"};
    for (const auto& [member, value] : test_case.items()) EXPECT_TRUE(members.contains(member)) << member;
    Documents documents(shared, test_case.value("lenient", false), padding);
    PolicySet set = policies_of(test_case, documents);
    const Principal principal = principal_of(test_case);
    const MapContext context = context_of_case(test_case);
    const std::string action = test_case.value("action", "s3:GetObject");
    const std::string resource = test_case.value("resource", "*");
    const std::string owner = test_case.value("resource_account", "111111111111");
    const Request request{&principal, action, resource, owner, &context};
    if (!test_case.contains("trust")) set.resource_part = usual_part(resource);

    const Decision decision = decide(set, request);
    const std::string outcome = test_case.at("expect").get<std::string>();
    const std::string by = test_case.value("by", "identity");
    EXPECT_EQ(name_of(decision.outcome), outcome);
    EXPECT_EQ(name_of(decision.decided_by), by);
    EXPECT_EQ(reason(decision, action), test_case.value("reason", usual_reason(outcome, by, action)));

    Trace trace;
    const Decision traced = decide(set, request, trace);
    EXPECT_EQ(traced.outcome, decision.outcome);
    EXPECT_EQ(traced.decided_by, decision.decided_by);
    EXPECT_EQ(traced.policy, decision.policy);
    EXPECT_EQ(traced.statement, decision.statement);
    std::vector<std::string> matched;
    for (const MatchedStatement& statement : trace.decisive(traced.outcome)) {
        matched.push_back(statement.source->policy->statements[statement.statement].sid);
    }
    EXPECT_EQ(matched, expected_matches(test_case));
    EXPECT_TRUE(decision.policy || decision.outcome != Outcome::explicit_deny);
    if (decision.policy && decision.policy->policy) {
        EXPECT_THAT(matched, testing::Contains(decision.policy->policy->statements[decision.statement].sid));
    }
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
                check(shared, test_case, Padding::none);
                check(shared, test_case, Padding::some);
            } catch (const std::exception& error) {
                ADD_FAILURE() << error.what();
            }
            ++cases;
        }
    }
    EXPECT_GE(cases, 1900U) << "where are the cases?";
}

}  // namespace
}  // namespace iamlocal::policy
