#include <utility>

#include "admin/json_answer.hpp"
#include "testbench/routes.hpp"

namespace iamlocal::testbench {

std::vector<admin::Route> reset_routes(db::Database& database, std::function<void()> forget) {
    const admin::Answer reset = [&database, forget = std::move(forget)](const http::Request&,
                                                                        http::Response& response) {
        database.reset();
        forget();
        admin::answer_json(response, 200, R"({"status":"ok"})");
    };
    std::vector<admin::Route> routes;
    for (const char* path : {"/_iamlocal/reset", "/moto-api/reset"})
        routes.push_back({.path = path,
                          .needs_testbench = true,
                          .action = "testbench",
                          .methods = {{"POST", reset}},
                          .other_methods = "this is done with POST"});
    return routes;
}

}  // namespace iamlocal::testbench
