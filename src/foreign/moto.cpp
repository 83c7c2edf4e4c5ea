#include "foreign/moto.hpp"

#include <string>

#include "admin/json_answer.hpp"
#include "admin/query_values.hpp"
#include "foreign/refusals.hpp"

namespace iamlocal::foreign {
namespace {

constexpr Refusal moto_refusals[] = {
    {"/moto-api/reset-auth", false,
     "every request is authenticated and decided, and none is let in before; prepare with root's key, or with a seed"},
    {"/moto-api/data.json", false, "GET /_iamlocal/seed writes what there is; docs/seeds.md"},
    {"/moto-api/config", false, "there is nothing of moto's to configure; AWS's managed policies are always there"},
    {"/moto-api/recorder", true,
     "requests are not recorded to be sent again; states are kept with /_iamlocal/snapshots, docs/snapshots.md"},
    {"/moto-api/state-manager", true, "nothing changes by itself after so many calls; /_iamlocal/clock moves the time"},
    {"/moto-api/", false, "there is no page for browsers; docs/moto.md lists the paths"},
};

admin::Answer reseed(SeededEntropy* ids) {
    return [ids](const http::Request& request, http::Response& response) {
        const auto text = admin::query_parameter(request.target, "a");
        const auto seed = text ? admin::parse_number(*text) : std::nullopt;
        if (!seed) return admin::refuse(response, 400, "a is a number from 0 to 18446744073709551615");
        if (ids == nullptr)
            return admin::refuse(response, 409,
                                 "ids and secrets are random, and nobody makes them known later; start with --id-seed");
        ids->restart_with(*seed);
        admin::answer_json(response, 200, R"({"status":"ok"})");
    };
}

}  // namespace

std::vector<admin::Route> moto_routes(SeededEntropy* repeatable_ids) {
    std::vector<admin::Route> routes;
    routes.push_back({.path = "/moto-api/seed",
                      .needs_testbench = true,
                      .action = "testbench",
                      .methods = {{"POST", reseed(repeatable_ids)}},
                      .other_methods = "this is done with POST",
                      .parameters = {"a"}});
    add_refusals(routes, moto_refusals);
    return routes;
}

}  // namespace iamlocal::foreign
