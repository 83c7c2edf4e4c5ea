#include "foreign/localstack.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "foreign/refusals.hpp"

namespace iamlocal::foreign {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view no_restart =
    "the server does not restart or end itself; POST /_localstack/state/reset forgets everything, SIGTERM ends it";
constexpr std::string_view nothing_stored =
    "nothing can be stored here; /_localstack/init/ready tells whether the init scripts have run";
constexpr std::string_view use_snapshots =
    "states are kept with POST /_iamlocal/snapshots/NAME and brought back with PUT; docs/snapshots.md";
constexpr std::string_view one_state = "IAM and STS are one state; POST /_localstack/state/reset forgets all of it";
constexpr std::string_view use_faults = "faults are declared at /_iamlocal/faults; docs/faults.md";

/// After the paths that are answered, since the first that covers a request has it.
constexpr Refusal localstack_refusals[] = {
    {"/_localstack/diagnose", false,
     "there is no report, which would have secrets in it; iamlocal --print-config shows the settings without them"},
    {"/_localstack/config", false,
     "settings are given at the start and do not change; iamlocal --print-config shows them"},
    {"/_localstack/state/save", false, use_snapshots},
    {"/_localstack/state/load", false, use_snapshots},
    {"/_localstack/state", true, one_state},
    {"/_localstack/pods", true, use_snapshots},
    {"/_localstack/chaos", true, use_faults},
    {"/_localstack/plugins", false, "there are no plugins"},
    {"/_localstack/usage", false, "nothing is counted for anybody; /_iamlocal/events has the last calls"},
    {"/_localstack/stackinfo", false, "nothing is counted for anybody; /_localstack/info tells what runs"},
    {"/_localstack/swagger", true, "there is no page for browsers; docs/localstack.md lists the paths"},
    {"/_localstack/cloudformation", true, "CloudFormation is not served"},
};

/// In several lines: whoever waits may look for `"iam": "available"` with grep.
void answer_in_lines(http::Response& response, const Json& body) {
    admin::answer_json(response, 200, json_text(body, 2));
}

admin::Answer health_of(const LocalStackView& view) {
    return [view](const http::Request&, http::Response& response) {
        Json services = Json::object();
        for (const std::string& name : view.health.services)
            services[name] = view.idle_is_running || view.was_called(name) ? "running" : "available";
        answer_in_lines(response, {{"services", services},
                                   {"edition", "iamlocal"},
                                   {"version", view.health.version},
                                   {"status", "running"},
                                   {"account", view.health.account},
                                   {"enforcement", view.health.enforcement},
                                   {"storage", view.health.storage}});
    };
}

admin::Answer info_of(const LocalStackView& view) {
    std::error_code error;
    const bool in_container = std::filesystem::exists("/.dockerenv", error);
    return
        [view, in_container, began = std::chrono::steady_clock::now()](const http::Request&, http::Response& response) {
            const auto up = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - began);
            answer_in_lines(response, {{"version", view.health.version},
                                       {"edition", "iamlocal"},
                                       {"is_license_activated", false},
                                       {"session_id", view.session_id},
                                       {"machine_id", ""},
                                       {"system", "linux"},
                                       {"is_docker", in_container},
                                       {"server_time_utc", format_iso8601(whole_seconds(view.clock.now()))},
                                       {"uptime", up.count()}});
        };
}

Json scripts_of(const init::Runner& runner, std::optional<init::Stage> only) {
    Json scripts = Json::array();
    for (const init::Runner::Known& script : runner.scripts())
        if (!only || script.stage == *only)
            scripts.push_back({{"stage", init::name_of(script.stage)},
                               {"name", script.name},
                               {"state", init::name_of(script.state)}});
    return scripts;
}

admin::Answer all_stages(const init::Runner& runner) {
    return [&runner](const http::Request&, http::Response& response) {
        Json completed = Json::object();
        for (const init::Stage stage : init::stages)
            completed[std::string(init::name_of(stage))] = runner.is_completed(stage);
        answer_in_lines(response, {{"completed", completed}, {"scripts", scripts_of(runner, std::nullopt)}});
    };
}

admin::Answer one_stage(const init::Runner& runner, init::Stage stage) {
    return [&runner, stage](const http::Request&, http::Response& response) {
        answer_in_lines(response, {{"completed", runner.is_completed(stage)}, {"scripts", scripts_of(runner, stage)}});
    };
}

struct StagePath {
    std::string_view path;
    init::Stage stage;
};
constexpr StagePath stage_paths[] = {{"/_localstack/init/boot", init::Stage::boot},
                                     {"/_localstack/init/start", init::Stage::start},
                                     {"/_localstack/init/ready", init::Stage::ready},
                                     {"/_localstack/init/shutdown", init::Stage::shutdown}};

}  // namespace

std::vector<admin::Route> localstack_routes(const LocalStackView& view) {
    std::vector<admin::Route> routes;
    const auto add = [&](std::string_view path, std::vector<admin::Method> methods) {
        routes.push_back({.path = path,
                          .action = "admin",
                          .methods = std::move(methods),
                          .other_methods = "this is asked for with GET"});
    };
    for (const std::string_view path : {"/_localstack/health", "/health"})
        add(path,
            {{"GET", health_of(view)}, refused_method("POST", no_restart), refused_method("PUT", nothing_stored)});
    add("/_localstack/info", {{"GET", info_of(view)}});
    add("/_localstack/init", {{"GET", all_stages(view.scripts)}});
    for (const StagePath& stage : stage_paths) add(stage.path, {{"GET", one_stage(view.scripts, stage.stage)}});
    add_refusals(routes, localstack_refusals);
    return routes;
}

}  // namespace iamlocal::foreign
