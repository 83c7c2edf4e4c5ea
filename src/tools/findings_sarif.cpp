#include <map>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "tools/findings.hpp"

namespace iamlocal::tools {
namespace {

using Json = nlohmann::ordered_json;

/// SARIF knows three levels.
std::string_view level(lint::Severity severity) {
    switch (severity) {
        case lint::Severity::error:
            return "error";
        case lint::Severity::security_warning:
        case lint::Severity::warning:
            return "warning";
        case lint::Severity::suggestion:
            break;
    }
    return "note";
}

/// A file's name as a URI reference: relative names stay relative.
std::string uri_of(std::string_view file) {
    if (file == "-") return "stdin";
    std::string uri = file.starts_with('/') ? "file://" : "";
    while (true) {
        const std::size_t slash = file.find('/');
        uri += percent_encode(file.substr(0, slash));
        if (slash == std::string_view::npos) return uri;
        uri.push_back('/');
        file.remove_prefix(slash + 1);
    }
}

Json all_rules(std::map<std::string_view, std::size_t>& index) {
    Json rules = Json::array();
    for (const lint::Rule& rule : lint::rules()) {
        index.emplace(rule.code, rules.size());
        rules.push_back({{"id", rule.code},
                         {"shortDescription", {{"text", rule.summary}}},
                         {"helpUri", rule.help},
                         {"defaultConfiguration", {{"level", level(rule.severity)}}},
                         {"properties", {{"findingType", lint::name(rule.severity)}}}});
    }
    return rules;
}

Json result_of(const FileFindings& file, const lint::Finding& finding, std::size_t rule) {
    return {{"ruleId", finding.code},
            {"ruleIndex", rule},
            {"level", level(finding.severity)},
            {"message", {{"text", finding.message}}},
            {"locations",
             {{{"physicalLocation",
                {{"artifactLocation", {{"uri", uri_of(file.file)}}},
                 {"region", {{"startLine", finding.line}, {"startColumn", finding.column}}}}}}}}};
}

}  // namespace

std::string findings_sarif(const std::vector<FileFindings>& files) {
    std::map<std::string_view, std::size_t> index;
    Json rules = all_rules(index);
    Json results = Json::array();
    for (const FileFindings& file : files) {
        for (const lint::Finding& finding : file.findings) {
            results.push_back(result_of(file, finding, index.at(finding.code)));
        }
    }
    const Json driver = {{"name", "iamlocal"}, {"version", IAMLOCAL_VERSION}, {"rules", std::move(rules)}};
    const Json run = {
        {"tool", {{"driver", driver}}}, {"columnKind", "utf16CodeUnits"}, {"results", std::move(results)}};
    const Json log = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                      {"version", "2.1.0"},
                      {"runs", Json::array({run})}};
    return json_text(log, 2) + "\n";
}

}  // namespace iamlocal::tools
