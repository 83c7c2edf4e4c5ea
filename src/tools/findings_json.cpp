#include <nlohmann/json.hpp>

#include "base/json_text.hpp"
#include "tools/findings.hpp"

namespace iamlocal::tools {

using Json = nlohmann::ordered_json;

std::string findings_json(const std::vector<FileFindings>& files) {
    Json list = Json::array();
    Json counts = {{"ERROR", 0}, {"SECURITY_WARNING", 0}, {"WARNING", 0}, {"SUGGESTION", 0}};
    for (const FileFindings& file : files) {
        Json findings = Json::array();
        for (const lint::Finding& finding : file.findings) {
            const std::string severity(lint::name(finding.severity));
            counts[severity] = counts[severity].get<int>() + 1;
            findings.push_back({{"severity", severity},
                                {"code", finding.code},
                                {"message", finding.message},
                                {"line", finding.line},
                                {"column", finding.column},
                                {"help", finding.help}});
        }
        list.push_back(
            {{"file", file.file}, {"kind", name_of(file.kind, file.use)}, {"findings", std::move(findings)}});
    }
    const Json document = {{"files", std::move(list)}, {"counts", std::move(counts)}};
    return json_text(document, 2) + "\n";
}

}  // namespace iamlocal::tools
