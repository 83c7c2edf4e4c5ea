#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "admin/pending_json.hpp"
#include "base/json_text.hpp"
#include "base/time_format.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

constexpr const char* propagation_form = R"(expected {"delay":"5s"}, and "seed" with a number if you like)";

void show_propagation(const db::Propagation& propagation, const Clock& clock, http::Response& response) {
    const std::shared_ptr<db::Replicas> replicas = propagation.replicas();
    if (!replicas) return admin::answer_json(response, 200, json_text(nlohmann::json{{"delay", "0s"}}));
    replicas->advance(clock.now());
    const db::Lag& lag = replicas->lag();
    nlohmann::ordered_json shown{{"delay", fmt::format("{}s", lag.at_most.count())}, {"seed", lag.seed}};
    shown["not_visible_yet"] = admin::json_of(replicas->pending());
    admin::answer_json(response, 200, json_text(shown));
}

/// The error is a sentence.
std::variant<db::Lag, std::string> read_lag(std::string_view body) {
    const nlohmann::json asked = nlohmann::json::parse(body, nullptr, false);
    if (!asked.is_object()) return propagation_form;
    db::Lag lag;
    bool has_delay = false;
    for (const auto& [name, value] : asked.items()) {
        if (name == "delay" && value.is_string()) {
            const auto delay = parse_duration(value.get<std::string>());
            if (!delay || !db::Lag::is_possible(*delay))
                return "delay takes a duration from 1s to 1h, such as 5s or 2m; DELETE switches it off";
            lag.at_most = *delay;
            has_delay = true;
        } else if (name == "seed" && value.is_number_unsigned()) {
            lag.seed = value.get<std::uint64_t>();
        } else {
            return propagation_form;
        }
    }
    if (!has_delay) return propagation_form;
    return lag;
}

void set_propagation(db::Propagation& propagation, const Clock& clock, const http::Request& request,
                     http::Response& response) {
    if (!propagation.is_possible())
        return admin::refuse(response, 409, "a database that several servers may share has no propagation delay");
    const auto read = read_lag(request.body);
    if (const auto* const problem = std::get_if<std::string>(&read)) return admin::refuse(response, 400, *problem);
    propagation.start(std::get<db::Lag>(read));
    show_propagation(propagation, clock, response);
}

}  // namespace

admin::Route propagation_route(db::Propagation& propagation, const Clock& clock) {
    return {
        .path = "/_iamlocal/propagation",
        .needs_testbench = true,
        .action = "testbench",
        .methods = {{"GET", [&](const http::Request&,
                                http::Response& response) { show_propagation(propagation, clock, response); }},
                    {"PUT", [&](const http::Request& request,
                                http::Response& response) { set_propagation(propagation, clock, request, response); }},
                    {"DELETE",
                     [&](const http::Request&, http::Response& response) {
                         propagation.stop();
                         show_propagation(propagation, clock, response);
                     }}},
        .other_methods = "a delay is shown with GET, set with PUT and removed with DELETE"};
}

}  // namespace iamlocal::testbench
