#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "analysis/report.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "testbench/plain_name.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

using RecordingJson = nlohmann::ordered_json;

constexpr std::string_view recordings_root = "/_iamlocal/recordings";
/// Not a recording, but all that the log of decisions still has.
constexpr std::string_view decisions_name = "decisions";
constexpr std::string_view bad_recording_name =
    "the name of a recording has 1 to 64 letters, digits and ._-, and begins with a letter or digit";
constexpr std::string_view no_recording = "there is no recording of this name";
constexpr std::string_view expected_state =
    R"(expected {"state":"running"} or {"state":"stopped"}; an empty body means running)";
constexpr std::size_t most_wildcard_from = 1'000'000;

std::string_view recording_in(std::string_view target) {
    target = target.substr(0, target.find('?'));
    target.remove_prefix(std::min(recordings_root.size() + 1, target.size()));
    return target;
}

RecordingJson json_of_summary(const access::RecordingSummary& summary) {
    RecordingJson json{{"name", summary.name},
                       {"state", summary.running ? "running" : "stopped"},
                       {"started", format_iso8601(whole_seconds(summary.started))}};
    if (summary.stopped) json["stopped"] = format_iso8601(whole_seconds(*summary.stopped));
    json["requests"] = summary.requests;
    json["principals"] = summary.principals;
    json["permissions"] = summary.permissions;
    json["bytes"] = summary.bytes;
    if (summary.left_out > 0) json["left_out"] = summary.left_out;
    return json;
}

/// What GET asks for in its query string.
struct Wish {
    analysis::GenerateOptions options;
    std::optional<std::string> principal;
    bool text = false;
};

std::variant<Wish, std::string> read_wish(const http::Request& request) {
    Wish wish;
    wish.principal = admin::query_parameter(request.target, "principal");
    if (const auto refused = admin::query_parameter(request.target, "refused")) {
        if (*refused != "include" && *refused != "list") return "refused is list or include";
        wish.options.include_refused = *refused == "include";
    }
    if (const auto format = admin::query_parameter(request.target, "format")) {
        if (*format != "json" && *format != "text") return "format is json or text";
        wish.text = *format == "text";
    }
    if (const auto from = admin::query_parameter(request.target, "wildcard_from")) {
        const auto [end, error] =
            std::from_chars(from->data(), from->data() + from->size(), wish.options.wildcard_from);
        if (error != std::errc() || end != from->data() + from->size() || wish.options.wildcard_from == 1 ||
            wish.options.wildcard_from > most_wildcard_from)
            return "wildcard_from is a number from 2 on, or 0 for no wildcards";
    }
    return wish;
}

bool is_meant(const std::string& arn, const std::optional<std::string>& principal) {
    return !principal || arn == *principal || arn.ends_with("/" + *principal);
}

/// Callers that no identity-based policy can allow anything; and root, which needs none.
std::string note_on(const access::Identity& caller) {
    switch (caller.principal.kind) {
        case policy::PrincipalKind::root:
            return "Root needs no policy; this is what somebody else would need.";
        case policy::PrincipalKind::anonymous:
        case policy::PrincipalKind::service:
        case policy::PrincipalKind::web_identity:
        case policy::PrincipalKind::saml:
            return "What this caller does is allowed by the policy of the resource, a role's trust policy, alone.";
        default:
            return {};
    }
}

bool may_have_policies(const access::Identity& caller) {
    switch (caller.principal.kind) {
        case policy::PrincipalKind::anonymous:
        case policy::PrincipalKind::service:
        case policy::PrincipalKind::web_identity:
        case policy::PrincipalKind::saml:
            return false;
        default:
            return true;
    }
}

analysis::PrincipalReport report_of(const access::RecordedPrincipal& principal,
                                    const analysis::GenerateOptions& options) {
    std::vector<analysis::Observation> seen;
    for (const access::RecordedPermission& permission : principal.permissions)
        seen.push_back({permission.facts->action, permission.facts->resource, permission.facts->keys,
                        permission.facts->context, permission.count, permission.facts->refused});
    const access::Identity& caller = *principal.latest;
    std::optional<policy::Policies> held;
    if (may_have_policies(caller) && !caller.is_root()) held = caller.policies().identity;
    analysis::PrincipalReport report = analysis::report_on(principal.arn, seen, options, held);
    report.note = note_on(caller);
    if (may_have_policies(caller)) return report;
    report.policy.document.clear();
    return report;
}

RecordingJson json_of_recording(const access::Recording& recording,
                                const std::vector<analysis::PrincipalReport>& reports,
                                const std::vector<std::string>& rules) {
    RecordingJson json = json_of_summary(recording.summary);
    json["rules"] = rules;
    json["principals"] = RecordingJson::array();
    for (const analysis::PrincipalReport& report : reports) json["principals"].push_back(analysis::json_of(report));
    return json;
}

std::string text_of_recording(const access::Recording& recording, const std::vector<analysis::PrincipalReport>& reports,
                              const std::vector<std::string>& rules) {
    const access::RecordingSummary& summary = recording.summary;
    std::string out = fmt::format("Recording {}, {}, {} requests\n", summary.name,
                                  summary.running ? "running" : "stopped", summary.requests);
    if (summary.left_out > 0)
        out.append(fmt::format("There was no room for {} permissions: something is lacking.\n", summary.left_out));
    for (const std::string& rule : rules) out.append(rule).append("\n");
    for (const analysis::PrincipalReport& report : reports) out.append("\n").append(analysis::text_of(report));
    return out;
}

class RecordingRoute {
  public:
    explicit RecordingRoute(const RecordingBench& bench) : bench_(bench) {}

    void get(const http::Request& request, http::Response& response) const {
        const std::string_view name = recording_in(request.target);
        if (name.empty()) return list(response);
        const auto read = read_wish(request);
        if (const auto* problem = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *problem);
        const std::optional<access::Recording> found =
            name == decisions_name ? of_decisions() : bench_.recordings.find(name);
        if (!found) return admin::refuse(response, 404, no_recording);
        show(*found, std::get<Wish>(read), response);
    }

    void set(const http::Request& request, http::Response& response) const {
        const std::string_view name = recording_in(request.target);
        if (!is_plain_name(name)) return admin::refuse(response, 400, bad_recording_name);
        if (name == decisions_name)
            return admin::refuse(response, 409, "this name stands for the log of decisions, which always runs");
        bool starts = true;
        if (!request.body.empty()) {
            const nlohmann::json asked = nlohmann::json::parse(request.body, nullptr, false);
            if (!asked.is_object() || asked.size() != 1 || !asked.contains("state") ||
                (asked["state"] != "running" && asked["state"] != "stopped"))
                return admin::refuse(response, 400, expected_state);
            starts = asked["state"] == "running";
        }
        if (starts && bench_.enforcement == access::Enforcement::off)
            return admin::refuse(response, 409,
                                 "enforcement is off: nothing is decided, and nothing can be recorded; --enforcement "
                                 "audit allows everything and decides");
        if (starts && !bench_.recordings.start(name, bench_.clock.now()))
            return admin::refuse(response, 409, "there are too many recordings; remove one with DELETE");
        if (!starts && !bench_.recordings.stop(name, bench_.clock.now()))
            return admin::refuse(response, 404, no_recording);
        for (const access::RecordingSummary& summary : bench_.recordings.list())
            if (summary.name == name) return admin::answer_json(response, 200, json_text(json_of_summary(summary)));
        admin::refuse(response, 404, no_recording);
    }

    void remove(const http::Request& request, http::Response& response) const {
        if (!bench_.recordings.remove(recording_in(request.target))) return admin::refuse(response, 404, no_recording);
        admin::answer_json(response, 200, R"({"status":"ok"})");
    }

  private:
    void list(http::Response& response) const {
        RecordingJson json{{"recordings", RecordingJson::array()}};
        for (const access::RecordingSummary& summary : bench_.recordings.list())
            json["recordings"].push_back(json_of_summary(summary));
        admin::answer_json(response, 200, json_text(json));
    }

    /// The decisions that are kept, as if they had been recorded.
    std::optional<access::Recording> of_decisions() const {
        access::Recordings all;
        if (!all.start(decisions_name, bench_.clock.now())) return std::nullopt;
        // A few at a time, as requests wait for the log's lock meanwhile.
        constexpr std::size_t at_once = 200;
        std::vector<access::DecisionRecord> records;
        std::uint64_t after = 0;
        do {
            records.clear();
            bench_.decisions.visit_on(after, [&](const access::DecisionRecord& record) {
                records.push_back(record);
                after = record.sequence;
                return records.size() < at_once;
            });
            for (const access::DecisionRecord& record : records) all.note(record);
        } while (records.size() == at_once);
        return all.find(decisions_name);
    }

    static void show(const access::Recording& recording, const Wish& wish, http::Response& response) {
        std::vector<analysis::PrincipalReport> reports;
        for (const access::RecordedPrincipal& principal : recording.principals)
            if (is_meant(principal.arn, wish.principal)) reports.push_back(report_of(principal, wish.options));
        const std::vector<std::string> rules = analysis::rules_of(wish.options);
        if (!wish.text)
            return admin::answer_json(response, 200, json_text(json_of_recording(recording, reports, rules)));
        response.status = 200;
        response.content_type = "text/plain; charset=utf-8";
        response.body = text_of_recording(recording, reports, rules);
    }

    RecordingBench bench_;
};

}  // namespace

admin::Route recordings_route(const RecordingBench& bench) {
    const auto route = std::make_shared<const RecordingRoute>(bench);
    const auto answer = [&](void (RecordingRoute::*method)(const http::Request&, http::Response&)
                                const) -> admin::Answer {
        return [route, method](const http::Request& request, http::Response& response) {
            ((*route).*method)(request, response);
        };
    };
    // Policies are written, and held against what was seen, where nobody waits for it.
    return {.path = recordings_root,
            .has_subpaths = true,
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET", answer(&RecordingRoute::get), true},
                        {"POST", answer(&RecordingRoute::set)},
                        {"DELETE", answer(&RecordingRoute::remove)}},
            .other_methods = "recordings are started and stopped with POST, shown with GET and removed with DELETE",
            .parameters = {"principal", "refused", "wildcard_from", "format"}};
}

}  // namespace iamlocal::testbench
