#include "analysis/report.hpp"

#include <utility>

#include <fmt/format.h>

namespace iamlocal::analysis {
namespace {

using ReportJson = nlohmann::ordered_json;

ReportJson json_of_surplus(const Surplus& surplus) {
    ReportJson json{{"policy", surplus.policy}};
    if (!surplus.owner.empty()) json["group"] = surplus.owner;
    json["path"] = surplus.path;
    if (!surplus.value.empty()) json["value"] = surplus.value;
    if (!surplus.enough.empty()) json["enough"] = surplus.enough;
    return json;
}

/// ` of policy reading of group staff`
std::string place_of(const Surplus& surplus) {
    return fmt::format("{} of {}{}{}", surplus.path, surplus.policy, surplus.owner.empty() ? "" : " of group ",
                       surplus.owner);
}

std::string line_of(const Surplus& surplus) {
    switch (surplus.kind) {
        case Surplus::Kind::statement:
            return fmt::format("  unused: {}\n", place_of(surplus));
        case Surplus::Kind::action:
            return fmt::format("  unused: {}, {}\n", place_of(surplus), surplus.value);
        case Surplus::Kind::wildcard:
            break;
    }
    constexpr std::size_t most_shown = 8;
    std::string enough;
    for (std::size_t i = 0; i < std::min(surplus.enough.size(), most_shown); ++i)
        enough.append(i == 0 ? "" : ", ").append(surplus.enough[i]);
    if (surplus.enough.size() > most_shown)
        enough.append(fmt::format(" and {} more", surplus.enough.size() - most_shown));
    return fmt::format("  wider than needed: {}, {}; enough: {}\n", place_of(surplus), surplus.value, enough);
}

std::string times(std::uint64_t count) { return count == 1 ? std::string() : fmt::format(", {} times", count); }

}  // namespace

PrincipalReport report_on(std::string principal, std::span<const Observation> observations,
                          const GenerateOptions& options, std::optional<policy::Policies> held) {
    PrincipalReport report{std::move(principal), {}, write_policy(observations, options), held.has_value(), {}};
    if (held) report.surplus = find_surplus(*held, observations, options.wildcard_from);
    return report;
}

nlohmann::ordered_json json_of(const PrincipalReport& report) {
    const GeneratedPolicy& made = report.policy;
    ReportJson json{{"principal", report.principal}};
    if (!report.note.empty()) json["note"] = report.note;
    json["requests"] = made.requests;
    json["policy"] = made.document.empty() ? ReportJson() : ReportJson::parse(made.document);
    if (!made.document.empty()) json["size"] = made.size;
    json["confirmed"] = made.confirmed;
    if (!made.remarks.empty()) json["remarks"] = made.remarks;
    for (const Observation& seen : made.refused) {
        ReportJson entry{{"action", seen.action}, {"resource", seen.resource}, {"count", seen.count}};
        json["refused"].push_back(std::move(entry));
    }
    if (!report.has_held) return json;
    json["unused"] = ReportJson::array();
    json["could_be_narrower"] = ReportJson::array();
    for (const Surplus& surplus : report.surplus)
        json[surplus.kind == Surplus::Kind::wildcard ? "could_be_narrower" : "unused"].push_back(
            json_of_surplus(surplus));
    return json;
}

std::string text_of(const PrincipalReport& report) {
    const GeneratedPolicy& made = report.policy;
    std::string out = fmt::format("{}\n", report.principal);
    if (!report.note.empty()) out.append(fmt::format("  {}\n", report.note));
    for (const Observation& seen : made.refused)
        out.append(fmt::format("  was refused: {} on {}{}\n", seen.action, seen.resource, times(seen.count)));
    for (const std::string& remark : made.remarks) out.append(fmt::format("  not certain: {}\n", remark));
    for (const Surplus& surplus : report.surplus) out.append(line_of(surplus));
    if (!made.confirmed) out.append("  Not confirmed: the engine does not allow all of it by this policy.\n");
    if (made.document.empty()) return out.append("  nothing to allow\n");
    return out.append(fmt::format("{}\n", made.document));
}

}  // namespace iamlocal::analysis
