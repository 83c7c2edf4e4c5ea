#include "admin/health.hpp"

#include <nlohmann/json.hpp>

#include "admin/json_answer.hpp"

namespace iamlocal::admin {

std::vector<Route> health_routes(const Health& health) {
    nlohmann::json services;
    for (const std::string& name : health.services) services[name] = "running";
    const nlohmann::json body{{"status", "running"},
                              {"edition", "iamlocal"},
                              {"version", health.version},
                              {"account", health.account},
                              {"enforcement", health.enforcement},
                              {"storage", health.storage},
                              {"services", services}};
    const Answer answer = [text = body.dump()](const http::Request&, http::Response& response) {
        answer_json(response, 200, text);
    };
    std::vector<Route> routes;
    for (const char* path : {"/_iamlocal/health", "/_localstack/health", "/livez", "/readyz"})
        routes.push_back({.path = path,
                          .action = "admin",
                          .methods = {{"GET", answer}},
                          .other_methods = "health is asked for with GET"});
    return routes;
}

}  // namespace iamlocal::admin
