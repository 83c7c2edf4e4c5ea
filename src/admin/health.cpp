#include "admin/health.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"

namespace iamlocal::admin {

std::vector<Route> health_routes(const Health& health, std::function<std::string_view()> why_not_ready) {
    nlohmann::json services;
    for (const std::string& name : health.services) services[name] = "running";
    const nlohmann::json body{{"status", "running"},
                              {"edition", "iamlocal"},
                              {"version", health.version},
                              {"account", health.account},
                              {"enforcement", health.enforcement},
                              {"storage", health.storage},
                              {"services", services}};
    const Answer alive = [text = body.dump()](const http::Request&, http::Response& response) {
        answer_json(response, 200, text);
    };
    const Answer ready = [alive, why_not_ready = std::move(why_not_ready)](const http::Request& request,
                                                                           http::Response& response) {
        const std::string_view why = why_not_ready();
        if (why.empty())
            alive(request, response);
        else
            refuse(response, 503, why);
    };
    std::vector<Route> routes;
    const auto add = [&](std::string_view path, const Answer& answer) {
        routes.push_back({.path = path,
                          .is_health = true,
                          .action = "admin",
                          .methods = {{"GET", answer}},
                          .other_methods = "health is asked for with GET"});
    };
    for (const char* path : {"/_iamlocal/health", "/livez"}) add(path, alive);
    add("/readyz", ready);
    return routes;
}

}  // namespace iamlocal::admin
