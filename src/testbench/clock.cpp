#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"
#include "base/time_format.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {
namespace {

constexpr std::string_view outside = "the clock stays within the years 1 to 9999";

void show(const AdjustableClock& clock, http::Response& response) {
    admin::answer_json(response, 200, nlohmann::json{{"now", format_iso8601(whole_seconds(clock.now()))}}.dump());
}

void set(AdjustableClock& clock, const http::Request& request, http::Response& response) {
    const nlohmann::json asked = nlohmann::json::parse(request.body, nullptr, false);
    if (!asked.is_object() || asked.size() != 1)
        return admin::refuse(response, 400,
                             R"(expected {"advance":"2h"}, {"freeze":"2030-01-01T00:00:00Z"} or {"reset":true})");
    const std::string& what = asked.begin().key();
    const nlohmann::json& value = asked.begin().value();
    if (what == "reset" && value == true) {
        clock.reset();
    } else if (what == "advance" && value.is_string()) {
        const auto by = parse_duration(value.get<std::string>());
        if (!by) return admin::refuse(response, 400, "advance takes a duration such as 90s, 15m, 2h or 1h30m");
        if (!clock.advance(*by)) return admin::refuse(response, 400, outside);
    } else if (what == "freeze" && value == true) {
        if (!clock.freeze(clock.now())) return admin::refuse(response, 400, outside);
    } else if (what == "freeze" && value.is_string()) {
        const auto at = parse_iso8601(value.get<std::string>());
        if (!at)
            return admin::refuse(response, 400, "freeze takes a time such as 2030-01-01T00:00:00Z, or true for now");
        if (!clock.freeze(*at)) return admin::refuse(response, 400, outside);
    } else {
        return admin::refuse(response, 400, "the clock knows advance, freeze and reset");
    }
    show(clock, response);
}

}  // namespace

KeptInMemory kept_clock(AdjustableClock& clock) {
    const auto save = [&clock] {
        const AdjustableClock::Position position = clock.position();
        nlohmann::json saved{{"offset", position.offset.count()}};
        if (position.frozen) saved["frozen"] = position.frozen->time_since_epoch().count();
        return saved;
    };
    const auto restore = [&clock](const nlohmann::json& saved) {
        AdjustableClock::Position position{std::chrono::microseconds(saved.value("offset", std::int64_t{0}))};
        if (saved.contains("frozen"))
            position.frozen = Instant(std::chrono::microseconds(saved["frozen"].get<std::int64_t>()));
        // One that would leave the years that have a form was written by nobody.
        if (!clock.move_to(position)) clock.reset();
    };
    return {"clock", save, restore};
}

admin::Route clock_route(AdjustableClock& clock) {
    return {.path = "/_iamlocal/clock",
            .needs_testbench = true,
            .action = "testbench",
            .methods = {{"GET", [&clock](const http::Request&, http::Response& response) { show(clock, response); }},
                        {"POST", [&clock](const http::Request& request,
                                          http::Response& response) { set(clock, request, response); }}},
            .other_methods = "this is done with POST"};
}

}  // namespace iamlocal::testbench
