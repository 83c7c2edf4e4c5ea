#include "tools/validate.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tools/findings.hpp"

namespace iamlocal::tools {
namespace {

std::vector<FileFindings> some_findings() {
    const lint::Rule& rule = lint::rules().front();
    return {{"dir/a b.json",
             policy::DocumentKind::trust,
             {{rule.severity, rule.code, "first\nline \"x\"", 3, 7, rule.help}}},
            {"-", policy::DocumentKind::identity, {}}};
}

TEST(Findings, AsText) {
    EXPECT_EQ(findings_text(some_findings()), "dir/a b.json:3:7: error: first line \"x\" [JSON_SYNTAX_ERROR]\n");
    EXPECT_EQ(findings_text({}), "");
}

TEST(Findings, AsJson) {
    const auto document = nlohmann::json::parse(findings_json(some_findings()));
    EXPECT_EQ(document["files"][0]["kind"], "trust");
    EXPECT_EQ(document["files"][0]["findings"][0]["message"], "first\nline \"x\"");
    EXPECT_EQ(document["files"][1]["findings"].size(), 0U);
    EXPECT_EQ(document["counts"]["ERROR"], 1);
}

TEST(Findings, AsSarif) {
    const auto log = nlohmann::json::parse(findings_sarif(some_findings()));
    const auto& run = log["runs"][0];
    const auto& result = run["results"][0];
    const std::string version = run["tool"]["driver"].value("version", "");
    EXPECT_EQ(log["version"], "2.1.0");
    EXPECT_EQ(std::count(version.begin(), version.end(), '.'), 2) << version;
    EXPECT_EQ(result["ruleId"], "JSON_SYNTAX_ERROR");
    EXPECT_EQ(run["tool"]["driver"]["rules"][result["ruleIndex"].get<std::size_t>()]["id"], "JSON_SYNTAX_ERROR");
    ASSERT_TRUE(result["locations"].is_array());
    const auto& place = result["locations"][0]["physicalLocation"];
    EXPECT_EQ(place["artifactLocation"]["uri"], "dir/a%20b.json");
    EXPECT_EQ(place["region"]["startLine"], 3);
    EXPECT_EQ(place["region"]["startColumn"], 7);
}

/// nlohmann makes an object of a list of pairs whose first is a text; the log's lists must stay lists.
TEST(Findings, AsSarifWithoutFindings) {
    const auto log = nlohmann::json::parse(findings_sarif({}));
    EXPECT_TRUE(log["runs"].is_array());
    EXPECT_TRUE(log["runs"][0]["results"].is_array());
    EXPECT_TRUE(log["runs"][0]["tool"]["driver"]["rules"].is_array());
}

TEST(Validate, RefusesArguments) {
    EXPECT_EQ(validate({}, {}), 2);
    EXPECT_EQ(validate({"--kind", "bucket", "x.json"}, {}), 2);
    EXPECT_EQ(validate({"--format", "xml", "x.json"}, {}), 2);
    EXPECT_EQ(validate({"/nonexistent/policy.json"}, {}), 2);
}

}  // namespace
}  // namespace iamlocal::tools
